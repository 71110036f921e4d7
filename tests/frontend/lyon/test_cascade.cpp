#include "frontend/lyon/cascade.h"

#include <catch2/catch.hpp>

#include "tests/frontend/lyon/stages.h"

namespace {

struct Run {
  std::vector<double> outputs;  // [sample][row]
  ear::CascadeState state;
};

Run run_blocks(const ear::LyonCoeffs& coeffs, const std::vector<double>& samples, std::size_t block_size) {
  const int n_rows = static_cast<int>(coeffs.sections.size());
  const ear::CascadeCoeffs cascade(coeffs.sections);
  Run run{{}, {std::vector<double>(n_rows), std::vector<double>(n_rows)}};
  std::vector<double> waves((block_size + n_rows) * (n_rows + 1));
  for (std::size_t first = 0; first < samples.size(); first += block_size) {
    const int size = static_cast<int>(std::min(block_size, samples.size() - first));
    ear::cascade_block(cascade, run.state, samples.data() + first, size, waves.data());
    for (int n = 0; n < size; ++n) {
      for (int i = 0; i < n_rows; ++i) run.outputs.push_back(waves[n * (n_rows + 1) + (i + 1) * (n_rows + 2)]);
    }
  }
  return run;
}

}  // namespace

TEST_CASE("[Lyon sec. 5] One section is the difference equation of its coefficients") {
  // y = 2x + 3x' - 1x'' - 0.5y' + 0.25y'' on x = 1, 1, 0: 2; 2+3-1 = 4; 3-1-2+0.5 = 0.5.
  double s1 = 0.0, s2 = 0.0;
  const auto step = [&](double x) { return ear::section_step(2.0, 3.0, -1.0, 0.5, -0.25, x, s1, s2); };
  CHECK(step(1.0) == 2.0);
  CHECK(step(1.0) == 4.0);
  CHECK(step(0.0) == 0.5);
}

TEST_CASE("[Lyon sec. 5] Every row of the cascade and its last state equal AuditoryToolbox's") {
  const stages::Stages stage(1);
  const auto golden = stage.golden.array("cascade");
  const auto run = run_blocks(stage.coeffs(), stages::noise_input(), 50);
  const double bound = stages::kTolerance * stages::largest(golden);
  for (int n = 0; n < stages::kSamples; ++n) {
    const std::vector<double> rows(run.outputs.begin() + n * stages::kRows,
                                   run.outputs.begin() + (n + 1) * stages::kRows);
    CHECK(stages::distance(rows, golden, n) <= bound);
  }
  const auto state = stage.golden.array("final_sos_state");
  CHECK(stages::distance(run.state.s1, state, 0) <= bound);
  CHECK(stages::distance(run.state.s2, state, 1) <= bound);
}

TEST_CASE("[Lyon sec. 5] Waves give the bits of sample-by-sample order, whatever the block") {
  const auto coeffs = stages::Stages(1).coeffs();
  const auto samples = stages::noise_input();
  const ear::CascadeCoeffs cascade(coeffs.sections);
  std::vector<double> s1(stages::kRows), s2(stages::kRows), outputs;
  for (double x : samples) {
    for (int i = 0; i < stages::kRows; ++i) {
      x = ear::section_step(cascade.a0[i], cascade.a1[i], cascade.a2[i], cascade.b1[i], cascade.b2[i], x, s1[i], s2[i]);
      outputs.push_back(x);
    }
  }
  for (const std::size_t block_size : {1, 2, 7, 64, 88, 89, 128}) {
    INFO(block_size);
    const auto run = run_blocks(coeffs, samples, block_size);
    CHECK(run.outputs == outputs);
    CHECK(run.state.s1 == s1);
    CHECK(run.state.s2 == s2);
  }
}

TEST_CASE("[Lyon sec. 6] The rectifier keeps what is above zero") {
  CHECK(ear::rectify(0.25) == 0.25);
  CHECK(ear::rectify(-0.25) == 0.0);
  CHECK(ear::rectify(0.0) == 0.0);
}
