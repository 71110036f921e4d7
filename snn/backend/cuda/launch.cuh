#pragma once
// Bodies on a CUDA device: a thread for each column, or for each lane of a sum (tile.h).
#include <cuda_runtime.h>

#include "snn/backend/cuda/check.h"
#include "snn/scan/tile.h"

namespace snn::cuda {

/// How an extent is spread over blocks: neurons along x, utterances along y.
struct Grid {
  int block = 0;  // threads of a block
  int x = 0, y = 0;
};

inline constexpr int kMostBlocks = 65535;  // along y; along x it is far more than enough

/// Scans have few columns: small blocks spread them evenly over the multiprocessors. Flat bodies have many.
inline Grid grid_of(const Extent& extent) {
  constexpr int kWarp = 32, kManyThreads = 256, kFewColumns = 1 << 17;
  const bool has_few = static_cast<long long>(extent.n_batch) * extent.n_neurons < kFewColumns;
  const int block = has_few ? kWarp : kManyThreads;
  const int x = (extent.n_neurons + block - 1) / block;
  return {block, x < kMostBlocks ? x : kMostBlocks, extent.n_batch < kMostBlocks ? extent.n_batch : kMostBlocks};
}

/// A thread's columns: it strides over the extent by the size of the grid, so that any grid visits each column once.
struct Stride {
  int first_b, step_b, first_n, step_n;
};

template <class Body>
__global__ void run_columns(Body body, Extent extent) {
  const Stride s{static_cast<int>(blockIdx.y), static_cast<int>(gridDim.y),
                 static_cast<int>(blockIdx.x * blockDim.x + threadIdx.x), static_cast<int>(gridDim.x * blockDim.x)};
  SNN_ROLLED
  for (int b = s.first_b; b < extent.n_batch; b += s.step_b) {
    SNN_ROLLED
    for (int n = s.first_n; n < extent.n_neurons; n += s.step_n) body.template run<1>(b, n, n + 1);
  }
}

/// A block for each item of a body that adds up; it strides over the items by the size of the grid.
template <AddsUp Body>
__global__ void __launch_bounds__(Body::kLanes) run_sums(Body body, int n_items) {
#if defined(__CUDA_ARCH__)
  __shared__ double lanes[Body::kLanes];
  const int lane = static_cast<int>(threadIdx.x);
  for (int item = static_cast<int>(blockIdx.x); item < n_items; item += static_cast<int>(gridDim.x)) {
    body.template add<1>(item, lane, lane + 1, lanes + lane);
    __syncthreads();
    if (lane == 0) body.finish(item, lanes);
    __syncthreads();
  }
#else  // the tests' stand-in, whose threads run one after the other
  for (int item = static_cast<int>(blockIdx.x); item < n_items && threadIdx.x == 0;
       item += static_cast<int>(gridDim.x)) {
    add_up<1>(body, item);
  }
#endif
}

/// Runs a body over its extent, behind what the stream has to do. Throws std::runtime_error.
template <class Body>
void launch(const Body& body, cudaStream_t stream) {
  const Extent extent = body.extent();
  if (extent.n_batch < 1 || extent.n_neurons < 1) return;
  cudaLaunchConfig_t config = {};
  config.stream = stream;
  if constexpr (AddsUp<Body>) {
    config.gridDim = dim3(static_cast<unsigned>(extent.n_batch < kMostBlocks ? extent.n_batch : kMostBlocks));
    config.blockDim = dim3(Body::kLanes);
    check(cudaLaunchKernelEx(&config, run_sums<Body>, body, extent.n_batch), "starting a kernel");
  } else {
    const Grid grid = grid_of(extent);
    config.gridDim = dim3(static_cast<unsigned>(grid.x), static_cast<unsigned>(grid.y));
    config.blockDim = dim3(static_cast<unsigned>(grid.block));
    check(cudaLaunchKernelEx(&config, run_columns<Body>, body, extent), "starting a kernel");
  }
}

}  // namespace snn::cuda
