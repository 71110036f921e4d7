// Ben's Spiker Algorithm against the program of the TI46 recipe, by hand, and its decoder.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "frontend/encode/bsa.h"
#include "frontend/encode/encode.h"
#include "tests/frontend/encode/signals.h"
#include "tests/support/npy.h"

using Catch::Contains;
using ear::BsaParams;

namespace {

// The goldens' own steps: cochleagrams unscaled, times from 1 to 699.
const BsaParams kTi46 = {.scale = 2000.0, .steps = {.hold = 10, .max_steps = 699}};

const BsaParams kHeld = {.steps = {.hold = 10}};

// The golden went through MATLAB's text format on its way to the program: eight digits, then float32.
float as_saved_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%16.7e", value);
  return std::strtof(text, nullptr);
}

std::vector<float> cochleagram_of(const support::Array& output) {
  std::vector<float> values;
  for (int step = 0; step < output.dim(1); ++step) {
    for (int c = 0; c < output.dim(0); ++c) values.push_back(as_saved_text(output.at(c, step)));
  }
  return values;
}

// Rows (channel, time from 1), by channel, then time.
std::vector<double> rows_of(const std::vector<std::uint8_t>& spikes, int n_channels) {
  std::vector<double> rows;
  for (int c = 0; c < n_channels; ++c) {
    for (std::size_t step = 0; step * n_channels < spikes.size(); ++step) {
      if (spikes[step * n_channels + c] == 0) continue;
      rows.push_back(c);
      rows.push_back(static_cast<double>(step + 1));
    }
  }
  return rows;
}

// The recipe as its text has it: the whole signal of one channel, changed in place.
std::vector<std::uint8_t> literal(const std::vector<float>& values, const BsaParams& params) {
  std::vector<float> x;
  for (const float value : values)
    x.insert(x.end(), static_cast<std::size_t>(params.steps.hold), value * static_cast<float>(params.scale));
  std::vector<std::uint8_t> spikes(x.size());
  x.resize(x.size() + static_cast<std::size_t>(params.taps), 0.0F);
  const auto k = ear::bsa_kernel(params);
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    float with_spike = 0.0F, without = 0.0F;
    for (std::size_t j = 0; j < k.size(); ++j) {
      with_spike += std::abs(x[i + j] - k[j]);
      without += std::abs(x[i + j]);
    }
    if (!(with_spike < without - static_cast<float>(params.threshold))) continue;
    spikes[i] = 1;
    for (std::size_t j = 0; j < k.size(); ++j) x[i + j] -= k[j];
  }
  return spikes;
}

// So wide that both taps are 1/2.
const BsaParams kTwoTaps = {.scale = 1.0, .taps = 2, .kernel_width = 1e6, .threshold = 0.25, .steps = {}};

}  // namespace

TEST_CASE("BSA: every spike of the TI46 recipe's own program [BSA encode] [BSA kernel]") {
  int n_cases = 0, n_with_spikes = 0;
  for (const auto& path : support::golden_cases("lyon")) {
    const support::Golden golden(path);
    if (golden.name().find("ti46_df200") == std::string::npos) continue;
    INFO(golden.name());
    const auto output = golden.array("output");
    const auto spikes = ear::bsa_encode(cochleagram_of(output), output.dim(0), kTi46);
    CHECK(spikes.size() == static_cast<std::size_t>(10 * output.dim(1) * output.dim(0)));
    ++n_cases;
    if (!golden.has("bsa_spikes")) continue;  // shorter than a step: no spike
    ++n_with_spikes;
    const auto params = golden.json()["bsa"];
    CHECK(params["gain"] == kTi46.scale);
    CHECK(params["hold"] == kTi46.steps.hold);
    CHECK(params["kernel_taps"] == kTi46.taps);
    CHECK(params["threshold"] == kTi46.threshold);
    CHECK(rows_of(spikes, output.dim(0)) == golden.array("bsa_spikes").values);
  }
  REQUIRE(n_cases >= 1);
  if (n_with_spikes == 0) std::puts("SKIPPED: the cases with spikes are made from recordings; set OSSICLE_GOLDEN");
}

TEST_CASE("BSA: three channels worked out by hand [BSA encode]") {
  // k = (1/2, 1/2), threshold 1/4. Channel 0, x = 1 1 1 0: at step 0 |1-1/2| + |1-1/2| = 1 < 2 - 1/4: spike, x = 1/2 1/2 1 0.
  // Step 1: 0 + 1/2 < 3/2 - 1/4: spike, x = . 0 1/2 0. Step 2: 0 + 1/2 < 1/2 - 1/4 is false; step 3: no.
  // Channel 1, x = 0.37 throughout: at step 0 0.26 < 0.49: spike, x = -0.13 -0.13 0.37 0.37. Step 1: 0.63 + 0.13 is no less.
  // Step 2: as step 0: spike; the last step: 0.63 + 0.
  // Channel 2, x = 0 0.6 0 0: step 0: 0.5 + 0.1 < 0.6 - 0.25 is false; step 1: 0.1 + 0.5 likewise.
  const std::vector<float> values = {1, 0.37F, 0, 1, 0.37F, 0.6F, 1, 0.37F, 0, 0, 0.37F, 0};
  const std::vector<std::uint8_t> spikes = {1, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0};
  CHECK(ear::bsa_encode(values, 3, kTwoTaps) == spikes);
}

