#include "frontend/lyon/cascade.h"

#include <catch2/catch.hpp>

#include "frontend/lyon/factors.h"
#include "frontend/lyon/passes.h"
#include "tests/frontend/lyon/scalar_ear.h"
#include "tests/frontend/lyon/stages.h"

using scalar::Lane;

TEST_CASE("[Lyon sec. 5] One section is the difference equation of its coefficients") {
  // y = 2x + 3x' - 1x'' - 0.5y' + 0.25y'' on x = 1, 1, 0: 2; 2+3-1 = 4; 3-1-2+0.5 = 0.5.
  ear::LyonCoeffs coeffs;
  coeffs.agc = false;
  coeffs.sections = {{2.0, 3.0, -1.0, 0.5, -0.25}};
  const auto factors = ear::ear_factors(coeffs).sections.front();
  double s1 = 0.0, s2 = 0.0;
  const auto step = [&](double x) { return ear::section_step<Lane>(factors, x, s1, s2); };
  CHECK(step(1.0) == 2.0);
  CHECK(step(1.0) == 4.0);
  CHECK(step(0.0) == 0.5);
}

TEST_CASE("[Lyon sec. 5] Every row of the cascade and its last state equal AuditoryToolbox's") {
  const stages::Stages stage(1);
  auto coeffs = stage.coeffs();
  coeffs.agc = false;  // unscaled
  const auto factors = ear::ear_factors(coeffs);
  const auto golden = stage.golden.array("cascade");
  const double bound = stages::kTolerance * stages::largest(golden);
  std::vector<double> s1(stages::kRows), s2(stages::kRows), rows(stages::kRows);
  const auto samples = stages::noise_input();
  for (int n = 0; n < stages::kSamples; ++n) {
    double x = samples[n];
    for (int i = 0; i < stages::kRows; ++i) {
      x = ear::section_step<Lane>(factors.sections[i], x, s1[i], s2[i]);
      rows[i] = x;
    }
    CHECK(stages::distance(rows, golden, n) <= bound);
  }
  const auto state = stage.golden.array("final_sos_state");
  CHECK(stages::distance(s1, state, 0) <= bound);
  CHECK(stages::distance(s2, state, 1) <= bound);
}

TEST_CASE("[Lyon sec. 6] The rectifier keeps what is above zero") {
  CHECK(ear::rectify<Lane>(0.25) == 0.25);
  CHECK(ear::rectify<Lane>(-0.25) == 0.0);
  CHECK(ear::rectify<Lane>(0.0) == 0.0);
}
