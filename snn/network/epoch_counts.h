#pragma once
// What a back end counts over the batches of an epoch, where the caller need not wait for it.
#include <cstdint>
#include <vector>

#include "snn/backend/backend.h"

namespace snn {

/// Counted for each index b in a batch by itself, so that no order of additions depends on the back end.
struct EpochSums {
  std::vector<double> loss;               ///< [largest batch]
  std::vector<std::int64_t> n_correct;    ///< [largest batch]
  std::vector<std::int64_t> n_spikes;     ///< [neurons of all layers]
  std::vector<std::int64_t> n_surrogate;  ///< [L], rule layer: batches in which the layer took the surrogate
};

struct EpochCounts {
  EpochCounts(Memory& memory, int n_neurons, int n_layers, int max_batch)
      : loss(memory, static_cast<std::size_t>(max_batch)),
        n_correct(memory, static_cast<std::size_t>(max_batch)),
        n_spikes(memory, static_cast<std::size_t>(n_neurons)),
        n_surrogate(memory, static_cast<std::size_t>(n_layers)) {}

  EpochSums read() const {
    return {loss.download(), n_correct.download(), n_spikes.download(), n_surrogate.download()};
  }
  /// Goes on from there. Throws std::invalid_argument for a larger batch, more neurons or more layers.
  void write(const EpochSums& sums) {
    loss.upload(sums.loss);
    n_correct.upload(sums.n_correct);
    n_spikes.upload(sums.n_spikes);
    n_surrogate.upload(sums.n_surrogate);
  }
  int max_batch() const { return static_cast<int>(loss.size()); }

  Buffer<double> loss;
  Buffer<std::int64_t> n_correct, n_spikes, n_surrogate;
};

}  // namespace snn
