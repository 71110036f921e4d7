#include "frontend/lyon/agc.h"

#include <catch2/catch.hpp>

#include "tests/frontend/lyon/stages.h"

namespace {

ear::AgcState<double> silent_state(int n_rows) {
  ear::AgcState<double> state;
  for (auto& gain : state.gain) gain.assign(n_rows + 2, 0.0);
  state.next = state.gain;
  return state;
}

}  // namespace

TEST_CASE("[Lyon sec. 7] One stage attenuates by the old state and updates it from itself and its neighbours") {
  double u = 8.0;
  // u = 8 (1 - 0.25) = 6; g = 6 * 0.0625 + 0.25 (0.5 + 0.25 + 0.125) = 0.375 + 0.21875.
  CHECK(ear::agc_stage(0.0625, 0.25, 0.9, 0.5, 0.25, 0.125, u) == 0.59375);
  CHECK(u == 6.0);
  CHECK(ear::agc_stage(1.0, 0.25, 0.9, 0.0, 0.0, 0.0, u) == 0.9);
}

TEST_CASE("[Lyon sec. 7] A row at an end is its own missing neighbour") {
  ear::LyonCoeffs coeffs;
  coeffs.agc_target = {1, 1, 1, 1};
  coeffs.agc_epsilon = {0.25, 0.25, 0.25, 0.25};  // drive and keep are both 1/4
  const ear::AgcCoeffs<double> agc(coeffs);
  auto state = silent_state(2);
  std::vector<double> u = {1.0, 0.0};
  ear::agc_step(agc, state, 2, u.data());
  CHECK(state.gain[0] == std::vector<double>{0.25, 0.25, 0.0, 0.0});
  u = {0.0, 0.0};
  ear::agc_step(agc, state, 2, u.data());
  CHECK(state.gain[0][1] == 0.25 * (0.25 + 0.25 + 0.0));
  CHECK(state.gain[0][2] == 0.25 * (0.25 + 0.0 + 0.0));
}

TEST_CASE("[Lyon sec. 7] Four stages and their last states equal AuditoryToolbox's") {
  for (const int decimation : {1, 64}) {
    const stages::Stages stage(decimation);
    const ear::AgcCoeffs<double> agc(stage.coeffs());
    auto state = silent_state(stages::kRows);
    const auto input = stage.golden.array("hwr"), output = stage.golden.array("agc4");
    const double bound = stages::kTolerance * stages::largest(output);
    for (int n = 0; n < stages::kSamples; ++n) {
      auto u = stages::column(input, n);
      ear::agc_step(agc, state, stages::kRows, u.data());
      CHECK(stages::distance(u, output, n) <= bound);
    }
    const auto golden_state = stage.golden.array("final_agc_state");
    for (int j = 0; j < 4; ++j) {
      const std::vector<double> gain(state.gain[j].begin() + 1, state.gain[j].end() - 1);
      CHECK(stages::distance(gain, golden_state, j) <= stages::kTolerance);
    }
  }
}

TEST_CASE("[Lyon sec. 7] Each stage alone equals AuditoryToolbox's") {
  const stages::Stages stage(64);
  const ear::AgcCoeffs<double> agc(stage.coeffs());
  for (int j = 0; j < 4; ++j) {
    const auto input = stage.golden.array(j == 0 ? "hwr" : "agc" + std::to_string(j));
    const auto output = stage.golden.array("agc" + std::to_string(j + 1));
    std::vector<double> gain(stages::kRows, 0.0);
    for (int n = 0; n < stages::kSamples; ++n) {
      auto u = stages::column(input, n);
      const auto old = gain;
      for (int i = 0; i < stages::kRows; ++i) {
        gain[i] = ear::agc_stage(agc.drive[j], agc.keep[j], agc.limit, old[std::max(0, i - 1)], old[i],
                                 old[std::min(stages::kRows - 1, i + 1)], u[i]);
      }
      CHECK(stages::distance(u, output, n) <= stages::kTolerance * stages::largest(output));
    }
  }
}
