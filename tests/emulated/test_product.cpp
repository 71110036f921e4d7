#include "tests/emulated/product.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <vector>

using namespace emulated;

TEST_CASE("rounding: ten bits, half away from zero, for TF32, and seven, half to the even one, for bf16",
          "[emulated]") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  for (float (*const round)(float) : {round_to_tf32, round_to_bf16}) {
    const bool bf16 = round == round_to_bf16;
    const float step = bf16 ? 0x1p-7F : 0x1p-10F;  // between 1 and 2
    CHECK(round(1.0F) == 1.0F);
    CHECK(round(1.0F + 0.49F * step) == 1.0F);
    CHECK(round(1.0F + 0.5F * step) == (bf16 ? 1.0F : 1.0F + step));
    CHECK(round(1.0F + 0.51F * step) == 1.0F + step);
    CHECK(round(-1.0F - 1.5F * step) == -1.0F - 2.0F * step);
    CHECK(round(1.0F + 2.5F * step) == 1.0F + (bf16 ? 2.0F : 3.0F) * step);
    CHECK(round(2.0F - 0.25F * step) == 2.0F);  // the carry reaches the exponent
    CHECK(round(0.0F) == 0.0F);
    CHECK(round(kInfinity) == kInfinity);
    CHECK(std::isnan(round(std::bit_cast<float>(0xFFFFFFFFU))));  // fresh memory
  }
}

namespace {

/// Whole numbers, small enough for every sum to be exact.
std::vector<double> numbers(int n, int step) {
  std::vector<double> values(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = (i * step) % 17 - 8;
  return values;
}

}  // namespace

TEST_CASE("the product equals the sum as it is written, for all transposes and leading dimensions", "[emulated]") {
  const bool transpose_a = GENERATE(false, true), transpose_b = GENERATE(false, true);
  const int m = GENERATE(1, 5), n = GENERATE(1, 8, 19), extra = GENERATE(0, 3), k = 7;
  CAPTURE(m, n, transpose_a, transpose_b, extra);
  const int ld_a = (transpose_a ? k : m) + extra, ld_b = (transpose_b ? n : k) + extra, ld_c = m + extra;
  const std::vector<double> a = numbers(ld_a * (transpose_a ? m : k), 5), b = numbers(ld_b * (transpose_b ? k : n), 7);
  const std::vector<double> before = numbers(ld_c * n, 3);
  std::vector<double> c = before, wanted = before;
  multiply(Product<double>{transpose_a, transpose_b, m, n, k, 2.0, a.data(), ld_a, b.data(), ld_b, -3.0, c.data(), ld_c,
                           Rounding::none});
  for (int j = 0; j < n; ++j) {
    for (int i = 0; i < m; ++i) {
      double sum = 0.0;
      for (int p = 0; p < k; ++p) {
        sum += a[static_cast<std::size_t>(transpose_a ? p + i * ld_a : i + p * ld_a)] *
               b[static_cast<std::size_t>(transpose_b ? j + p * ld_b : p + j * ld_b)];
      }
      double& each = wanted[static_cast<std::size_t>(i + j * ld_c)];
      each = 2.0 * sum - 3.0 * each;
    }
  }
  CHECK(c == wanted);  // between the columns too, where nothing may be written
}

TEST_CASE("sums are taken in the order of k, and with beta 0 the result does not depend on C", "[emulated]") {
  const float a[] = {1.0F, 0x1p-24F, 0x1p-24F}, b[] = {1.0F, 1.0F, 1.0F};
  float c = std::numeric_limits<float>::quiet_NaN();
  multiply(Product<float>{true, false, 1, 1, 3, 1.0F, a, 3, b, 3, 0.0F, &c, 1, Rounding::none});
  CHECK(c == 1.0F);  // from the other end it would be 1 + 2^-23
}
