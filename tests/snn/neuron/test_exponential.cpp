#include "snn/neuron/exponential.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace snn;

namespace {

/// Distance of exponential(x) from the C library's long double, in units of the result's last place.
template <class Real>
double error_in_ulp(Real x) {
  const long double exact = std::exp(static_cast<long double>(x));
  int exponent = 0;
  std::frexp(exact, &exponent);  // exact = f * 2^exponent, f in [0.5, 1)
  const long double ulp = std::ldexp(1.0L, exponent - snn::detail::ExpFormat<Real>::kMantissaBits - 1);
  return static_cast<double>(std::abs(static_cast<long double>(exponential(x)) - exact) / ulp);
}

/// Largest error over [-80, 80] in steps of 2^-`bits`, each point moved by up to half a step so that every bit of the
/// mantissa takes part.
template <class Real>
double largest_error(int bits) {
  const double step = std::ldexp(1.0, -bits);
  const auto n = static_cast<long>(80.0 / step);
  double largest = 0.0;
  for (long i = -n; i <= n; ++i) {
    const double shift = 0.618033988749895 * static_cast<double>(i);
    const double x = step * (static_cast<double>(i) + 0.5 * (shift - std::floor(shift)));
    largest = std::max(largest, error_in_ulp(static_cast<Real>(std::clamp(x, -80.0, 80.0))));
  }
  return largest;
}

}  // namespace

TEST_CASE("exponential: errors stay below what the header says", "[CodyWaite exp]") {
  const double in_float = largest_error<float>(13), in_double = largest_error<double>(13);
  INFO("largest error in ULP: float " << in_float << ", double " << in_double);
  CHECK(in_float <= 1.1);
  CHECK(in_double <= 1.1);
  CHECK(in_float > 0.5);  // a correctly rounded function reaches 0.5: the measure works
  CHECK(in_double > 0.5);
}

TEST_CASE("exponential: exact at zero, saturated beyond the range", "[CodyWaite exp]") {
  CHECK(exponential(0.0F) == 1.0F);
  CHECK(exponential(0.0) == 1.0);
  CHECK(exponential(81.0F) == exponential(80.0F));
  CHECK(exponential(-1e30F) == exponential(-80.0F));
  CHECK(exponential(INFINITY) == exponential(80.0F));
  CHECK(exponential(-80.0F) > 0.0F);
  CHECK(exponential(200.0) == exponential(80.0));
}

TEST_CASE("exponential: it never falls where its argument grows by a visible step", "[CodyWaite exp]") {
  float before = 0.0F;
  for (int i = -8 * 4096; i <= 8 * 4096; ++i) {
    const float now = exponential(static_cast<float>(i) / 4096.0F);
    REQUIRE(now >= before);
    before = now;
  }
}
