#include <algorithm>
#include <limits>

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

std::vector<int> order_of(const Rig& rig, dim3 grid, dim3 block, std::size_t n) {
  int *const visits = rig.upload(std::vector<int>(n + 1)), *const order = Rig::device<int>(n);
  REQUIRE(launch(rig.stream, grid, block, visit, visits, order) == cudaSuccess);
  const std::vector<int> seen = rig.fetch(visits, n + 1);
  CHECK(seen[kTicket] == static_cast<int>(n));
  CHECK(std::all_of(seen.begin() + 1, seen.end(), [](int each) { return each == 1; }));
  return rig.fetch(order, n);
}

__global__ void halve(float* x) {
  *x *= 0.5F;
}

}  // namespace

TEST_CASE("every thread of the grid runs once, in another order at every launch", "[emulated]") {
  const Rig rig;
  const dim3 grid(3, 4, 5), block(8, 4, 2);
  constexpr std::size_t kBlock = 8 * 4 * 2, kThreads = 3 * 4 * 5 * kBlock;
  const std::vector<int> first = order_of(rig, grid, block, kThreads);
  CHECK(first != order_of(rig, grid, block, kThreads));
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
  const auto order = [](std::uint64_t seed) { return order_of(Rig({.seed = seed}), 7, 32, 7 * 32); };
  CHECK(order(5) == order(5));
  CHECK(order(5) != order(6));
}

TEST_CASE("a launch must keep to the limits of a device", "[emulated]") {
  const Rig rig;
  float* const x = rig.upload<float>({0.0F});
  const auto launched = [&](dim3 grid, dim3 block) {
    return launch(rig.stream, grid, block, scale_and_shift, x, 0.0F, 1.0F);
  };
  const std::pair<dim3, dim3> wrong[] = {{0, 1},
                                         {1, 0},
                                         {1, 1025},
                                         {1, dim3(32, 33)},
                                         {1, dim3(1, 1, 65)},
                                         {dim3(1, 65536), 1},
                                         {dim3(1, 1, 65536), 1},
                                         {0x80000000U, 1}};
  for (const auto& [grid, block] : wrong) CHECK(launched(grid, block) == cudaErrorInvalidConfiguration);
  CHECK(cudaGetLastError() == cudaErrorInvalidConfiguration);
  CHECK(rig.fetch(x, 1)[0] == 0.0F);  // none of them ran
  CHECK(launched(dim3(1, 65535), dim3(16, 1, 64)) == cudaSuccess);
  CHECK(counts().n_launches == 1);
}

TEST_CASE("a launch with what the stand-in lacks is refused", "[emulated]") {
  const Rig rig;
  cudaLaunchConfig_t config = {
      .gridDim = 1, .blockDim = 1, .dynamicSmemBytes = 0, .stream = rig.stream, .attrs = nullptr, .numAttrs = 1};
  CHECK(cudaLaunchKernelEx(&config, halve, Rig::device<float>(1)) == cudaErrorNotSupported);
  CHECK(counts().n_launches == 0);
}

TEST_CASE("a kernel has as much shared memory as it asked for, and as a block can have", "[emulated]") {
  const Rig rig;
  cudaLaunchConfig_t config = {
      .gridDim = 1, .blockDim = 1, .dynamicSmemBytes = 49152, .stream = rig.stream, .attrs = nullptr, .numAttrs = 0};
  float* const x = rig.upload<float>({1.0F});
  CHECK(cudaLaunchKernelEx(&config, halve, x) == cudaSuccess);
  config.dynamicSmemBytes += 1;
  CHECK(cudaLaunchKernelEx(&config, halve, x) == cudaErrorInvalidValue);
  CHECK(cudaFuncSetAttribute(halve, cudaFuncAttributeMaxDynamicSharedMemorySize, 232449) == cudaErrorInvalidValue);
  CHECK(cudaFuncSetAttribute(halve, cudaFuncAttributeMaxDynamicSharedMemorySize, 50000) == cudaSuccess);
  CHECK(cudaLaunchKernelEx(&config, halve, x) == cudaSuccess);
  CHECK(counts().n_launches == 2);
}

TEST_CASE("subnormal numbers are flushed to zero in kernels", "[emulated]") {
  const Rig rig;
  float* const x = rig.upload<float>({std::numeric_limits<float>::min()});
  REQUIRE(launch(rig.stream, 1, 1, halve, x) == cudaSuccess);
  CHECK(rig.fetch(x, 1)[0] == 0.0F);
}
