#include "snn/neuron/adam.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace snn;

namespace {

/// beta1 1/2, beta2 3/4, eps 0 where exact numbers are wanted; n: update, from 1.
AdamCoeffs<double> coeffs(int n, double lr = 0.5) {
  return {.lr = lr,
          .beta1 = 0.5,
          .one_minus_beta1 = 0.5,
          .beta2 = 0.75,
          .one_minus_beta2 = 0.25,
          .fix1 = 1.0 - std::pow(0.5, n),
          .fix2 = 1.0 - std::pow(0.75, n),
          .eps = 0.0,
          .keep = 1.0,
          .low = -4.0,
          .high = 4.0};
}

}  // namespace

TEST_CASE("adam: the norm clip scales down and never up", "[TSSLBP norm clip]") {
  CHECK(clip_factor(4.0, 1.0) == Approx(0.25).epsilon(1e-6));
  CHECK(4.0 * clip_factor(4.0, 1.0) < 1.0);  // 1e-6 is added to the norm
  CHECK(clip_factor(0.5, 1.0) == 1.0);
  CHECK(clip_factor(0.0, 1.0) == 1.0);
  CHECK(clip_factor(1e30, 0.0) == 1.0);  // off
  CHECK(clip_factor(4.0F, 2.0F) == Approx(0.5).epsilon(1e-6));
}

// Gradients 2, -4, 0: m = 1, 0.5 - 2 = -1.5, -0.75.
TEST_CASE("adam: the first moment", "[Adam m]") {
  double m = 0.0;
  const double gradients[] = {2.0, -4.0, 0.0}, wanted[] = {1.0, -1.5, -0.75};
  for (int i = 0; i < 3; ++i) {
    m = adam_first_moment(coeffs(i + 1), m, gradients[i]);
    CHECK(m == wanted[i]);
  }
}

// Gradients 2, -4, 0: v = 1, 0.75 + 4 = 4.75, 3.5625.
TEST_CASE("adam: the second moment", "[Adam v]") {
  double v = 0.0;
  const double gradients[] = {2.0, -4.0, 0.0}, wanted[] = {1.0, 4.75, 3.5625};
  for (int i = 0; i < 3; ++i) {
    v = adam_second_moment(coeffs(i + 1), v, gradients[i]);
    CHECK(v == wanted[i]);
  }
}

// First update, gradient 2: m/fix1 = 2, v/fix2 = 4, so a step of lr against the sign, whatever the gradient's size.
// Second update, gradient -4: m = -1.5, fix1 = 3/4: -2; v = 4.75, fix2 = 7/16: 76/7.
TEST_CASE("adam: a step of the rate, freed of the moments' bias", "[Adam step]") {
  const double first = adam_step(coeffs(1), 1.0, 1.0, 1.0);
  CHECK(first == 0.5);
  CHECK(adam_step(coeffs(2), first, -1.5, 4.75) == Approx(0.5 + 0.5 * 2.0 / std::sqrt(76.0 / 7.0)).epsilon(1e-15));
}

// keep = 1 - 0.5 * 0.1: the decay acts on the parameter and not through the moments.
TEST_CASE("adam: decay, eps and bounds", "[Adam step]") {
  AdamCoeffs<double> c = coeffs(1);
  c.keep = 0.95;
  CHECK(adam_step(c, 1.0, 1.0, 1.0) == Approx(0.45).epsilon(1e-15));
  c = coeffs(1);
  c.eps = 2.0;  // 0.5 * 2 / (2 + 2)
  CHECK(adam_step(c, 1.0, 1.0, 1.0) == 0.75);
  CHECK(adam_step(coeffs(1, 100.0), 1.0, 1.0, 1.0) == -4.0);
  CHECK(adam_step(coeffs(1, 100.0), 1.0, -1.0, 1.0) == 4.0);
}

// (1 + n)/(10 + n): 2/11 at the first update, 0.9 at n = 80, where 91/100 would be more.
TEST_CASE("adam: an average keeps less of itself in the beginning", "[EMA decay]") {
  CHECK(ema_decay_at(0.9, 1.0) == 2.0 / 11.0);
  CHECK(ema_decay_at(0.9, 70.0) == 71.0 / 80.0);
  CHECK(ema_decay_at(0.9, 90.0) == 0.9);
  CHECK(ema_decay_at(0.0, 1.0) == 0.0);
}

// Decay 3/4: 3/4 * 8 + 1/4 * 4 = 7.
TEST_CASE("adam: the average moves towards the parameter and not beyond it", "[EMA step]") {
  CHECK(ema_step(8.0, 4.0, 0.25) == 7.0);
  CHECK(ema_step(8.0F, 4.0F, 0.25F) == 7.0F);
  CHECK(ema_step(8.0, 4.0, 1.0) == 4.0);
  for (int i = 1; i < 1000; ++i) {
    const float theta = 0.999F, rate = 1.0F - static_cast<float>(i) / 1000.0F;
    CHECK(ema_step(theta, theta, rate) == theta);
    CHECK(ema_step(std::nextafter(theta, 0.0F), theta, rate) <= theta);
  }
}
