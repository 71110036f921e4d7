#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/emulated/rig.h"

using namespace emulated;

namespace {

constexpr int kTicket = 0;  // counts[kTicket] is the next place; the rest counts the threads

/// Counts the visits of each thread of the grid, and writes down the order in which they came.
__global__ void visit(int* counts, int* order) {
  const unsigned int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned int thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  const unsigned int index = block * blockDim.x * blockDim.y * blockDim.z + thread;
  order[counts[kTicket]++] = static_cast<int>(index);
  ++counts[1 + index];
}

std::vector<int> order_of(dim3 grid, dim3 block, std::size_t n, cudaStream_t stream) {
  int* const visits = make_device(std::vector<int>(n + 1), stream);
  int* const order = make_device<int>(n);
  const cudaLaunchConfig_t config = configure(grid, block, stream);
  REQUIRE(cudaLaunchKernelEx(&config, visit, visits, order) == cudaSuccess);
  const std::vector<int> seen = fetch(visits, n + 1, stream);
  CHECK(seen[kTicket] == static_cast<int>(n));
  CHECK(std::all_of(seen.begin() + 1, seen.end(), [](int each) { return each == 1; }));
  return fetch(order, n, stream);
}

struct Pair {
  float scale;
  int shift;
};

__global__ void take_pair(float* x, Pair pair) {
  *x = pair.scale * *x + static_cast<float>(pair.shift);
}

__global__ void halve(float* x) {
  *x *= 0.5F;
}

}  // namespace

TEST_CASE("every thread of the grid runs once, in another order at every launch", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  const dim3 grid(3, 4, 5), block(8, 4, 2);
  constexpr std::size_t kThreads = 3 * 4 * 5 * 8 * 4 * 2;
  const std::vector<int> first = order_of(grid, block, kThreads, stream);
  const std::vector<int> second = order_of(grid, block, kThreads, stream);
  CHECK(first != second);
  constexpr std::size_t kBlock = 8 * 4 * 2;
  std::vector<int> blocks;
  int n_in_a_row = 0;   // threads that follow their neighbour
  int n_as_before = 0;  // threads with the turn that they had in the block before
  for (std::size_t i = 0; i < kThreads; ++i) {
    if (i % kBlock == 0) blocks.push_back(first[i] / static_cast<int>(kBlock));
    CHECK(first[i] / static_cast<int>(kBlock) == blocks.back());  // a block is run as a whole
    n_as_before += i >= kBlock && (first[i] - first[i - kBlock]) % static_cast<int>(kBlock) == 0 ? 1 : 0;
    n_in_a_row += i > 0 && first[i] == first[i - 1] + 1 ? 1 : 0;
  }
  CHECK_FALSE(std::is_sorted(blocks.begin(), blocks.end()));
  CHECK(n_in_a_row < static_cast<int>(kThreads / 4));  // of random orders 1 in 64
  CHECK(n_as_before < static_cast<int>(kThreads / 4));
}

TEST_CASE("one seed gives one order", "[emulated]") {
  const auto order = [](std::uint64_t seed) {
    Options options;
    options.seed = seed;
    const Rig rig(options);
    return order_of(7, 32, 7 * 32, make_stream());
  };
  CHECK(order(5) == order(5));
  CHECK(order(5) != order(6));
}

TEST_CASE("a launch must keep to the limits of a device", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>({0.0F}, stream);
  const auto launched = [&](dim3 grid, dim3 block) {
    const cudaLaunchConfig_t config = configure(grid, block, stream);
    return cudaLaunchKernelEx(&config, fill, x, 1.0F);
  };
  CHECK(launched(0, 1) == cudaErrorInvalidConfiguration);
  CHECK(launched(1, 0) == cudaErrorInvalidConfiguration);
  CHECK(launched(1, 1025) == cudaErrorInvalidConfiguration);
  CHECK(launched(1, dim3(32, 33)) == cudaErrorInvalidConfiguration);
  CHECK(launched(1, dim3(1, 1, 65)) == cudaErrorInvalidConfiguration);
  CHECK(launched(dim3(1, 65536), 1) == cudaErrorInvalidConfiguration);
  CHECK(launched(dim3(1, 1, 65536), 1) == cudaErrorInvalidConfiguration);
  CHECK(launched(0x80000000U, 1) == cudaErrorInvalidConfiguration);
  CHECK(cudaPeekAtLastError() == cudaErrorInvalidConfiguration);
  CHECK(fetch(x, 1, stream)[0] == 0.0F);  // none of them ran
  CHECK(launched(dim3(1, 65535), dim3(16, 1, 64)) == cudaSuccess);
  CHECK(counts().n_launches == 1);
}

