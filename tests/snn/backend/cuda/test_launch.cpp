#include "snn/backend/cuda/launch.cuh"

#include <catch2/catch.hpp>

#include "tests/snn/backend/cuda/emulated_backend.h"

namespace {

/// Counts how often each column of an extent is run.
struct CountLanes {
  int n_batch, n_neurons;
  int* counts;  // [B][N]

  SNN_HD snn::Extent extent() const { return {n_batch, n_neurons}; }
  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int n = first; n < last; ++n) {
      ++counts[static_cast<std::size_t>(b) * static_cast<std::size_t>(n_neurons) + static_cast<std::size_t>(n)];
    }
  }
};

/// Counts how often each item is finished with the lanes 0, 1, ... that it was given.
struct CountItems {
  static constexpr int kLanes = 48;
  int n_items;
  int* counts;  // [n_items]

  SNN_HD snn::Extent extent() const { return {n_items, 1}; }
  template <int>
  SNN_HD void add(int, int first, int last, double* lanes) const {
    for (int lane = first; lane < last; ++lane) lanes[lane - first] = lane;
  }
  SNN_HD void finish(int item, const double* lanes) const {
    if (snn::sum_of_lanes(lanes, kLanes) == kLanes * (kLanes - 1) / 2) ++counts[item];
  }
};

}  // namespace

// Fewer columns than a warp, more than a block, more utterances than a grid has rows, and the many columns of flat bodies.
TEST_CASE("launch: every column once") {
  support::EmulatedDevice device;
  for (const snn::Extent extent : {snn::Extent{1, 1}, snn::Extent{1, 31}, snn::Extent{3, 33}, snn::Extent{51, 400},
                                   snn::Extent{65536 + 2, 1}, snn::Extent{33, 4096}, snn::Extent{1, 140000}}) {
    const auto n = static_cast<std::size_t>(extent.n_batch) * static_cast<std::size_t>(extent.n_neurons);
    snn::Buffer<int> counts(device.memory, n);
    snn::cuda::launch(CountLanes{extent.n_batch, extent.n_neurons, counts.data()}, device.stream.get());
    INFO(extent.n_batch << " x " << extent.n_neurons);
    CHECK(counts.download() == std::vector<int>(n, 1));
  }
}

TEST_CASE("launch: every item of a body that adds up once, with all its lanes") {
  support::EmulatedDevice device;
  for (const int n_items : {1, 3, snn::cuda::kMostBlocks + 2}) {
    snn::Buffer<int> counts(device.memory, static_cast<std::size_t>(n_items));
    snn::cuda::launch(CountItems{n_items, counts.data()}, device.stream.get());
    CHECK(counts.download() == std::vector<int>(static_cast<std::size_t>(n_items), 1));
  }
}

TEST_CASE("launch: nothing to do is no launch") {
  support::EmulatedDevice device;
  snn::cuda::launch(CountLanes{0, 5, nullptr}, device.stream.get());
  snn::cuda::launch(CountLanes{5, 0, nullptr}, device.stream.get());
  CHECK(emulated::counts().n_launches == 0);
}

TEST_CASE("launch: scans are spread in small blocks, flat bodies in large ones, within a grid's limits") {
  CHECK(snn::cuda::grid_of({51, 400}).block == 32);
  CHECK(snn::cuda::grid_of({51, 400}).x == 13);
  CHECK(snn::cuda::grid_of({51, 400}).y == 51);
  CHECK(snn::cuda::grid_of({90, 4096}).block == 256);
  CHECK(snn::cuda::grid_of({90, 4096}).x == 16);
  CHECK(snn::cuda::grid_of({1 << 20, 1}).y == snn::cuda::kMostBlocks);
}
