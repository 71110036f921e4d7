#pragma once
// Sizes that back ends and the estimate of memory share.
#include <cstddef>

namespace snn {

/// What a batch comes to, at most.
struct BatchSize {
  int n_rows = 0;   ///< steps of all its utterances
  int n_batch = 0;  ///< utterances
};

/// Memory of a back end besides the network's arrays, in bytes, float.
struct ScratchSize {
  std::size_t forward = 0;    ///< weights by tile, lists of events
  std::size_t inference = 0;  ///< potentials of the utterances that a thread works on
  std::size_t gradient = 0;   ///< partial sums, lists of events
  std::size_t spikes = 0;     ///< of the hidden layers, where they are not kept as bits
};

}  // namespace snn