TEST_CASE("a launch without kernel, configuration or with what the stand-in lacks is refused", "[emulated]") {
  const Rig rig;
  cudaLaunchConfig_t config = configure(1, 1, make_stream());
  void (*const none)(float*, float) = nullptr;
  float* const x = make_device<float>(1);
  CHECK(cudaLaunchKernelEx(&config, none, x, 1.0F) == cudaErrorInvalidDeviceFunction);
  CHECK(cudaLaunchKernelEx(nullptr, fill, x, 1.0F) == cudaErrorInvalidValue);
  config.numAttrs = 1;
  CHECK(cudaLaunchKernelEx(&config, fill, x, 1.0F) == cudaErrorNotSupported);
  CHECK(counts().n_launches == 0);
}

TEST_CASE("a kernel has as much shared memory as it asked for, and as a block can have", "[emulated]") {
  const Rig rig;
  cudaLaunchConfig_t config = configure(1, 1, make_stream());
  float* const x = make_device<float>(1);
  config.dynamicSmemBytes = 49152;
  CHECK(cudaLaunchKernelEx(&config, fill, x, 1.0F) == cudaSuccess);
  config.dynamicSmemBytes += 1;
  CHECK(cudaLaunchKernelEx(&config, fill, x, 1.0F) == cudaErrorInvalidValue);
  CHECK(cudaFuncSetAttribute(fill, cudaFuncAttributeMaxDynamicSharedMemorySize, 232449) == cudaErrorInvalidValue);
  CHECK(cudaFuncSetAttribute(fill, cudaFuncAttributeMaxDynamicSharedMemorySize, 50000) == cudaSuccess);
  CHECK(cudaLaunchKernelEx(&config, fill, x, 1.0F) == cudaSuccess);
  CHECK(counts().n_launches == 2);
}

TEST_CASE("arguments are copied at the call and converted to what the kernel takes", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>({3.0F}, stream);
  Pair pair{2.0F, 1};
  const cudaLaunchConfig_t config = configure(1, 1, stream);
  REQUIRE(cudaLaunchKernelEx(&config, take_pair, x, pair) == cudaSuccess);
  pair = {0.0F, 0};
  CHECK(fetch(x, 1, stream)[0] == 7.0F);
  REQUIRE(cudaLaunchKernelEx(&config, fill, x, 4) == cudaSuccess);
  CHECK(fetch(x, 1, stream)[0] == 4.0F);
}

TEST_CASE("kernels are counted by name and size", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>(1);
  cudaLaunchConfig_t config = configure(2, 3, stream);
  for (int i = 0; i < 3; ++i) REQUIRE(cudaLaunchKernelEx(&config, take_pair, x, Pair{1.0F, 0}) == cudaSuccess);
  config = configure(4, 3, stream);
  REQUIRE(cudaLaunchKernelEx(&config, take_pair, x, Pair{1.0F, 0}) == cudaSuccess);
  REQUIRE(cudaLaunchKernelEx(&config, fill, x, 1.0F) == cudaSuccess);
  CHECK(launches_of("Pair") == 4);
  CHECK(launches_of("(float*, float)") == 1);
  CHECK(launches_of("nothing of that name") == 0);
  REQUIRE(kernels().size() == 3);
  CHECK(kernels()[0].n_launches == 3);
  CHECK(kernels()[0].grid.x == 2);
  CHECK(kernels()[1].grid.x == 4);
  CHECK(kernels()[1].block.x == 3);
}

TEST_CASE("subnormal numbers are flushed to zero in kernels", "[emulated]") {
  const Rig rig;
  const cudaStream_t stream = make_stream();
  float* const x = make_device<float>({std::numeric_limits<float>::min()}, stream);
  const cudaLaunchConfig_t config = configure(1, 1, stream);
  REQUIRE(cudaLaunchKernelEx(&config, halve, x) == cudaSuccess);
  CHECK(fetch(x, 1, stream)[0] == 0.0F);
}
