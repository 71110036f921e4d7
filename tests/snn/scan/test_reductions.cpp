#include "snn/scan/reductions.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/chunks.h"
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

// 3 + 1 + 2 spikes of three neurons in 4 rows: 6 / 12.
TEST_CASE("firing rate: spikes by neurons and rows") {
  const std::vector<std::int64_t> spikes = {3, 1, 2};
  const int n_rows = 4;
  double rate = -1.0;
  support::run_tiles(snn::FiringRate{.n_neurons = 3, .n_rows = &n_rows, .spikes = spikes.data(), .rate = &rate}, 64);
  CHECK(rate == 0.5);
}

// Two whole chunks of ones, and three numbers.
TEST_CASE("square sums: of each chunk, the last one short") {
  constexpr int kChunk = snn::SquareSums<float>::kChunk;
  const std::size_t n = 2 * kChunk + 3;
  std::vector<float> values(n, 1.0F);
  values.back() = 3.0F;
  const std::vector<snn::Chunk> chunks = support::chunks_of({n});
  for (const int width : {1, 7, 64}) {
    std::vector<double> sums(3, NAN);
    support::run_tiles(
        snn::SquareSums<float>{.n_chunks = 3, .chunks = chunks.data(), .values = values.data(), .sums = sums.data()},
        width);
    CHECK(sums == std::vector<double>{kChunk, kChunk, 11.0});
  }
}

// In double 2^54 + 1 is 2^54, and 2^54 + 3 is 2^54 + 4: three ones that stand 64 apart are added before they meet the first.
TEST_CASE("square sums: every 64th number first, then the lanes, whatever the width") {
  std::vector<float> values(130, 0.0F);
  values[0] = std::ldexp(1.0F, 27);
  for (const std::size_t i : {1, 65, 129}) values[i] = 1.0F;
  const std::vector<snn::Chunk> chunks = support::chunks_of({values.size()});
  for (const int width : {1, 7, 64}) {
    double sum = NAN;
    support::run_tiles(
        snn::SquareSums<float>{.n_chunks = 1, .chunks = chunks.data(), .values = values.data(), .sums = &sum}, width);
    CHECK(sum == std::ldexp(1.0, 54) + 4.0);
  }
}

// Squares 9 + 16: norm 5; clipped to 1: 1 / (5 + 1e-6).
TEST_CASE("gradient norm: the root of the sums, the clip's factor, and the sum over updates") {
  const std::vector<double> sums = {9.0, 16.0};
  snn::GradientState state;
  const auto run = [&](double clip) {
    support::run_tiles(snn::GradientNorm{.n_sums = 2, .sums = sums.data(), .clip_norm = clip, .state = &state}, 64);
    return state.factor;
  };
  CHECK(run(1.0) == 1.0 / 5.000001);
  CHECK(run(10.0) == 1.0);
  CHECK(run(0.0) == 1.0);
  CHECK(state.norm == 5.0);
  CHECK(state.norm_sum == 15.0);
  CHECK(state.n_updates == 3);
  CHECK(state.stopped_at == 0);
}

TEST_CASE("gradient norm: the first one that is not finite stays, and nothing behind it counts") {
  const double bad = GENERATE(as<double>(), NAN, INFINITY);
  std::vector<double> sums = {4.0};
  snn::GradientState state;
  for (const double sum : {4.0, bad, 4.0, static_cast<double>(INFINITY)}) {
    sums[0] = sum;
    support::run_tiles(snn::GradientNorm{.n_sums = 1, .sums = sums.data(), .clip_norm = 1.0, .state = &state}, 64);
  }
  CHECK(state.n_updates == 1);
  CHECK(state.norm_sum == 2.0);
  CHECK(state.stopped_at == 2);
  CHECK(std::isnan(state.norm) == std::isnan(bad));
  CHECK_FALSE(std::isfinite(state.norm));
}

