#pragma once
// A validation part cut from a training set.
#include <cstdint>
#include <vector>

#include "snn/data/dataset.h"
#include "snn/model/params.h"

namespace snn {

enum class SplitBy {
  kToken,    ///< of every (label, speaker), and of what speakers said once, its share: voices and words as in training
  kSpeaker,  ///< whole speakers: voices that training never hears
};

template <>
struct Names<SplitBy> {
  static constexpr const char* kWhat = "cut";
  static constexpr std::array kAll = {"token", "speaker"};
};

struct SplitParams {
  double fraction = 0.1;  ///< in (0, 1); of each group's utterances, or of the speakers
  SplitBy by = SplitBy::kToken;
  std::uint64_t seed = 1;
};

/// Indices, ascending, of the utterances that are the validation part; the others are the training part. Drawn from
/// (seed, key) or (seed, speaker) alone, so the order of the utterances changes nothing. By token: of n utterances of a
/// label and speaker (a label, where speakers are empty) fraction * n, rounded up or down at random so that the mean is
/// kept, and at most n - 1; speakers who said a label once are one group together for that label. By speaker: fraction *
/// speakers, rounded, at least one and at most all but one. Throws std::invalid_argument for a fraction out of range, for
/// fewer than two speakers, and if nothing was drawn.
std::vector<std::size_t> draw_validation(const Dataset& dataset, const SplitParams& params);

/// Moves those utterances (ascending indices) into a set of the same channels and classes; both keep their order. Throws
/// std::invalid_argument for an index out of range or out of order.
Dataset take_utterances(Dataset& dataset, const std::vector<std::size_t>& indices);

}  // namespace snn
