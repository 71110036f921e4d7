#include "frontend/lyon/ear.h"

#include <catch2/catch.hpp>
#include <iostream>
#include <limits>

#include "tests/frontend/lyon/goldens.h"

using goldens::noise;

namespace {

// Of the case's largest output: the original's low-pass and its order of additions differ from ours by up to 2.6e-12.
constexpr double kTolerance = 1e-11;

std::vector<double> run(const ear::LyonCoeffs& coeffs, const std::vector<double>& samples) {
  std::vector<double> steps;
  ear::Ear(coeffs).process(samples, steps);
  return steps;
}

}  // namespace

TEST_CASE("The ear equals AuditoryToolbox in double on every golden case") {
  for (const auto& path : goldens::whole_cases()) {
    INFO(path.filename());
    goldens::check_case(path, kTolerance, run);
  }
}

TEST_CASE("The golden cases made from recordings are among them") {
  const auto cases = goldens::whole_cases();
  const auto n_recorded = std::count_if(
      cases.begin(), cases.end(), [](const auto& path) { return path.filename().string().rfind("fsdd_", 0) == 0; });
  if (n_recorded == 0) {
    std::cout << "SKIPPED: the 17 cases made from FSDD recordings need OSSICLE_GOLDEN\n";
    return;
  }
  CHECK(n_recorded == 17);
  CHECK(cases.size() == 58);
}

TEST_CASE("Blocks of any length give the bits of one call") {
  for (const int decimation : {1, 7, 64}) {
    const auto coeffs = ear::design_ear({}, 16000, decimation);
    const auto samples = noise(1500);
    const auto whole = run(coeffs, samples);
    for (const std::size_t block : {1, 3, 64, 255, 1000}) {
      ear::Ear ear(coeffs);
      std::vector<double> steps;
      ear.process({}, steps);
      for (std::size_t first = 0; first < samples.size(); first += block) {
        ear.process(std::span(samples).subspan(first, std::min(block, samples.size() - first)), steps);
      }
      INFO("decimation " << decimation << ", block " << block);
      CHECK(steps == whole);
    }
  }
}

TEST_CASE("Reset gives the state of a new ear") {
  const auto coeffs = ear::design_ear({}, 16000, 10);
  const auto samples = noise(777);
  ear::Ear ear(coeffs);
  std::vector<double> first, second;
  ear.process(samples, first);
  ear.reset();
  ear.process(samples, second);
  CHECK(first == second);
}

TEST_CASE("Silence gives exact zeros, also after sound has died away (Q11, Q15)") {
  const auto coeffs = ear::design_ear({}, 12500, 100);
  CHECK(run(coeffs, std::vector<double>(1000)) == std::vector<double>(10 * 78));
  const auto steps = run(coeffs, std::vector<double>(12500, 0.5));
  CHECK(*std::max_element(steps.end() - 78, steps.end()) < 1e-15);
  std::vector<double> impulse(100'000, 0.0);
  impulse[0] = 1.0;
  std::vector<double> outputs;
  ear::Ear ear(coeffs);
  ear.process(impulse, outputs);
  const auto subnormal = [](double x) { return x != 0.0 && !std::isnormal(x); };
  for (const auto& state : ear.sections()) CHECK_FALSE((subnormal(state.s1) || subnormal(state.s2)));
  for (const auto& row : ear.rows()) CHECK_FALSE((subnormal(row.low_pass.sum1) || subnormal(row.low_pass.sum2)));
}

TEST_CASE("A sample alters no step before its own") {
  const auto coeffs = ear::design_ear({}, 16000, 10);
  auto input = noise(1000);
  const auto before = run(coeffs, input);
  input[500] += 0.5;
  const auto after = run(coeffs, input);
  const std::size_t first = 50 * static_cast<std::size_t>(coeffs.n_channels);
  CHECK(std::equal(before.begin(), before.begin() + first, after.begin()));
  CHECK_FALSE(std::equal(before.begin() + first, before.end(), after.begin() + first));
}

TEST_CASE("The first channel is zero at D = 1 with difference, and only then (Q1, Q2)") {
  const auto input = noise(2000);
  const auto first_channel_max = [&](const ear::LyonParams& params, int decimation) {
    const auto coeffs = ear::design_ear(params, 16000, decimation);
    const auto steps = run(coeffs, input);
    double largest = 0.0;
    for (std::size_t i = 0; i < steps.size(); i += coeffs.n_channels) largest = std::max(largest, steps[i]);
    return largest;
  };
  CHECK(first_channel_max({}, 1) == 0.0);
  CHECK(first_channel_max({}, 2) > 0.0);
  CHECK(first_channel_max({.differ = false}, 1) > 0.0);
}

TEST_CASE("Fewer samples than a step give none, and the rest of a step is dropped (Q6)") {
  const auto coeffs = ear::design_ear({}, 16000, 100);
  CHECK(run(coeffs, noise(99)).empty());
  CHECK(run(coeffs, noise(299)).size() == 2U * coeffs.n_channels);
}

TEST_CASE("Samples that are not finite are refused and change nothing (Q9)") {
  const auto coeffs = ear::design_ear({}, 16000, 10);
  ear::Ear ear(coeffs);
  std::vector<double> steps;
  std::vector<double> samples(20, 0.1);
  samples[7] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_WITH(ear.process(samples, steps), Catch::Contains("sample 7"));
  samples[7] = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(ear.process(samples, steps), std::invalid_argument);
  CHECK(steps.empty());
  samples[7] = 0.1;
  ear.process(samples, steps);
  CHECK(steps == run(coeffs, std::vector<double>(20, 0.1)));
}
