#include "snn/scan/reductions.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

using support::numbers;

// 2^24 + 1 + 1 - 2^24: in float both ones would be lost.
TEST_CASE("batch sum: adds in double, the batch ascending") {
  const std::vector<float> parts = {16777216.0F, 1.0F, 1.0F, 2.0F, 1.0F, 3.0F, -16777216.0F, 4.0F};  // [4][2]
  std::vector<float> out(2);
  support::run_tiles(snn::BatchSum<float>{.n_batch = 4, .n_neurons = 2, .parts = parts.data(), .out = out.data()}, 64);
  CHECK(out == std::vector<float>{2.0F, 10.0F});
}

TEST_CASE("batch sum: the width of a tile changes no bit") {
  const std::vector<float> parts = numbers<float>(50 * 100, 1);
  std::vector<float> wide(100), narrow(100);
  const auto body = [&parts](std::vector<float>& out) {
    return snn::BatchSum<float>{.n_batch = 50, .n_neurons = 100, .parts = parts.data(), .out = out.data()};
  };
  support::run_tiles(body(wide), 64);
  support::run_tiles(body(narrow), 7);
  CHECK(support::same_bits(wide, narrow));
  support::run_tiles(body(narrow), 1);
  CHECK(support::same_bits(wide, narrow));
}

// 3 + 1 + 0 + 2 spikes of two neurons in 6 rows: 6 / 12.
TEST_CASE("firing rate: spikes by neurons and rows") {
  const std::vector<int> n_spikes = {3, 1, 0, 2};
  double rate = -1.0;
  support::run_tiles(snn::FiringRate{.shape = {6, 2, 2}, .n_spikes = n_spikes.data(), .rate = &rate}, 64);
  CHECK(rate == 0.5);
}

TEST_CASE("square sums: chunk by chunk, the last one short") {
  constexpr int kChunk = snn::SquareSums<float>::kChunk;
  const std::size_t n = 2 * kChunk + 3;
  std::vector<float> values(n, 1.0F);
  values.back() = 3.0F;
  std::vector<double> sums(3);
  const snn::SquareSums<float> body{.n_values = n, .values = values.data(), .sums = sums.data()};
  CHECK(body.extent().n_batch == 3);
  support::run_tiles(body, 64);
  CHECK(sums == std::vector<double>{kChunk, kChunk, 11.0});
}

// Squares 9 + 16: norm 5; clipped to 1: 1 / (5 + 1e-6).
TEST_CASE("gradient norm: the root of the sums and the clip's factor") {
  const std::vector<double> sums = {9.0, 16.0};
  std::vector<double> out(2);
  const auto run = [&](double clip) {
    support::run_tiles(
        snn::GradientNorm{.n_sums = 2, .sums = sums.data(), .clip_norm = clip, .norm_and_factor = out.data()}, 64);
    return out;
  };
  CHECK(run(1.0) == std::vector<double>{5.0, 1.0 / 5.000001});
  CHECK(run(10.0) == std::vector<double>{5.0, 1.0});
  CHECK(run(0.0) == std::vector<double>{5.0, 1.0});
}

// 1e30 squared is beyond float; the sum is kept in double.
TEST_CASE("square sums: large gradients keep a finite norm") {
  const std::vector<float> values = {1e30F, 1e30F};
  double sum = 0.0;
  support::run_tiles(snn::SquareSums<float>{.n_values = 2, .values = values.data(), .sums = &sum}, 64);
  CHECK(sum == Approx(2e60));
}
