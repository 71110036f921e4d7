#pragma once
// The memory layout of the whole library. Arrays over time are [row][N], the neuron index fastest; a row is one step of
// one utterance, and utterances lie one behind the other, each with its own number of steps: no row is padding, and the
// steps of an utterance, which scans walk along, are neighbours. Weights are [to][from]. Rows of both lie pitch(N) apart (pitch.h);
// what has a row for each utterance, [B][N], has no gaps, unless it is multiplied too.
#include <cstddef>

#include "snn/base/pitch.h"

namespace snn {

/// R rows (the steps of all utterances), B utterances, N neurons, each at least 1. Which rows are whose stands beside
/// it: row_begin [B + 1], ascending from 0 to R; utterance b has the rows row_begin[b] .. row_begin[b + 1] - 1.
struct Shape {
  int n_rows = 0;
  int n_batch = 0;
  int n_neurons = 0;

  /// Position of neuron n in a row: the formula is written nowhere else.
  SNN_HD std::size_t index(int row, int n) const { return pitched_area(row, n_neurons) + static_cast<std::size_t>(n); }
  /// From a neuron to the same one in the next row.
  SNN_HD int pitch() const { return snn::pitch(n_neurons); }
  /// Position in an array with a row for each utterance, without gaps.
  SNN_HD std::size_t batch_index(int b, int n) const { return area(b, n_neurons) + static_cast<std::size_t>(n); }
  SNN_HD std::size_t size() const { return index(n_rows, 0); }
  bool operator==(const Shape&) const = default;
};

/// Spikes are bits: neuron n of a row is bit n % 64 of word n / 64; bits behind the last neuron are 0.
inline constexpr int kSpikesPerWord = 64;

/// Words of a row.
SNN_HD int spike_words(int n_neurons) {
  return (n_neurons + kSpikesPerWord - 1) / kSpikesPerWord;
}

}  // namespace snn
