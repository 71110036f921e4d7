#include "frontend/lyon/design.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>

#include "tests/support/npy.h"

using ear::design_ear;
using ear::LyonParams;

namespace {

std::vector<std::filesystem::path> filter_tables() {
  std::vector<std::filesystem::path> tables;
  for (const auto& entry : std::filesystem::directory_iterator(support::golden_root("lyon") / "filters")) {
    tables.push_back(entry.path());
  }
  return tables;
}

/// The sample rate and the design of a name such as fs12500_q8_s0.25.
std::pair<int, ear::LyonCoeffs> design_named(const std::string& name) {
  int sample_rate_hz = 0;
  LyonParams params;
  double step_factor = 0.0;
  REQUIRE(std::sscanf(name.c_str(), "fs%d_q%lf_s%lf", &sample_rate_hz, &params.ear_q, &step_factor) == 3);
  params.step_factor = step_factor;
  return {sample_rate_hz, design_ear(params, sample_rate_hz)};
}

/// Of the linear cascade from the input to the output of a channel, 1-based; turns: frequency as a share of the sample
/// rate.
double magnitude_db(const ear::LyonCoeffs& coeffs, int channel, double turns) {
  const auto delay = std::polar(1.0, -2.0 * std::numbers::pi * turns);
  double magnitude = 1.0;
  for (int row = 0; row < channel + ear::lyon_model::kFrontRows; ++row) {
    const ear::Section& s = coeffs.sections[row];
    magnitude *= std::abs((s.a0 + delay * (s.a1 + delay * s.a2)) / (1.0 + delay * (s.b1 + delay * s.b2)));
  }
  return 20.0 * std::log10(magnitude);
}

std::vector<double> as_row(const ear::Section& s) {
  return {s.a0, s.a1, s.a2, s.b1, s.b2};
}

LyonParams with_step(double step_factor) {
  LyonParams params;
  params.step_factor = step_factor;
  return params;
}

}  // namespace

TEST_CASE("[Lyon sec. 2] [Lyon sec. 3] [Lyon sec. 4] The design equals AuditoryToolbox's filter tables") {
  const auto tables = filter_tables();
  REQUIRE(tables.size() == 16);
  for (const auto& path : tables) {
    const support::Golden golden(path);
    INFO(golden.name());
    const auto coeffs = design_named(golden.name()).second;
    const auto rows = golden.array("coefficients");
    REQUIRE(rows.shape == std::vector<int>{coeffs.n_channels + 2, 5});
    double largest = 0.0;  // gains at 0 Hz are quotients of sums that cancel to (f / fs)^2: 2e-13 at 48 kHz
    for (int row = 0; row < rows.dim(0); ++row) {
      for (int k = 0; k < 5; ++k)
        largest = std::max(largest, std::abs(as_row(coeffs.sections[row])[k] - rows.at(row, k)));
    }
    CHECK(largest < 1e-12);
    const auto cf_hz = golden.array("centre_frequencies").values;
    REQUIRE(cf_hz.size() == coeffs.cf_hz.size());
    for (std::size_t c = 0; c < cf_hz.size(); ++c) CHECK(coeffs.cf_hz[c] == Approx(cf_hz[c]).epsilon(1e-13));
  }
}

TEST_CASE("[Lyon sec. 5] The cascade's magnitude response equals AuditoryToolbox's") {
  int n_responses = 0;
  for (const auto& path : filter_tables()) {
    const support::Golden golden(path);
    if (!golden.has("cascade_magnitude_db")) continue;
    ++n_responses;
    INFO(golden.name());
    const auto [sample_rate_hz, coeffs] = design_named(golden.name());
    const auto wanted_db = golden.array("cascade_magnitude_db");
    const auto frequencies_hz = golden.array("cascade_magnitude_freqs_hz").values;
    const auto channels = golden.json("filters")["magnitude_output_channels_1based"].get<std::vector<int>>();
    REQUIRE(wanted_db.dim(0) == static_cast<int>(channels.size()));
    double largest = 0.0;  // in dB, of products of up to 160 rounded gains, some of which cancel by 60 dB
    for (int row = 0; row < wanted_db.dim(0); ++row) {
      for (int k = 0; k < wanted_db.dim(1); ++k) {
        const double db = magnitude_db(coeffs, channels[row], frequencies_hz[k] / sample_rate_hz);
        largest = std::max(largest, std::abs(db - wanted_db.at(row, k)));
      }
    }
    CHECK(largest < 1e-8);
  }
  CHECK(n_responses == 14);
}

TEST_CASE("[Lyon sec. 1] A channel's bandwidth is an eighth of the distance to the break frequency's right angle") {
  const auto coeffs = design_ear({}, 12500);
  for (int c = 0; c < coeffs.n_channels; ++c) {  // the pole's radius is exp(-pi B / fs), and b2 its square
    const double bandwidth_hz = -std::log(coeffs.sections[c + 2].b2) * 12500 / (2 * std::numbers::pi);
    const double cf_hz = coeffs.cf_hz[c];
    CHECK(bandwidth_hz == Approx(std::sqrt(cf_hz * cf_hz + 1e6) / 8).epsilon(1e-11));
  }
}

