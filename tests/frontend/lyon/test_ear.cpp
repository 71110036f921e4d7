#include "frontend/lyon/ear.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <iostream>
#include <limits>

#include "tests/support/npy.h"

namespace {

// Of the case's largest output. Double: the original's second-order low-pass and its order of additions differ from
// ours by up to 2.6e-12. Float: rounding of coefficients and states, 2.0e-4 measured as the worst.
constexpr double kDoubleTolerance = 1e-11;
constexpr double kFloatTolerance = 3e-4;

struct Case {
  std::string name;
  nlohmann::json params;
  std::vector<double> input;
};

std::string stem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

/// The input signals of a folder or archive named `inputs`.
std::vector<double> input_samples(const std::string& name) {
  const support::Golden inputs(support::golden_path(support::golden_root("lyon"), "inputs"));
  return inputs.array(name).values;
}

bool is_whole_case(const std::filesystem::path& path) {
  return path.filename().string().rfind("stage_", 0) != 0;
}

std::vector<std::filesystem::path> whole_cases() {
  auto cases = support::golden_cases("lyon");
  cases.erase(std::remove_if(cases.begin(), cases.end(), [](const auto& path) { return !is_whole_case(path); }),
              cases.end());
  return cases;
}

ear::LyonCoeffs design_of(const nlohmann::json& params) {
  ear::LyonParams lyon;
  lyon.ear_q = params["earQ"];
  lyon.step_factor = params["stepfactor"];
  lyon.tau_factor = params["taufactor"];
  lyon.agc = params["agcf"] == 1;
  lyon.differ = params["differ"] == 1;
  return ear::design_ear(lyon, params["sample_rate"], params["decimation_factor"]);
}

template <class Real>
std::vector<Real> run(const ear::LyonCoeffs& coeffs, const std::vector<double>& input) {
  const std::vector<Real> samples(input.begin(), input.end());
  std::vector<Real> steps;
  ear::Ear<Real>(coeffs).process(samples, steps);
  return steps;
}

/// Largest difference between steps [step][channel] and the golden array [channel][step], every `stride`-th from
/// `first`.
template <class Real>
double largest_difference(const std::vector<Real>& steps, const support::Array& golden, int first, int stride) {
  const int n_channels = golden.dim(0);
  double largest = 0.0;
  for (int c = 0; c < n_channels; ++c) {
    for (int k = 0; k < golden.dim(1); ++k) {
      const auto step = static_cast<std::size_t>(first + k * stride);
      const double found = steps.at(step * n_channels + c);
      largest = std::max(largest, std::abs(found - golden.at(c, k)));
    }
  }
  return largest;
}

template <class Real>
void check_case(const std::filesystem::path& path, double tolerance) {
  const support::Golden golden(path);
  const auto params = golden.json();
  const auto coeffs = design_of(params);
  REQUIRE(coeffs.n_channels == params["channels"]);
  const auto steps = run<Real>(coeffs, input_samples(stem(params["input"])));
  REQUIRE(steps.size() == params["steps"].get<std::size_t>() * coeffs.n_channels);

  const double bound = tolerance * params["full_output_max"].get<double>();
  const int first = params["output_first_step"], stride = params["output_step_stride"];
  CHECK(largest_difference(steps, golden.array("output"), first, stride) <= bound);
  if (golden.has("output_head")) CHECK(largest_difference(steps, golden.array("output_head"), 0, 1) <= bound);
  const auto sums = golden.array("channel_sum").values;
  for (int c = 0; c < coeffs.n_channels; ++c) {
    double sum = 0.0;
    for (std::size_t i = c; i < steps.size(); i += coeffs.n_channels) sum += steps[i];
    CHECK(std::abs(sum - sums[c]) <= bound * params["steps"].get<double>());
  }
}

}  // namespace

TEST_CASE("The ear equals AuditoryToolbox in double on every golden case") {
  for (const auto& path : whole_cases()) {
    INFO(path.filename());
    check_case<double>(path, kDoubleTolerance);
  }
}

TEST_CASE("The ear equals AuditoryToolbox in float on every golden case") {
  for (const auto& path : whole_cases()) {
    INFO(path.filename());
    check_case<float>(path, kFloatTolerance);
  }
}

