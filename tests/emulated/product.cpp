#include "tests/emulated/product.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace emulated {

namespace {

constexpr std::uint32_t kTf32Dropped = 0x1FFF, kTf32Half = 0x1000;  // the lower 13 bits of the mantissa
constexpr std::uint32_t kBf16Dropped = 0xFFFF, kBf16Half = 0x8000;  // the lower 16
constexpr int kBf16Shift = 16;

constexpr int kColumns = 8;  // of C at a time: their sums stay in the nearest cache

template <typename T>
T rounded(T x, Rounding rounding) {
  if constexpr (std::is_same_v<T, float>) {
    if (rounding == Rounding::tf32) return round_to_tf32(x);
    if (rounding == Rounding::bf16) return round_to_bf16(x);
  }
  return x;
}

template <typename T>
void add_scaled(T* __restrict to, const T* __restrict x, T factor, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) to[i] += x[i] * factor;
}

template <typename T>
void multiply_any(const Product<T>& q) {
  const auto m = static_cast<std::size_t>(q.m), n = static_cast<std::size_t>(q.n), k = static_cast<std::size_t>(q.k);
  const auto ld_a = static_cast<std::size_t>(q.ld_a), ld_b = static_cast<std::size_t>(q.ld_b);
  std::vector<T> a(k * m), b(k * n), sums(kColumns * m);  // op(A) column by column, op(B) row by row
  for (std::size_t p = 0; p < k; ++p) {
    for (std::size_t i = 0; i < m; ++i)
      a[p * m + i] = rounded(q.a[q.transpose_a ? p + i * ld_a : i + p * ld_a], q.rounding);
    for (std::size_t j = 0; j < n; ++j)
      b[p * n + j] = rounded(q.b[q.transpose_b ? j + p * ld_b : p + j * ld_b], q.rounding);
  }
  for (std::size_t j0 = 0; j0 < n; j0 += kColumns) {
    const std::size_t n_columns = std::min<std::size_t>(kColumns, n - j0);
    std::ranges::fill(sums, T{0});
    for (std::size_t p = 0; p < k; ++p) {
      for (std::size_t j = 0; j < n_columns; ++j)
        add_scaled(sums.data() + j * m, a.data() + p * m, b[p * n + j0 + j], m);
    }
    for (std::size_t j = 0; j < n_columns; ++j) {
      T *const c = q.c + (j0 + j) * static_cast<std::size_t>(q.ld_c), *const sum = sums.data() + j * m;
      for (std::size_t i = 0; i < m; ++i) sum[i] *= q.alpha;
      if (q.beta != T{0}) add_scaled(sum, c, q.beta, m);  // else C is not read, not even by the compiler's choice
      std::copy_n(sum, m, c);
    }
  }
}

}  // namespace

float round_to_tf32(float x) {
  if (!std::isfinite(x)) return x;
  return std::bit_cast<float>((std::bit_cast<std::uint32_t>(x) + kTf32Half) & ~kTf32Dropped);
}

float round_to_bf16(float x) {
  if (!std::isfinite(x)) return x;
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t even = (bits >> kBf16Shift) & 1;
  return std::bit_cast<float>((bits + (kBf16Half - 1) + even) & ~kBf16Dropped);
}

void multiply(const Product<float>& product) {
  multiply_any(product);
}

void multiply(const Product<double>& product) {
  multiply_any(product);
}

}  // namespace emulated