// 1e30 squared is beyond float; the sum is kept in double.
TEST_CASE("square sums: large gradients keep a finite norm") {
  const std::vector<float> values = {1e30F, 1e30F};
  double sum = NAN;
  const snn::Chunk chunk{.begin = 0, .n_values = 2};
  support::run_tiles(snn::SquareSums<float>{.n_chunks = 1, .chunks = &chunk, .values = values.data(), .sums = &sum},
                     64);
  CHECK(sum == Approx(2e60));
}

// 1 + ... + 300 and, of the array's 270 chunks, 1 + ... + 270: whole numbers, so every way of adding is exact.
TEST_CASE("gradient norm: of more chunks than lanes") {
  std::vector<double> sums(300), array_sums(270);
  std::iota(sums.begin(), sums.end(), 1.0);
  std::iota(array_sums.begin(), array_sums.end(), 1.0);
  const std::vector<int> first_sum = {0, 270};
  for (const int width : {1, 64}) {
    snn::GradientState state;
    snn::ArrayGradient array;
    support::run_tiles(snn::GradientNorm{.n_sums = 300,
                                         .sums = sums.data(),
                                         .clip_norm = 1.0,
                                         .state = &state,
                                         .n_arrays = 1,
                                         .first_sum = first_sum.data(),
                                         .array_sums = array_sums.data(),
                                         .arrays = &array},
                       width);
    CHECK(state.norm == std::sqrt(300.0 * 301.0 / 2.0));
    CHECK(array.norm_sum == std::sqrt(270.0 * 271.0 / 2.0));
    CHECK(array.factor == state.factor);
  }
}

// Arrays of 1, 2 and 1 chunks with norms 3, 5 and 0, of the whole 5.83. Clipped to 1 each by its own: 1/3, 1/5, 1, and a
// hair less.
TEST_CASE("gradient norm: of each array, clipped by its own or by the whole, with sums over updates") {
  const std::vector<int> first_sum = {0, 1, 3, 4};
  const std::vector<double> array_sums = {9.0, 9.0, 16.0, 0.0};
  for (const int width : {1, 64}) {
    std::vector<double> sums = {34.0};
    snn::GradientState state;
    std::vector<snn::ArrayGradient> arrays(3);
    const auto run = [&](bool has_own_clips) {
      support::run_tiles(snn::GradientNorm{.n_sums = 1,
                                           .sums = sums.data(),
                                           .clip_norm = 1.0,
                                           .state = &state,
                                           .n_arrays = 3,
                                           .first_sum = first_sum.data(),
                                           .array_sums = array_sums.data(),
                                           .has_own_clips = has_own_clips,
                                           .arrays = arrays.data()},
                         width);
    };
    run(true);
    CHECK(state.factor == 1.0);
    CHECK(arrays[0].factor == 1.0 / 3.000001);
    CHECK(arrays[1].factor == 1.0 / 5.000001);
    CHECK(arrays[2].factor == 1.0);
    CHECK(arrays[1].clipped_sum == Approx(1.0).epsilon(1e-6));
    run(false);
    CHECK(state.factor == Approx(1.0 / std::sqrt(34.0)).epsilon(1e-6));
    for (const snn::ArrayGradient& array : arrays) CHECK(array.factor == state.factor);
    CHECK(arrays[0].norm_sum == 6.0);
    CHECK(arrays[1].norm_sum == 10.0);
    CHECK(arrays[1].clipped_sum == Approx(1.0 + 5.0 / std::sqrt(34.0)).epsilon(1e-6));
    CHECK(arrays[2].norm_sum == 0.0);
    const snn::ArrayGradient before = arrays[0];
    for (const double sum : {static_cast<double>(NAN), 34.0}) {  // the second one comes too late
      sums[0] = sum;
      run(true);
    }
    CHECK(state.stopped_at == 3);
    CHECK(arrays[0].has_stopped);
    CHECK(arrays[0].factor == before.factor);
    CHECK(arrays[0].norm_sum == before.norm_sum);
    CHECK(arrays[0].clipped_sum == before.clipped_sum);
  }
}
