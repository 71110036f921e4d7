#pragma once
// How much memory a run will take, before it takes any.
#include <cstddef>
#include <string>
#include <vector>

#include "snn/data/dataset.h"
#include "snn/model/params.h"

namespace snn {

/// Whether what is scored is not what is trained on, but a network of its own: with averages, without dropout, or folded.
inline bool scores_others(const TrainingParams& params) {
  return params.optimiser.ema_decay > 0.0 || params.augment.drop_neurons > 0.0 || params.network.normalised;
}
/// The network that is scored (folding.h).
inline NetworkParams scored_network(const TrainingParams& params) {
  NetworkParams network = params.network;
  network.bias = network.bias || network.normalised;
  network.normalised = false;
  return network;
}

/// What a batch comes to, at most.
struct BatchSize {
  int n_rows = 0;   ///< steps of all its utterances
  int n_batch = 0;  ///< utterances
};

/// Indices of the n longest utterances, or of all, the longest first; of equals, those that come first.
std::vector<int> longest_utterances(const Dataset& dataset, int n);

/// Of the batch_size longest utterances; batches are drawn at random. valid: scored by such batches too; may be null. Throws
/// std::invalid_argument if they have more than 2^31 - 1 steps.
BatchSize largest_batch(const Dataset& train, const Dataset* valid, int batch_size);

/// Bytes. `peak` was within 10 % of what the system counts for ossicle-train (tests/pipe/test_memory.cpp).
struct MemoryForecast {
  std::size_t data = 0;         ///< of all utterances
  std::size_t program = 0;      ///< code and libraries
  std::size_t parameters = 0;   ///< with gradients, moments and average
  std::size_t activations = 0;  ///< potentials, errors, spikes and input of the largest batch
  std::size_t scratch = 0;      ///< of the products, all threads
  std::size_t checkpoint = 0;   ///< copies while it is written
  bool has_device = false;  ///< the network lies in the memory of a device, which gets a copy of the data if it fits
  /// Of the network, wherever it lies.
  std::size_t network() const { return parameters + activations + scratch; }
  /// Of the machine's own memory; with a device without what CUDA's libraries take.
  std::size_t peak() const { return data + program + checkpoint + (has_device ? 0 : network()); }
  std::size_t device_peak() const { return has_device ? data + network() : 0; }
};

/// Besides the data. device: as ResolvedDevice has it; throws
/// std::invalid_argument for another. n_threads of the CPU, 0: all that the machine offers. validates: a second set is scored after every epoch.
MemoryForecast training_memory(const TrainingParams& params, const BatchSize& batch, const std::string& device,
                               int n_threads, bool validates);
/// Of scores alone.
MemoryForecast inference_memory(const NetworkParams& params, const BatchSize& batch, const std::string& device,
                                int n_threads);
/// Of utterances, as they are held.
std::size_t dataset_memory(const Dataset& dataset);

}  // namespace snn
