#pragma once
// How much memory a run will take, before it takes any.
#include <cstddef>
#include <string>

#include "snn/backend/scratch_size.h"
#include "snn/data/dataset.h"
#include "snn/model/params.h"

namespace snn {

/// Of the batch_size longest utterances; batches are drawn at random. Throws std::invalid_argument if they have more than
/// 2^31 - 1 steps.
BatchSize largest_batch(const Dataset& dataset, int batch_size);

/// Bytes, of a float network. `total` was within 10 % of the peak that the system counts for ossicle-train
/// (tests/pipe/test_memory.cpp).
struct MemoryUse {
  std::size_t program = 0;      ///< code and libraries
  std::size_t parameters = 0;   ///< with gradients, moments and average
  std::size_t activations = 0;  ///< potentials, errors, spikes and input of the largest batch
  std::size_t scratch = 0;      ///< of the products, all threads
  std::size_t checkpoint = 0;   ///< copies while it is written
  std::size_t total() const { return program + parameters + activations + scratch + checkpoint; }
  /// What lies in the memory of the device, where it has one of its own.
  std::size_t on_device() const { return parameters + activations + scratch; }
};

/// Besides the data. device, n_threads: as make_backend has them. validates: a second set is scored after every epoch.
MemoryUse training_memory(const TrainingParams& params, const BatchSize& batch, const std::string& device,
                          int n_threads, bool validates);
/// Of scores alone.
MemoryUse inference_memory(const NetworkParams& params, const BatchSize& batch, const std::string& device,
                           int n_threads);
/// Of utterances, as they are held.
std::size_t dataset_memory(const Dataset& dataset);

}  // namespace snn
