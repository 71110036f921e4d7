#pragma once
// What is drawn anew for every training utterance and epoch, so that no two epochs see the same input.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "snn/data/dataset.h"
#include "snn/model/params.h"
#include "snn/scan/gather_batch.h"

namespace snn {

/// Later by `steps`, up by `channels`; zeros move in, what moves out is lost, the length stays.
struct Shift {
  int steps = 0;
  int channels = 0;
  bool operator==(const Shift&) const = default;
};

/// Uniform in -shift_steps..shift_steps and -shift_channels..shift_channels, from (seed, epoch, key) alone: the same in
/// any order and any batch.
Shift draw_shift(const AugmentParams& params, std::uint64_t seed, int epoch, std::string_view key);

/// What one utterance goes through: a shift, or, where there are taps, a shift in time and taps for each channel (draw_taps.h), with
/// another tempo about the middle, and zeros in the steps mask_begin..mask_end-1.
struct Augmentation {
  Shift shift = {};
  bool has_taps = false;
  std::uint64_t stream = 0;           ///< as UtteranceView has it: of epoch and key
  double stretch = 1.0, gain = 1.0;   ///< likewise, of its taps
  int mask_first = 0, mask_last = 0;  ///< likewise
  int mask_begin = 0, mask_end = 0;
  float tempo = 1.0F;  ///< steps of the utterance that pass in one; with taps alone
  int partner = -1;    ///< index in the batch of the utterance that is mixed in, or below 0 for none
  float share = 0.0F;  ///< of the partner, 0..0.5
  float noise = 0.0F;  ///< standard deviation of what is added to each value of the network's input
  std::uint64_t noise_seed = 0;
  bool operator==(const Augmentation&) const = default;
};

/// Everything of `params` that changes the input, from (seed, epoch, key) alone, but for which channels are dropped: that a back end
/// draws. Shifts are those of draw_shift; without anything of the channels, masks or tempo there are no taps.
Augmentation draw_augmentation(const AugmentParams& params, std::uint64_t seed, int epoch, const Utterance& utterance,
                               int n_channels);

/// Which version of each utterance at `indices`, which are below n_distinct(), is trained on in that epoch: all are
/// equally likely, from (seed, epoch, key) alone. Indices into dataset.utterances.
std::vector<int> draw_versions(std::uint64_t seed, int epoch, const Dataset& dataset, std::span<const int> indices);

/// One for each index; partners are drawn among these. Throws std::invalid_argument for an index out of range.
std::vector<Augmentation> draw_augmentations(const AugmentParams& params, std::uint64_t seed, int epoch,
                                             const Dataset& dataset, std::span<const int> indices);

}  // namespace snn
