#pragma once
// The golden cases of whole ears: AuditoryToolbox's output for a sound and parameters.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "frontend/lyon/design.h"
#include "tests/support/npy.h"

namespace goldens {

inline std::string stem(const std::string& path) {
  return std::filesystem::path(path).stem().string();
}

/// The input signals of a folder or archive named `inputs`.
inline std::vector<double> input_samples(const std::string& name) {
  const support::Golden inputs(support::golden_path(support::golden_root("lyon"), "inputs"));
  return inputs.array(name).values;
}

inline bool is_whole_case(const std::filesystem::path& path) {
  return path.filename().string().rfind("stage_", 0) != 0;
}

inline std::vector<std::filesystem::path> whole_cases() {
  auto cases = support::golden_cases("lyon");
  cases.erase(std::remove_if(cases.begin(), cases.end(), [](const auto& path) { return !is_whole_case(path); }),
              cases.end());
  return cases;
}

inline ear::LyonCoeffs design_of(const nlohmann::json& params) {
  ear::LyonParams lyon;
  lyon.ear_q = params["earQ"];
  lyon.step_factor = params["stepfactor"];
  lyon.tau_factor = params["taufactor"];
  lyon.agc = params["agcf"] == 1;
  lyon.differ = params["differ"] == 1;
  return ear::design_ear(lyon, params["sample_rate"]);
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

/// Checks what `run(coeffs, decimation, input)` gives, [step][channel], within `tolerance` of the case's largest output.
template <class Run>
void check_case(const std::filesystem::path& path, double tolerance, const Run& run) {
  const support::Golden golden(path);
  const auto params = golden.json();
  const auto coeffs = design_of(params);
  REQUIRE(coeffs.n_channels == params["channels"]);
  const auto steps = run(coeffs, params["decimation_factor"].get<int>(), input_samples(stem(params["input"])));
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

inline std::vector<double> noise(std::size_t n_samples) {
  auto samples = input_samples("noise_16k");
  samples.resize(n_samples);
  return samples;
}

}  // namespace goldens
