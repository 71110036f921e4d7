#pragma once
// The memory layout of the whole library: arrays over time are [T][B][N], the neuron index fastest; weights are
// [to][from].
#include <cstddef>

#include "snn/hd.h"

namespace snn {

/// T steps, B utterances, N neurons, each at least 1.
struct Shape {
  int n_steps = 0;
  int n_batch = 0;
  int n_neurons = 0;

  /// Position of step t, utterance b, neuron n: the one place where the formula is written.
  SNN_HD std::size_t index(int t, int b, int n) const {
    return (static_cast<std::size_t>(t) * static_cast<std::size_t>(n_batch) + static_cast<std::size_t>(b)) *
               static_cast<std::size_t>(n_neurons) +
           static_cast<std::size_t>(n);
  }
  SNN_HD std::size_t size() const { return index(n_steps, 0, 0); }
  /// Rows of the matrix that all steps and utterances make: T * B.
  SNN_HD int rows() const { return n_steps * n_batch; }
  bool operator==(const Shape&) const = default;
};

}  // namespace snn
