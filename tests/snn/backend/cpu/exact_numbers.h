#pragma once
// Numbers whose sums of products are exact: no order of additions changes a bit.
#include <cmath>
#include <cstdint>
#include <vector>

#include "tests/snn/numbers.h"

namespace support {

/// n whole numbers from -8 to 7, times `unit`, a power of two.
template <class Real>
std::vector<Real> exact_numbers(int n, std::uint32_t seed, double unit = 1.0) {
  std::vector<Real> values = numbers<Real>(static_cast<std::size_t>(n), seed, -8.0, 8.0);
  for (Real& v : values) v = std::floor(v) * static_cast<Real>(unit);
  return values;
}

/// Rows of them as the library has them in memory, with gaps.
template <class Real>
std::vector<Real> exact_rows(int n_rows, int n_columns, std::uint32_t seed, double unit = 1.0) {
  return spread<Real>(exact_numbers<Real>(n_rows * n_columns, seed, unit), n_columns);
}

}  // namespace support
