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

// A tile of C whose sums stay in registers.
constexpr int kTileRows = 8, kTileColumns = 4;

template <typename T>
T rounded(T x, Rounding rounding) {
  if constexpr (std::is_same_v<T, float>) {
    if (rounding == Rounding::tf32) return round_to_tf32(x);
    if (rounding == Rounding::bf16) return round_to_bf16(x);
  }
  return x;
}

/// n_lines x k numbers, line(i)[p] = x[i * line_stride + p * k_stride], in panels of `width` lines: within a panel p is
/// the slower index. The last panel is filled up with zeros.
template <typename T>
std::vector<T> pack(const T* x, int n_lines, int k, std::size_t line_stride, std::size_t k_stride, int width,
                    Rounding rounding) {
  const int n_panels = (n_lines + width - 1) / width;
  std::vector<T> panels(static_cast<std::size_t>(n_panels) * width * k, T{0});
  for (int i = 0; i < n_lines; ++i) {
    T* const to = panels.data() + static_cast<std::size_t>(i / width) * width * k + i % width;
    for (int p = 0; p < k; ++p) {
      to[static_cast<std::size_t>(p) * width] = rounded(x[i * line_stride + p * k_stride], rounding);
    }
  }
  return panels;
}

/// sum[column][row] = sum over p of a[p][row] b[p][column].
template <typename T>
void multiply_tile(const T* a, const T* b, int k, T (&sum)[kTileColumns][kTileRows]) {
  T s[kTileColumns][kTileRows] = {};
  for (int p = 0; p < k; ++p, a += kTileRows, b += kTileColumns) {
    for (int column = 0; column < kTileColumns; ++column) {
      for (int row = 0; row < kTileRows; ++row) s[column][row] += a[row] * b[column];
    }
  }
  std::copy(&s[0][0], &s[0][0] + kTileColumns * kTileRows, &sum[0][0]);
}

template <typename T>
void store_tile(const Product<T>& product, const T (&sum)[kTileColumns][kTileRows], int row0, int column0) {
  for (int column = column0; column < std::min(product.n, column0 + kTileColumns); ++column) {
    T* const c = product.c + static_cast<std::size_t>(column) * product.ld_c;
    const int n_rows = std::min(product.m - row0, kTileRows);
    T values[kTileRows];
    for (int i = 0; i < n_rows; ++i) values[i] = product.alpha * sum[column - column0][i];
    if (product.beta != T{0}) {  // otherwise C is not read, not even by the compiler's choice
      for (int i = 0; i < n_rows; ++i) values[i] += product.beta * c[row0 + i];
    }
    std::copy_n(values, n_rows, c + row0);
  }
}

template <typename T>
void multiply_any(const Product<T>& product) {
  const auto ld_a = static_cast<std::size_t>(product.ld_a), ld_b = static_cast<std::size_t>(product.ld_b);
  const int k = product.k;
  const std::vector<T> a = pack(product.a, product.m, k, product.transpose_a ? ld_a : 1, product.transpose_a ? 1 : ld_a,
                                kTileRows, product.rounding);
  const std::vector<T> b = pack(product.b, product.n, k, product.transpose_b ? 1 : ld_b, product.transpose_b ? ld_b : 1,
                                kTileColumns, product.rounding);
  for (int row0 = 0; row0 < product.m; row0 += kTileRows) {
    for (int column0 = 0; column0 < product.n; column0 += kTileColumns) {
      T sum[kTileColumns][kTileRows];
      multiply_tile(a.data() + static_cast<std::size_t>(row0) * k, b.data() + static_cast<std::size_t>(column0) * k, k,
                    sum);
      store_tile(product, sum, row0, column0);
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
