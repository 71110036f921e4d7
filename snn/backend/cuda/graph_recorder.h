#pragma once
// Sequences of kernels as CUDA graphs: one launch for a whole training step.
#include <map>

#include "snn/backend/backend.h"
#include "snn/backend/cuda/device_memory.h"

namespace snn::cuda {

inline constexpr std::size_t kMostGraphs = 256;  // a graph takes some 100 kB

/// Under a key a sequence is called the first time, which also loads its kernels, recorded the second time, and from then
/// on repeated. One key more than kMostGraphs takes the place of the one that was not run for longest. Releasing device memory makes
/// all graphs void.
class GraphRecorder {
 public:
  /// Both must outlive it.
  GraphRecorder(const DeviceMemory& memory, cudaStream_t stream) : memory_(&memory), stream_(stream) {}
  /// Throws std::runtime_error if the sequence does what cannot be recorded.
  void run(const SequenceKey& key, const std::function<void()>& sequence);

 private:
  struct Entry {
    bool was_run = false;
    std::int64_t last_run = 0;  // by number
    GraphExec exec;
  };
  GraphExec record(const std::function<void()>& sequence);

  const DeviceMemory* memory_;
  cudaStream_t stream_;
  std::map<SequenceKey, Entry> entries_;
  std::uint64_t generation_ = 0;
  std::int64_t n_runs_ = 0;
};

}  // namespace snn::cuda
