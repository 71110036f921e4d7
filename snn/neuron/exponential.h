#pragma once
// The one exponential of the backward pass and of the losses: the same bits from scalar, SIMD and GPU code.
#include <bit>
#include <cstdint>

#include "snn/hd.h"

namespace snn {

namespace detail {
template <class Real>
struct ExpFormat;
template <>
struct ExpFormat<float> {
  using Bits = std::int32_t;
  static constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  static constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  static constexpr int kMantissaBits = 23, kBias = 127, kDegree = 7;
};
template <>
struct ExpFormat<double> {
  using Bits = std::int64_t;
  static constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52
  static constexpr double kLn2High = 6.93145751953125e-1, kLn2Low = 1.42860682030941723212e-6;
  static constexpr int kMantissaBits = 52, kBias = 1023, kDegree = 13;
};

constexpr double factorial(int n) {
  return n < 2 ? 1.0 : n * factorial(n - 1);
}

/// Sum of r^(i - kFirst) / i! for i = kFirst .. degree, by Horner's scheme.
template <class Real, int kFirst>
SNN_HD Real taylor(Real r) {
  constexpr Real kCoefficient = static_cast<Real>(1.0 / factorial(kFirst));
  if constexpr (kFirst == ExpFormat<Real>::kDegree) {
    return kCoefficient;
  } else {
    return taylor<Real, kFirst + 1>(r) * r + kCoefficient;
  }
}
}  // namespace detail

/// e^x for x in [-80, 80]; arguments beyond are brought to that range. Argument reduction in two parts (Cody and Waite
/// 1980), then the Taylor polynomial on [-ln 2 / 2, ln 2 / 2]. Largest error measured: 1.21 ULP in float (every third
/// number of the range) and 1.18 ULP in double (6e7 numbers); tests/snn/neuron/test_exponential.cpp holds both to 1.25
/// ULP in steps of 2^-13. [CodyWaite exp]
template <class Real>
SNN_HD Real exponential(Real x) {
  using Format = detail::ExpFormat<Real>;
  using Bits = typename Format::Bits;
  x = x > Real(80) ? Real(80) : (x < Real(-80) ? Real(-80) : x);
  const Real shifted = x * Real(1.4426950408889634074) + Format::kRound;
  const Real k = shifted - Format::kRound;
  const Real r = (x - k * Format::kLn2High) - k * Format::kLn2Low;
  const Real p = detail::taylor<Real, 0>(r);
  const Bits exponent = std::bit_cast<Bits>(shifted) - std::bit_cast<Bits>(Format::kRound) + Format::kBias;
  return p * std::bit_cast<Real>(static_cast<Bits>(exponent << Format::kMantissaBits));
}

}  // namespace snn
