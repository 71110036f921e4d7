#include "tests/emulated/product.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace emulated;

TEST_CASE("rounding to TF32: ten bits, to the nearest, half away from zero", "[emulated]") {
  constexpr float kStep = 0x1p-10F;  // between 1 and 2
  CHECK(round_to_tf32(1.0F) == 1.0F);
  CHECK(round_to_tf32(1.0F + 0.49F * kStep) == 1.0F);
  CHECK(round_to_tf32(1.0F + 0.5F * kStep) == 1.0F + kStep);
  CHECK(round_to_tf32(-1.0F - 0.5F * kStep) == -1.0F - kStep);
  CHECK(round_to_tf32(1.0F + 1.5F * kStep) == 1.0F + 2.0F * kStep);
  CHECK(round_to_tf32(2.0F - 0.25F * kStep) == 2.0F);  // the carry reaches the exponent
  CHECK(round_to_tf32(0.0F) == 0.0F);
  CHECK(std::isinf(round_to_tf32(std::numeric_limits<float>::infinity())));
  CHECK(std::isnan(round_to_tf32(std::numeric_limits<float>::quiet_NaN())));
  CHECK(std::isnan(round_to_tf32(std::bit_cast<float>(0xFFFFFFFFU))));  // fresh memory
}

TEST_CASE("rounding to bf16: seven bits, to the nearest, half to the even one", "[emulated]") {
  constexpr float kStep = 0x1p-7F;
  CHECK(round_to_bf16(1.0F) == 1.0F);
  CHECK(round_to_bf16(1.0F + 0.5F * kStep) == 1.0F);
  CHECK(round_to_bf16(1.0F + 0.51F * kStep) == 1.0F + kStep);
  CHECK(round_to_bf16(1.0F + 1.5F * kStep) == 1.0F + 2.0F * kStep);
  CHECK(round_to_bf16(-1.0F - 1.5F * kStep) == -1.0F - 2.0F * kStep);
  CHECK(round_to_bf16(1.0F + 2.5F * kStep) == 1.0F + 2.0F * kStep);
  CHECK(round_to_bf16(2.0F - 0.25F * kStep) == 2.0F);
  CHECK(std::isinf(round_to_bf16(std::numeric_limits<float>::infinity())));
  CHECK(std::isnan(round_to_bf16(std::numeric_limits<float>::quiet_NaN())));
  CHECK(std::isnan(round_to_bf16(std::bit_cast<float>(0xFFFFFFFFU))));  // fresh memory
}

namespace {

/// Whole numbers, small enough for every sum to be exact: the tiled product must equal the sum as it is written.
std::vector<double> numbers(int n, int step) {
  std::vector<double> values(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = (i * step) % 17 - 8;
  return values;
}

template <typename T>
void check_product(int m, int n, int k, bool transpose_a, bool transpose_b, int extra) {
  const int ld_a = (transpose_a ? k : m) + extra, ld_b = (transpose_b ? n : k) + extra, ld_c = m + extra;
  const auto typed = [](const std::vector<double>& x) { return std::vector<T>(x.begin(), x.end()); };
  const std::vector<T> a = typed(numbers(ld_a * (transpose_a ? m : k), 5));
  const std::vector<T> b = typed(numbers(ld_b * (transpose_b ? k : n), 7));
  const std::vector<T> before = typed(numbers(ld_c * n, 3));
  std::vector<T> c = before;
  multiply(Product<T>{transpose_a, transpose_b, m, n, k, T{2}, a.data(), ld_a, b.data(), ld_b, T{-3}, c.data(), ld_c,
                      Rounding::none});
  std::vector<T> wanted = before;
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      T sum{0};
      for (int p = 0; p < k; ++p) {
        sum += a[static_cast<std::size_t>(transpose_a ? p + i * ld_a : i + p * ld_a)] *
               b[static_cast<std::size_t>(transpose_b ? j + p * ld_b : p + j * ld_b)];
      }
      T& each = wanted[static_cast<std::size_t>(i + j * ld_c)];
      each = T{2} * sum - T{3} * each;
    }
  }
  CHECK(c == wanted);  // between the columns too, where nothing may be written
}

}  // namespace

TEST_CASE("the product equals the sum as it is written, for all sizes and transposes", "[emulated]") {
  const bool transpose_a = GENERATE(false, true), transpose_b = GENERATE(false, true);
  const int extra = GENERATE(0, 3);
  for (const int m : {1, 7, 8, 9, 33}) {
    for (const int n : {1, 3, 4, 5, 18}) {
      for (const int k : {0, 1, 2, 19}) {
        CAPTURE(m, n, k, transpose_a, transpose_b, extra);
        check_product<float>(m, n, k, transpose_a, transpose_b, extra);
        check_product<double>(m, n, k, transpose_a, transpose_b, extra);
      }
    }
  }
}

TEST_CASE("sums are taken in the order of k", "[emulated]") {
  const float a[] = {1.0F, 0x1p-24F, 0x1p-24F}, b[] = {1.0F, 1.0F, 1.0F};
  float c = 0.0F;
  multiply(Product<float>{true, false, 1, 1, 3, 1.0F, a, 3, b, 3, 0.0F, &c, 1, Rounding::none});
  CHECK(c == 1.0F);  // from the other end it would be 1 + 2^-23
}

TEST_CASE("with beta 0 the result does not depend on C", "[emulated]") {
  const float a = 2.0F, b = 3.0F;
  float c = std::numeric_limits<float>::quiet_NaN();
  multiply(Product<float>{false, false, 1, 1, 1, 1.0F, &a, 1, &b, 1, 0.0F, &c, 1, Rounding::none});
  CHECK(c == 6.0F);
}