TEST_CASE("BSA: as the recipe's text has it, for other parameters and signals [BSA encode]") {
  const int n_channels = 19;
  for (const BsaParams& params :
       std::vector<BsaParams>{kHeld,
                              {.scale = 0.5, .steps = {.hold = 3}},
                              {.scale = 3.0, .taps = 7, .kernel_width = 2.0, .threshold = 0.1},
                              {.scale = 30.0, .taps = 60, .kernel_width = 9.0, .threshold = 0.0}}) {
    for (const auto& values : {signals::waves(80, n_channels), signals::noise(80U * n_channels)}) {
      const auto spikes = ear::bsa_encode(values, n_channels, params);
      CHECK(signals::count(spikes) > 10);
      for (const int c : {0, 7, 18}) {
        CHECK(signals::channel(spikes, n_channels, c) == literal(signals::channel(values, n_channels, c), params));
      }
    }
  }
}

TEST_CASE("BSA: the kernel is a bell around its middle and its sum is 1 [BSA kernel]") {
  const auto kernel = ear::bsa_kernel({});
  REQUIRE(kernel.size() == 24);
  double sum = 0.0;
  for (const float k : kernel) sum += k;
  CHECK(sum == Approx(1.0).margin(24 * 6e-8));  // 24 roundings to float
  CHECK(std::max_element(kernel.begin(), kernel.end()) - kernel.begin() == 12);
  CHECK(kernel[7] / kernel[12] == Approx(std::exp(-1.0)));
  CHECK(kernel[7] == kernel[17]);
}

TEST_CASE("BSA: the decoder adds kernels up and undoes hold and scale [BSA decode]") {
  BsaParams params = kTwoTaps;
  params.scale = 4.0;
  params.steps.hold = 2;
  // Spikes 1 0 1 1 0: 1/2 1/2 1/2 1 1/2; the means of the pairs 1/2, 3/4 and of the single last one 1/2, over 4.
  CHECK(ear::bsa_decode(std::vector<std::uint8_t>{1, 0, 1, 1, 0}, 1, params) ==
        std::vector<float>{0.125F, 0.1875F, 0.125F});
}

TEST_CASE("BSA: silence gives no spike, and channels do not know one another") {
  CHECK(signals::count(ear::bsa_encode(std::vector<float>(500), 5, {})) == 0);
  const int n_channels = 37;
  const auto all = signals::waves(40, n_channels);
  const auto spikes = ear::bsa_encode(all, n_channels, kHeld);
  CHECK(signals::count(spikes) > 1000);
  for (const int c : {0, 15, 16, 36}) {
    CHECK(ear::bsa_encode(signals::channel(all, n_channels, c), 1, kHeld) == signals::channel(spikes, n_channels, c));
  }
}

TEST_CASE("BSA: a smooth signal comes back [BSA encode] [BSA decode]") {
  const auto values = signals::waves(100, 8);
  const auto found = ear::bsa_decode(ear::bsa_encode(values, 8, kHeld), 8, kHeld);
  CHECK(found.size() == values.size());
  CHECK(ear::snr_db(values, found).value() > 14.0);  // measured 14.5 dB
}

TEST_CASE("BSA: max_steps drops spikes and changes none before") {
  const auto values = signals::waves(30, 3);
  BsaParams params = kHeld;
  const auto all = ear::bsa_encode(values, 3, params);
  params.steps.max_steps = 137;
  const auto first = ear::bsa_encode(values, 3, params);
  CHECK(first == std::vector<std::uint8_t>(all.begin(), all.begin() + 3 * 137));
  CHECK(ear::bsa_decode(first, 3, params).size() == 3 * 14);
}

TEST_CASE("BSA: what it cannot take is refused") {
  const std::vector<float> values(6);
  for (const auto& [params, message] :
       std::vector<std::pair<BsaParams, std::string>>{{{.scale = 0}, "scale 0"},
                                                      {{.scale = INFINITY}, "scale inf"},
                                                      {{.scale = 1e-300}, "scale 1e-300: wanted 1e-30 to 1e+30"},
                                                      {{.scale = 1e39}, "scale 1e+39: wanted 1e-30 to 1e+30"},
                                                      {{.taps = 0}, "taps 0"},
                                                      {{.taps = 5000}, "taps 5000"},
                                                      {{.kernel_width = -1}, "kernel_width -1"},
                                                      {{.threshold = -0.1}, "threshold -0.1"},
                                                      {{.steps = {.hold = 0}}, "hold 0"}}) {
    CHECK_THROWS_WITH(ear::bsa_encode(values, 2, params), Contains(message));
    CHECK_THROWS_WITH(ear::bsa_decode(std::vector<std::uint8_t>(6), 2, params), Contains(message));
  }
  CHECK_THROWS_AS(ear::bsa_encode(values, 4, {}), std::invalid_argument);
  const std::vector<float> huge = {0, 0, 0, 1e38F};
  CHECK_THROWS_WITH(ear::bsa_encode(huge, 2, {.scale = 100}), Contains("step 1, channel 1"));
}
