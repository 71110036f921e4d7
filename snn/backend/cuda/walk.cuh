#pragma once
// A recurrent layer's walk through time in one kernel: a block of threads for each utterance, its neurons side by side.
#include <cuda_runtime.h>

#include <algorithm>
#include <vector>

#include "snn/backend/cuda/check.h"
#include "snn/scan/lateral_walk.h"

namespace snn::cuda {

/// Threads of a block at most: no device's shared memory holds the matrix of more neurons.
inline constexpr int kWalkThreads = 256;

/// The walk of utterance blockIdx.x. A block has a thread for each neuron at least, and room_size() numbers of dynamic shared memory.
template <class Walk>
__global__ void __launch_bounds__(kWalkThreads) run_walk(Walk walk) {
  [[maybe_unused]] const int b = static_cast<int>(blockIdx.x);
#if defined(__CUDA_ARCH__)
  extern __shared__ double shared[];
  auto* room = reinterpret_cast<typename Walk::Real*>(shared);
  const int n = static_cast<int>(threadIdx.x);
  typename Walk::Tile tile;
  walk.load(room, n, static_cast<int>(blockDim.x));
  SNN_ROLLED
  for (int k = 0; k < walk.n_steps(b); ++k) {
    __syncthreads();
    if (n < walk.n_neurons()) walk.take(b, k, n, room, tile);
  }
#elif !defined(__CUDACC__)  // the tests' stand-in, whose threads run one after the other
  if (threadIdx.x > 0) return;
  const int n_neurons = std::min(walk.n_neurons(), static_cast<int>(blockDim.x));
  auto* room = static_cast<typename Walk::Real*>(emulated::shared_memory);
  std::vector<typename Walk::Tile> tiles(static_cast<std::size_t>(n_neurons));
  walk.load(room, 0, 1);
  for (int k = 0; k < walk.n_steps(b); ++k) {
    for (int n = 0; n < n_neurons; ++n) walk.take(b, k, n, room, tiles[static_cast<std::size_t>(n)]);
  }
#endif
}

/// Whether a block has room for the walk of a layer of n_neurons. shared_bytes: that a block of the device can have.
template <class Walk>
bool fits(int n_neurons, std::size_t shared_bytes) {
  return n_neurons <= kWalkThreads && Walk::room_size(n_neurons) * sizeof(typename Walk::Real) <= shared_bytes;
}

/// Runs a walk that fits, behind what the stream has to do. Throws std::runtime_error.
template <class Walk>
void launch_walk(const Walk& walk, cudaStream_t stream) {
  constexpr int kWarp = 32;
  const std::size_t n_bytes = Walk::room_size(walk.n_neurons()) * sizeof(typename Walk::Real);
  cudaLaunchConfig_t config = {};
  config.stream = stream;
  config.gridDim = dim3(static_cast<unsigned>(walk.n_batch()));
  config.blockDim = dim3(static_cast<unsigned>((walk.n_neurons() + kWarp - 1) / kWarp * kWarp));
  config.dynamicSmemBytes = n_bytes;
  check(cudaFuncSetAttribute(run_walk<Walk>, cudaFuncAttributeMaxDynamicSharedMemorySize, static_cast<int>(n_bytes)),
        "asking for shared memory");
  check(cudaLaunchKernelEx(&config, run_walk<Walk>, walk), "starting a kernel");
}

}  // namespace snn::cuda
