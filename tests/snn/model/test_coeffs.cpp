#include "snn/model/coeffs.h"

#include <catch2/catch.hpp>

// tau_s 8, threshold 2, bound 10, slope 0.25, a quarter of 1/8.
TEST_CASE("coeffs: the factors of the scans") {
  snn::NetworkParams network;
  network.tau_s = 8.0;
  network.v_th = 2.0;
  const snn::GradientParams gradient{
      .bound = 10.0, .slope = 0.25, .exponent_bound = 6.0, .warm_fraction = 0.25, .self_gain = 0.75};
  const auto c = snn::derive_coeffs<float>(network, gradient);
  CHECK(c.keep_s == 0.875F);
  CHECK(c.gain_s == 0.125F);
  CHECK(c.v_th == 2.0F);
  CHECK(c.bound == 10.0F);
  CHECK(c.self_gain == 0.75F);
  CHECK(c.inv_slope == 4.0F);
  CHECK(c.exponent_bound == 6.0F);
  CHECK(c.warm_limit == 1.0F / 32.0F);
}

// 1 - 1/3 in double and then rounded; in float throughout it would be another number.
TEST_CASE("coeffs: derived in double, rounded once") {
  snn::NetworkParams network;
  network.tau_s = 3.0;
  CHECK(snn::derive_coeffs<float>(network, {}).keep_s == static_cast<float>(2.0 / 3.0));
}
