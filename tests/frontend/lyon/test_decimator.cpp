#include "frontend/lyon/decimator.h"

#include <catch2/catch.hpp>

#include "frontend/lyon/factors.h"
#include "tests/frontend/lyon/scalar_ear.h"
#include "tests/frontend/lyon/stages.h"

using scalar::Lane;

namespace {

/// The low-pass of one channel, its output at the last sample of each D, as the ear computes it.
std::vector<double> decimated(double epsilon, int decimation, const std::vector<double>& samples) {
  const auto factors = ear::low_pass_weights(epsilon, decimation);
  ear::LowPassState<Lane> state{};
  std::vector<double> outputs;
  int phase = 0;
  for (const double x : samples) {
    phase = (phase + 1) % decimation;
    if (phase == 0) {
      outputs.push_back(state.sum1);
      ear::low_pass_next_step<Lane>(factors.keep, factors.cross, state);
    }
    ear::low_pass_add<Lane>(factors.w1[phase], factors.w2[phase], x, state);
  }
  return outputs;
}

/// The same, sample by sample: two one-poles, the output of a sample being the second before the sample enters.
std::vector<double> recursive(double epsilon, int decimation, const std::vector<double>& samples) {
  double d1 = 0.0, d2 = 0.0;
  std::vector<double> outputs;
  for (std::size_t n = 0; n < samples.size(); ++n) {
    if (n % decimation == static_cast<std::size_t>(decimation) - 1) outputs.push_back(d1);
    d1 += epsilon * (d2 - d1);
    d2 += epsilon * (samples[n] - d2);
  }
  return outputs;
}

}  // namespace

TEST_CASE("[Lyon sec. 8] The difference is that to the row above, and nothing below zero") {
  CHECK(ear::difference<Lane>(3.0, 1.0) == 2.0);
  CHECK(ear::difference<Lane>(1.0, 2.0) == 0.0);
}

TEST_CASE("[Lyon sec. 8] The difference equals AuditoryToolbox's") {
  for (const int decimation : {1, 64}) {
    const stages::Stages stage(decimation);
    const auto input = stage.golden.array("agc4"), output = stage.golden.array("differ");
    for (int n = 0; n < stages::kSamples; ++n) {
      const auto u = stages::column(input, n);
      std::vector<double> v;
      for (int i = 2; i < stages::kRows; ++i) v.push_back(ear::difference<Lane>(u[i - 1], u[i]));
      CHECK(stages::distance(v, output, n, 2) <= 1e-16);
    }
  }
}

TEST_CASE("[Lyon sec. 9] Weighted sums are the recursion of two one-poles") {
  const auto samples = stages::noise_input();
  for (const int decimation : {2, 3, 7, 64}) {
    for (const double tau_factor : {0.0, 0.3, 3.0, 20.0}) {
      const double epsilon = ear::decimation_epsilon(tau_factor, decimation);
      const auto found = decimated(epsilon, decimation, samples), wanted = recursive(epsilon, decimation, samples);
      REQUIRE(found.size() == samples.size() / decimation);
      for (std::size_t k = 0; k < found.size(); ++k) CHECK(found[k] == Approx(wanted[k]).margin(1e-15).epsilon(1e-12));
    }
  }
}

TEST_CASE("[Lyon sec. 9] The low-pass equals AuditoryToolbox's at the end of each step") {
  const stages::Stages stage(64);
  const auto input = stage.golden.array("differ"), output = stage.golden.array("lowpass");
  const double bound = 1e-11 * stages::largest(output);  // the original's second-order form loses digits
  for (int i = 2; i < stages::kRows; ++i) {
    std::vector<double> samples;
    for (int n = 0; n < stages::kSamples; ++n) samples.push_back(input.at(i, n));
    const auto found = decimated(ear::decimation_epsilon(stage.coeffs().tau_factor, 64), 64, samples);
    REQUIRE(found.size() == 2);
    CHECK(std::abs(found[0] - output.at(i, 63)) <= bound);
    CHECK(std::abs(found[1] - output.at(i, 127)) <= bound);
  }
}

TEST_CASE("[Lyon sec. 9] With time constant 0 the low-pass is a delay of two samples, and D = 1 has none") {
  CHECK(decimated(1.0, 2, {1, 2, 3, 4, 5, 6}) == std::vector<double>{0, 2, 4});
  const auto none = ear::low_pass_weights(0.3, 1);
  CHECK((none.w1 == std::vector<double>{1.0} && none.w2 == std::vector<double>{0.0}));
  CHECK((none.keep == 0.0 && none.cross == 0.0));
}
