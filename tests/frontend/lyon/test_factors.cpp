#include "frontend/lyon/factors.h"

#include <catch2/catch.hpp>
#include <numeric>

TEST_CASE("[Lyon sec. 7] Each gain stage hands the signal on in the units of the next, the last one in its own") {
  const auto coeffs = ear::design_ear({}, 12500);
  const auto factors = ear::ear_factors(coeffs);
  double scale = coeffs.agc_epsilon[0] / coeffs.agc_target[0];
  CHECK(factors.sections[0].q1 == coeffs.sections[0].a1 * scale);
  CHECK(factors.sections[0].q2 == coeffs.sections[0].a2 * scale);
  CHECK(factors.sections[1].a0 == coeffs.sections[1].a0);
  for (int j = 0; j < 4; ++j) {
    const auto& stage = factors.stages[j];
    CHECK(scale == Approx(coeffs.agc_epsilon[j] / coeffs.agc_target[j]).epsilon(1e-14));
    CHECK(stage.rise == stage.ratio * coeffs.agc_epsilon[j]);
    CHECK(stage.keep == (1.0 - coeffs.agc_epsilon[j]) / 3.0);
    CHECK(stage.floor == Approx(stage.ratio / 10.0).epsilon(1e-14));
    scale *= stage.ratio;
  }
  CHECK(scale == Approx(1.0).epsilon(1e-14));
}

TEST_CASE("Without gain control the sound comes in as it is") {
  const auto coeffs = ear::design_ear({.agc = false}, 12500);
  CHECK(ear::ear_factors(coeffs).sections[0].q1 == coeffs.sections[0].a1);
}

TEST_CASE("[Lyon sec. 9] A constant passes the low-pass unchanged") {
  for (const int decimation : {2, 10, 333}) {
    const auto f = ear::low_pass_weights(ear::decimation_epsilon(3.0, decimation), decimation);
    CHECK(f.w1.size() == static_cast<std::size_t>(decimation));
    CHECK(std::accumulate(f.w2.begin(), f.w2.end(), f.keep) == Approx(1.0).epsilon(1e-12));
    CHECK(std::accumulate(f.w1.begin(), f.w1.end(), f.keep + f.cross) == Approx(1.0).epsilon(1e-12));
  }
}
