#include "frontend/lyon/passes.h"

#include <catch2/catch.hpp>

#include "tests/frontend/lyon/goldens.h"
#include "tests/frontend/lyon/scalar_ear.h"
#include "tests/frontend/lyon/stages.h"

using scalar::Lane;
using scalar::Rows;

TEST_CASE("Several samples through the cascade at a time give the bits of one at a time, front rows cleared (Q1)") {
  const auto coeffs = stages::Stages(64).coeffs();
  const auto samples = stages::noise_input();
  Rows alone(coeffs), paired(coeffs);
  std::vector<double> one(stages::kRows), two(2 * stages::kRows);
  for (int n = 0; n < stages::kSamples; n += 2) {
    const double pass_front[2] = {n == 64 ? 0.0 : 1.0, 1.0};
    ear::cascade_pass<Lane, 2>(paired.pass, paired.sections.data(), &samples[n], pass_front, two.data(), stages::kRows);
    for (int k = 0; k < 2; ++k) {
      ear::cascade_pass<Lane, 1>(alone.pass, alone.sections.data(), &samples[n + k], pass_front + k, one.data(),
                                 stages::kRows);
      CHECK(std::equal(one.begin(), one.end(), two.begin() + k * stages::kRows));
      if (pass_front[k] == 0.0) CHECK((one[0] == 0.0 && one[1] == 0.0 && one[2] > 0.0));
    }
  }
}

TEST_CASE("[Lyon sec. 7] Four stages over all rows and their last states equal AuditoryToolbox's") {
  for (const int decimation : {1, 64}) {
    const stages::Stages stage(decimation);
    auto coeffs = stage.coeffs();
    Rows all(coeffs);
    const double drive = coeffs.agc_epsilon[0] / coeffs.agc_target[0];
    const auto input = stage.golden.array("hwr"), output = stage.golden.array("agc4");
    const auto differences = stage.golden.array("differ");
    const double bound = stages::kTolerance * stages::largest(output);
    for (int n = 0; n < stages::kSamples; ++n) {
      auto u = stages::column(input, n);
      for (double& value : u) value *= drive;
      for (auto& row : all.rows) row.low_pass = {};
      ear::first_gain_pass<Lane>(all.pass, all.rows.data(), u.data());
      ear::output_pass<Lane, true, true>(all.pass, all.rows.data(), u.data(), 1.0, 3.0);
      std::vector<double> found;
      for (int i = 2; i < stages::kRows; ++i) {
        found.push_back(all.rows[i].low_pass.sum1);
        CHECK(all.rows[i].low_pass.sum2 == 3.0 * all.rows[i].low_pass.sum1);
      }
      CHECK(stages::distance(found, differences, n, 2) <= bound);
    }
    const auto golden_state = stage.golden.array("final_agc_state");
    for (int j = 0; j < 4; ++j) {
      std::vector<double> gain;
      for (const auto& row : all.rows) gain.push_back(1.0 - row.gain[j] / all.factors.stages[j].ratio);
      CHECK(stages::distance(gain, golden_state, j) <= stages::kTolerance);
    }
  }
}

TEST_CASE("The passes in double equal AuditoryToolbox on every golden case") {
  // Of the case's largest output: the original's low-pass and its order of additions differ from ours by up to 2.6e-12.
  constexpr double kTolerance = 1e-11;
  for (const auto& path : goldens::whole_cases()) {
    INFO(path.filename());
    goldens::check_case(path, kTolerance, scalar::hear);
  }
}