TEST_CASE("The golden cases made from recordings are among them") {
  const auto cases = whole_cases();
  const auto n_recorded = std::count_if(
      cases.begin(), cases.end(), [](const auto& path) { return path.filename().string().rfind("fsdd_", 0) == 0; });
  if (n_recorded == 0) {
    std::cout << "SKIPPED: the 17 cases made from FSDD recordings need OSSICLE_GOLDEN\n";
    return;
  }
  CHECK(n_recorded == 17);
  CHECK(cases.size() == 58);
}

namespace {

std::vector<double> noise(std::size_t n_samples) {
  auto samples = input_samples("noise_16k");
  samples.resize(n_samples);
  return samples;
}

}  // namespace

TEST_CASE("Blocks of any length give the bits of one call") {
  for (const int decimation : {1, 7, 64}) {
    const auto coeffs = ear::design_ear({}, 16000, decimation);
    const auto input = noise(1500);
    const std::vector<float> samples(input.begin(), input.end());
    const auto whole = run<float>(coeffs, input);
    for (const std::size_t block : {1, 3, 64, 255, 256, 257, 1000}) {
      ear::Ear<float> ear(coeffs);
      std::vector<float> steps;
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
  const auto input = noise(777);
  const std::vector<double> samples(input.begin(), input.end());
  ear::Ear<double> ear(coeffs);
  std::vector<double> first, second;
  ear.process(samples, first);
  ear.reset();
  ear.process(samples, second);
  CHECK(first == second);
}

TEST_CASE("Silence gives exact zeros, also after sound has died away (Q11, Q15)") {
  const auto coeffs = ear::design_ear({}, 12500, 100);
  CHECK(run<float>(coeffs, std::vector<double>(1000)) == std::vector<float>(10 * 78));
  std::vector<double> constant(12500, 0.5);
  const auto steps = run<double>(coeffs, constant);
  CHECK(*std::max_element(steps.end() - 78, steps.end()) < 1e-15);
  std::vector<float> impulse(400'000, 0.0F);
  impulse[0] = 1.0F;
  std::vector<float> outputs;
  ear::Ear<float> ear(coeffs);
  ear.process(impulse, outputs);
  for (const auto& state : {ear.low_pass_state().d1, ear.low_pass_state().d2}) {
    CHECK(std::none_of(state.begin(), state.end(), [](float x) { return x != 0.0F && !std::isnormal(x); }));
  }
}

TEST_CASE("A sample alters no step before its own") {
  const auto coeffs = ear::design_ear({}, 16000, 10);
  auto input = noise(1000);
  const auto before = run<double>(coeffs, input);
  input[500] += 0.5;
  const auto after = run<double>(coeffs, input);
  const std::size_t first = 50 * static_cast<std::size_t>(coeffs.n_channels);
  CHECK(std::equal(before.begin(), before.begin() + first, after.begin()));
  CHECK_FALSE(std::equal(before.begin() + first, before.end(), after.begin() + first));
}

TEST_CASE("The first channel is zero at D = 1 with difference, and only then (Q1, Q2)") {
  const auto input = noise(2000);
  const auto first_channel_max = [&](const ear::LyonParams& params, int decimation) {
    const auto coeffs = ear::design_ear(params, 16000, decimation);
    const auto steps = run<double>(coeffs, input);
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
  CHECK(run<float>(coeffs, noise(99)).empty());
  CHECK(run<float>(coeffs, noise(299)).size() == 2U * coeffs.n_channels);
}

TEST_CASE("Samples that are not finite are refused and change nothing (Q9)") {
  const auto coeffs = ear::design_ear({}, 16000, 10);
  ear::Ear<float> ear(coeffs);
  std::vector<float> steps;
  std::vector<float> samples(20, 0.1F);
  samples[7] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(ear.process(samples, steps), Catch::Contains("sample 7"));
  samples[7] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(ear.process(samples, steps), std::invalid_argument);
  CHECK(steps.empty());
  samples[7] = 0.1F;
  ear.process(samples, steps);
  CHECK(steps == run<float>(coeffs, std::vector<double>(20, 0.1F)));
}
