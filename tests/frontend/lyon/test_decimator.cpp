#include "frontend/lyon/decimator.h"

#include <catch2/catch.hpp>

#include "tests/frontend/lyon/stages.h"

TEST_CASE("[Lyon sec. 8] The difference takes the row above, and nothing below zero") {
  const std::vector<double> u = {9.0, 3.0, 1.0, 2.0, 0.5};  // two front rows, three channels
  std::vector<double> v(3);
  ear::differ_step(u.data(), 3, v.data());
  CHECK(v == std::vector<double>{2.0, 0.0, 1.5});
}

TEST_CASE("[Lyon sec. 8] The difference equals AuditoryToolbox's") {
  for (const int decimation : {1, 64}) {
    const stages::Stages stage(decimation);
    const auto input = stage.golden.array("agc4"), output = stage.golden.array("differ");
    std::vector<double> v(stages::kRows - 2);
    for (int n = 0; n < stages::kSamples; ++n) {
      ear::differ_step(stages::column(input, n).data(), stages::kRows - 2, v.data());
      CHECK(stages::distance(v, output, n, 2) <= 1e-16);
    }
  }
}

TEST_CASE("[Lyon sec. 9] The low-pass and its last state equal AuditoryToolbox's") {
  const stages::Stages stage(64);
  const double epsilon = stage.coeffs().decimation_epsilon;
  const auto input = stage.golden.array("differ"), output = stage.golden.array("lowpass");
  const double bound = 1e-11 * stages::largest(output);  // the original's second-order form loses digits
  ear::LowPassState<double> state{std::vector<double>(86), std::vector<double>(86)};
  for (int n = 0; n < stages::kSamples; ++n) {
    CHECK(stages::distance(state.d1, output, n, 2) <= bound);
    const auto u = stages::column(input, n);
    ear::low_pass_step(epsilon, u.data() + 2, state);
  }
  // In the second-order form s1 is the next output and s2 = epsilon d2 - p d1.
  const auto golden_state = stage.golden.array("final_dec_state");
  CHECK(stages::distance(state.d1, golden_state, 0, 2) <= bound);
  std::vector<double> s2;
  for (std::size_t c = 0; c < state.d1.size(); ++c) s2.push_back(epsilon * state.d2[c] - (1 - epsilon) * state.d1[c]);
  CHECK(stages::distance(s2, golden_state, 1, 2) <= bound);
}

TEST_CASE("[Lyon sec. 9] With time constant 0 the low-pass is a delay of two samples") {
  ear::LowPassState<float> state{std::vector<float>(1), std::vector<float>(1)};
  std::vector<float> outputs;
  for (const float x : {1.0F, 2.0F, 3.0F, 4.0F}) {
    outputs.push_back(state.d1[0]);
    ear::low_pass_step(1.0F, &x, state);
  }
  CHECK(outputs == std::vector<float>{0, 0, 1, 2});
}
