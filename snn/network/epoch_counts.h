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

class EpochCounts {
 public:
  EpochCounts(Memory& memory, int n_neurons, int n_layers, int max_batch)
      : loss_(memory, static_cast<std::size_t>(max_batch)),
        n_correct_(memory, static_cast<std::size_t>(max_batch)),
        n_spikes_(memory, static_cast<std::size_t>(n_neurons)),
        n_surrogate_(memory, static_cast<std::size_t>(n_layers)) {}

  EpochSums read() const {
    return {loss_.download(), n_correct_.download(), n_spikes_.download(), n_surrogate_.download()};
  }
  /// Goes on from there. Throws std::invalid_argument for a larger batch, more neurons or more layers.
  void write(const EpochSums& sums) {
    loss_.upload(sums.loss);
    n_correct_.upload(sums.n_correct);
    n_spikes_.upload(sums.n_spikes);
    n_surrogate_.upload(sums.n_surrogate);
  }
  int max_batch() const { return static_cast<int>(loss_.size()); }
  double* loss() { return loss_.data(); }
  std::int64_t* n_correct() { return n_correct_.data(); }
  std::int64_t* n_spikes() { return n_spikes_.data(); }
  std::int64_t* n_surrogate() { return n_surrogate_.data(); }

 private:
  Buffer<double> loss_;
  Buffer<std::int64_t> n_correct_, n_spikes_, n_surrogate_;
};

}  // namespace snn
