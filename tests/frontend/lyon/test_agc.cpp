#include "frontend/lyon/agc.h"

#include <catch2/catch.hpp>

#include "frontend/lyon/factors.h"
#include "tests/frontend/lyon/scalar_ear.h"
#include "tests/frontend/lyon/stages.h"

using scalar::Lane;

TEST_CASE("[Lyon sec. 7] One stage attenuates by the old state and updates it from itself and its neighbours") {
  // epsilon 1/4, epsilon / target 1/16, next stage's the same: ratio 1. Old g: 0.5, 0.25, 0.125; u = 8.
  // u = 8 (1 - 0.25) = 6; g = 6 / 16 + 0.25 (0.5 + 0.25 + 0.125) = 0.375 + 0.21875.
  const ear::AgcStage<double> stage = {1.0, 0.25, 0.25, 0.1};
  double u = 8.0 / 16.0;
  CHECK(ear::agc_stage<Lane>(stage, 0.5 + 0.75, 0.75, 0.875, u) == 1.0 - 0.59375);
  CHECK(u == 6.0 / 16.0);
  u = 2.0;
  CHECK(ear::agc_stage<Lane>(stage, 2.0, 1.0, 1.0, u) == 0.1);
}

TEST_CASE("[Lyon sec. 7] Each stage alone equals AuditoryToolbox's") {
  const stages::Stages stage(64);
  const auto coeffs = stage.coeffs();
  const auto factors = ear::ear_factors(coeffs);
  double scale = coeffs.agc_epsilon[0] / coeffs.agc_target[0];  // of the stage's input
  for (int j = 0; j < 4; ++j) {
    const auto& f = factors.stages[j];
    const auto input = stage.golden.array(j == 0 ? "hwr" : "agc" + std::to_string(j));
    const auto output = stage.golden.array("agc" + std::to_string(j + 1));
    std::vector<double> state(stages::kRows, f.ratio);
    for (int n = 0; n < stages::kSamples; ++n) {
      auto u = stages::column(input, n);
      const auto old = state;
      for (int i = 0; i < stages::kRows; ++i) {
        u[i] *= scale;
        state[i] = ear::agc_stage<Lane>(f, old[std::max(0, i - 1)] + old[i], old[i],
                                        old[std::min(stages::kRows - 1, i + 1)], u[i]);
        u[i] /= scale * f.ratio;
      }
      CHECK(stages::distance(u, output, n) <= stages::kTolerance * stages::largest(output));
    }
    scale *= f.ratio;
  }
  CHECK(scale == Approx(1.0).epsilon(1e-14));
}