TEST_CASE("[Lyon sec. 2] Sample rates give the number of channels measured on the original") {
  const std::vector<std::pair<int, int>> kCounts = {
      {500, 5},    {1000, 12},  {2000, 25},  {6000, 55},   {8000, 64},   {10000, 71},  {11025, 74},
      {12000, 77}, {12296, 77}, {12297, 78}, {12500, 78},  {12691, 78},  {12692, 79},  {16000, 86},
      {20000, 93}, {22050, 96}, {24000, 99}, {32000, 108}, {44100, 118}, {48000, 121}, {96000, 143}};
  for (const auto& [sample_rate_hz, n_channels] : kCounts) {
    CHECK(design_ear({}, sample_rate_hz).n_channels == n_channels);
  }
  CHECK(design_ear({.ear_q = 4}, 16000).n_channels == 84);
  CHECK(design_ear(with_step(0.5), 16000).n_channels == 42);
  CHECK(design_ear(with_step(0.125), 16000).n_channels == 173);
  CHECK(design_ear({}, 12500).cf_hz.front() == Approx(5959.33).margin(0.005));
  CHECK(design_ear({}, 12500).cf_hz.back() == Approx(78.90).margin(0.005));
}

TEST_CASE("[Lyon sec. 7] [Lyon sec. 9] Time constants become shares per sample") {
  const auto coeffs = design_ear({}, 16000);
  CHECK(coeffs.agc_epsilon[0] == Approx(9.765148178364491e-05).epsilon(1e-11));  // the original's, 1 - exp
  CHECK(coeffs.agc_epsilon[3] == Approx(0.006230509376605298).epsilon(1e-13));
  CHECK(ear::decimation_epsilon(coeffs.tau_factor, 64) == Approx(1 - std::exp(-1.0 / 192)).epsilon(1e-13));
  CHECK(ear::decimation_epsilon(coeffs.tau_factor, 100) == Approx(1 - std::exp(-1.0 / 300)).epsilon(1e-13));
  CHECK(ear::decimation_epsilon(0.0, 64) == 1.0);
}

TEST_CASE("The step factor for a number of channels is the default where that fits, else it gives N + 0.5") {
  CHECK(ear::solve_step_factor({}, 12500, 78) == 0.25);
  CHECK(ear::solve_step_factor({}, 16000, 86) == 0.25);
  CHECK(ear::solve_step_factor({.ear_q = 4}, 16000, 84) == 0.125);
  CHECK(ear::solve_step_factor(with_step(0.9), 12500, 78) == 0.25);
  for (const int sample_rate_hz : {8000, 12500, 44100}) {
    for (const int n_channels : {2, 3, 16, 64, 77, 79, 128, 256, ear::kMaxEarChannels}) {
      INFO(sample_rate_hz << " Hz, " << n_channels);
      const double step_factor = ear::solve_step_factor({}, sample_rate_hz, n_channels);
      CHECK(design_ear(with_step(step_factor), sample_rate_hz).n_channels == n_channels);
      if (step_factor != 0.25) {
        CHECK(ear::channel_count({}, sample_rate_hz, step_factor) == Approx(n_channels + 0.5).epsilon(1e-9));
      }
    }
  }
  CHECK_THROWS_AS(ear::solve_step_factor({}, 12500, 1), std::invalid_argument);
  CHECK_THROWS_AS(ear::solve_step_factor({}, 12500, ear::kMaxEarChannels + 1), std::invalid_argument);
  CHECK_THROWS_AS(ear::solve_step_factor({}, 100, 78), std::invalid_argument);
}

TEST_CASE("Impossible designs are refused with the value found") {
  const double nan = std::nan("");
  CHECK_THROWS_WITH(design_ear({.ear_q = 0.5}, 12500), Catch::Contains("ear_q 0.5"));
  CHECK_THROWS_AS(design_ear({.ear_q = nan}, 12500), std::invalid_argument);
  CHECK_THROWS_WITH(design_ear(with_step(0), 12500), Catch::Contains("step_factor 0"));
  CHECK_THROWS_AS(design_ear(with_step(1e-9), 12500), std::invalid_argument);
  CHECK_THROWS_WITH(design_ear({.tau_factor = -1}, 12500), Catch::Contains("tau_factor -1"));
  CHECK_THROWS_WITH(design_ear({}, 200), Catch::Contains("200 Hz give 0 channels"));
  CHECK_THROWS_AS(design_ear({}, 0), std::invalid_argument);
  CHECK_THROWS_WITH(ear::decimation_epsilon(3.0, 0), Catch::Contains("decimation 0"));
  CHECK_THROWS_AS(ear::decimation_epsilon(3.0, -1), std::invalid_argument);
}
