#include "frontend/lyon/passes.h"

#include <catch2/catch.hpp>

#include "frontend/lyon/factors.h"
#include "frontend/lyon/scalar_lane.h"
#include "tests/frontend/lyon/stages.h"

using ear::ScalarLane;

namespace {

struct Rows {
  ear::EarFactors factors;
  ear::PassFactors<ScalarLane> pass;
  std::vector<ear::SectionState<ScalarLane>> sections;
  std::vector<ear::RowState<ScalarLane>> rows;

  explicit Rows(const ear::LyonCoeffs& coeffs)
      : factors(ear::ear_factors(coeffs)),
        pass{factors.sections.data(),
             static_cast<int>(factors.sections.size()),
             {factors.stages[0], factors.stages[1], factors.stages[2], factors.stages[3]}},
        sections(factors.sections.size()),
        rows(factors.sections.size()) {
    ear::clear<ScalarLane>(pass, sections.data(), rows.data());
  }
};

}  // namespace

TEST_CASE("Several samples through the cascade at a time give the bits of one at a time, front rows cleared (Q1)") {
  const auto coeffs = stages::Stages(64).coeffs();
  const auto samples = stages::noise_input();
  Rows alone(coeffs), paired(coeffs);
  std::vector<double> one(stages::kRows), two(2 * stages::kRows);
  for (int n = 0; n < stages::kSamples; n += 2) {
    const double pass_front[2] = {n == 64 ? 0.0 : 1.0, 1.0};
    ear::cascade_pass<ScalarLane, 2>(paired.pass, paired.sections.data(), &samples[n], pass_front, two.data(),
                                     stages::kRows);
    for (int k = 0; k < 2; ++k) {
      ear::cascade_pass<ScalarLane, 1>(alone.pass, alone.sections.data(), &samples[n + k], pass_front + k, one.data(),
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
      ear::first_gain_pass<ScalarLane>(all.pass, all.rows.data(), u.data());
      ear::output_pass<ScalarLane, true, true>(all.pass, all.rows.data(), u.data(), 1.0, 3.0);
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
