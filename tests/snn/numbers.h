#pragma once
// Numbers for tests that need no particular ones, the same on every machine.
#include <cstdint>
#include <type_traits>
#include <vector>

#include "snn/base/pitch.h"

namespace support {

/// n numbers in [low, high) from a linear congruence; exact in float where low and high are small powers of two.
template <class Real>
std::vector<Real> numbers(std::size_t n, std::uint32_t seed, double low = -1.0, double high = 1.0) {
  std::vector<Real> values(n);
  seed = seed * 2654435761U + 1U;
  for (Real& v : values) {
    seed = seed * 1664525U + 1013904223U;
    v = static_cast<Real>(low + (high - low) * (static_cast<double>(seed >> 8) / 16777216.0));
  }
  return values;
}

/// Rows of so many numbers as the library has them in memory, with gaps; zeros stand there.
template <class Real = double>
std::vector<Real> spread(const std::vector<std::type_identity_t<Real>>& rows, int columns) {
  return snn::with_gaps<Real>(rows, columns);
}

/// And back.
template <class Real>
std::vector<Real> packed(const std::vector<Real>& rows, int columns) {
  return snn::without_gaps<Real>(rows, columns);
}

}  // namespace support
