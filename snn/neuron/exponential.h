#pragma once
// The one exponential of the backward pass and of the losses: the same bits from scalar, SIMD and GPU code.
#include <bit>
#include <cstdint>

#include "snn/base/hd.h"

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

/// Powers of r that the polynomial is put together with.
template <class Real>
struct Powers {
  Real r, r2, r4, r8;
};

/// Sum of r^(i - kFirst) / i! over kTerms terms from i = kFirst on, half by half (Estrin's scheme): the chain of operations
/// that wait for each other is half as long as in Horner's.
template <class Real, int kFirst, int kTerms>
SNN_HD Real taylor(const Powers<Real>& p) {
  constexpr Real kCoefficient = static_cast<Real>(1.0 / factorial(kFirst));
  if constexpr (kTerms == 1) {
    return kCoefficient;
  } else if constexpr (kTerms == 2) {
    return taylor<Real, kFirst + 1, 1>(p) * p.r + kCoefficient;
  } else {
    constexpr int kLow = kTerms > 8 ? 8 : (kTerms > 4 ? 4 : 2);
    const Real power = kLow == 8 ? p.r8 : (kLow == 4 ? p.r4 : p.r2);
    return taylor<Real, kFirst + kLow, kTerms - kLow>(p) * power + taylor<Real, kFirst, kLow>(p);
  }
}
}  // namespace detail

/// The argument of an exponential, reduced: x = k ln 2 + r, |r| <= ln 2 / 2. `shifted` holds k in its last bits.
template <class Real>
struct ReducedArgument {
  Real shifted, r;
};

/// For |x| <= 80. In two parts of ln 2 (Cody and Waite 1980).
template <class Real>
SNN_HD ReducedArgument<Real> reduce_argument(Real x) {
  using Format = detail::ExpFormat<Real>;
  const Real shifted = x * Real(1.4426950408889634074) + Format::kRound;
  const Real k = shifted - Format::kRound;
  return {shifted, (x - k * Format::kLn2High) - k * Format::kLn2Low};
}

/// e^x of the reduced argument: the Taylor polynomial, times 2^k.
template <class Real>
SNN_HD Real exponential_of(const ReducedArgument<Real>& x) {
  using Format = detail::ExpFormat<Real>;
  using Bits = typename Format::Bits;
  const Real r2 = x.r * x.r, r4 = r2 * r2;
  const Real rest = detail::taylor<Real, 2, Format::kDegree - 1>({x.r, r2, r4, r4 * r4});
  const Real p = (r2 * rest + x.r) + Real(1);
  const Bits exponent = std::bit_cast<Bits>(x.shifted) - std::bit_cast<Bits>(Format::kRound) + Format::kBias;
  return p * std::bit_cast<Real>(static_cast<Bits>(exponent << Format::kMantissaBits));
}

/// The number, or the bound of low..high that it is beyond; as two choices of two, which are one instruction each.
template <class Real>
SNN_HD Real bounded(Real x, Real low, Real high) {
  const Real below = high < x ? high : x;
  return low > below ? low : below;
}

/// e^x for x in [-80, 80]; arguments beyond are brought to that range. Largest error measured: 1.04 ULP in float (every
/// third number of the range) and 1.01 ULP in double (6e6 numbers); tests/snn/neuron/test_exponential.cpp holds both to
/// 1.1 ULP in steps of 2^-13. [CodyWaite exp]
template <class Real>
SNN_HD Real exponential(Real x) {
  return exponential_of(reduce_argument(bounded(x, Real(-80), Real(80))));
}

}  // namespace snn
