#include "snn/neuron/psc.h"

#include <array>
#include <catch2/catch.hpp>

using namespace snn;

// tau_s = 4: keep 3/4, gain 1/4. Spikes 1, 0, 1: a = 1/4, 3/16, 9/64 + 16/64 = 25/64. Exact in binary.
TEST_CASE("psc: a spike adds 1/tau_s and fades by 1 - 1/tau_s", "[ScSr Eq. 6]") {
  double a = psc_step(0.75, 0.25, 0.0, 1.0);
  CHECK(a == 0.25);
  a = psc_step(0.75, 0.25, a, 0.0);
  CHECK(a == 0.1875);
  a = psc_step(0.75, 0.25, a, 1.0);
  CHECK(a == 25.0 / 64.0);
}

TEST_CASE("psc: inputs from 0 to 1 keep it from 0 to 1", "[ScSr Eq. 6]") {
  float a = 0.0F;
  for (int t = 0; t < 1000; ++t) {
    const float before = a;
    a = psc_step(0.875F, 0.125F, a, 1.0F);
    CHECK((a >= before && a <= 1.0F));
  }
  CHECK(a == Approx(1.0));
}

// Errors 0, 0, 1 (last step first: 1, 0, 0): G[2] = 1/4, G[1] = 3/16, G[0] = 9/64: the kernel, read backward.
TEST_CASE("psc: the error runs through the same filter backward", "[TSSLBP error trace]") {
  double trace = psc_error_step(0.75, 0.25, 0.0, 1.0);
  CHECK(trace == 0.25);
  trace = psc_error_step(0.75, 0.25, trace, 0.0);
  CHECK(trace == 0.1875);
  trace = psc_error_step(0.75, 0.25, trace, 0.0);
  CHECK(trace == 9.0 / 64.0);
}

namespace {

constexpr int kSteps = 6;
constexpr double kKeep = 1.0 - 1.0 / 3.0, kGain = 1.0 / 3.0;
using Train = std::array<double, kSteps>;

/// A smooth function of the PSCs: sum over t of weight[t] a[t]^2 / 2.
double value(const Train& x, const Train& weight) {
  double a = 0.0, sum = 0.0;
  for (int t = 0; t < kSteps; ++t) {
    a = psc_step(kKeep, kGain, a, x[t]);
    sum += 0.5 * weight[t] * a * a;
  }
  return sum;
}

}  // namespace

// The filter is linear in x, so the central difference of a quadratic is exact but for rounding: 1e-16 / 1e-4.
TEST_CASE("psc: the error is the derivative to the filter's input", "[TSSLBP error trace]") {
  const Train x = {1, 0, 1, 1, 0, 0.5}, weight = {0.5, -1, 2, 0.25, 1, -0.75};
  Train a{}, error{};
  for (int t = 0; t < kSteps; ++t) a[t] = psc_step(kKeep, kGain, t > 0 ? a[t - 1] : 0.0, x[t]);
  double trace = 0.0;
  for (int t = kSteps - 1; t >= 0; --t) error[t] = trace = psc_error_step(kKeep, kGain, trace, weight[t] * a[t]);
  for (int t = 0; t < kSteps; ++t) {
    Train up = x, down = x;
    up[t] += 1e-4;
    down[t] -= 1e-4;
    INFO("step " << t);
    CHECK(error[t] == Approx((value(up, weight) - value(down, weight)) / 2e-4).margin(1e-11));
  }
}
