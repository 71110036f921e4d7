// The leaky integrate-and-fire encoder against the closed form of its equation.
#include <catch2/catch.hpp>
#include <cmath>

#include "frontend/encode/lif_encoder.h"
#include "tests/frontend/encode/signals.h"

using Catch::Contains;
using ear::LifEncoderParams;

namespace {

/// Steps of the spikes of one channel.
std::vector<int> times(const std::vector<std::uint8_t>& spikes) {
  std::vector<int> found;
  for (std::size_t i = 0; i < spikes.size(); ++i) {
    if (spikes[i] != 0) found.push_back(static_cast<int>(i));
  }
  return found;
}

// exp(-dt/tau) is 1/2.
const double kHalf_ms = 10.0 / std::log(2.0);

}  // namespace

TEST_CASE("LIF encoder: by hand [LIF Eq. 1.5]") {
  // u goes half the way to x: 1/2; 3/4 >= 0.705: spike, 0. With x = 0.8: 0.4, 0.6, 0.7: none. With x = 4: 2.35: spike; 2: spike.
  const LifEncoderParams params{.tau_ms = kHalf_ms, .threshold = 0.705};
  const std::vector<float> values = {1, 1, 0.8F, 0.8F, 0.8F, 4, 4};
  CHECK(ear::lif_encode(values, 1, 10.0, params) == std::vector<std::uint8_t>{0, 1, 0, 0, 0, 1, 1});
  LifEncoderParams resting = params;
  resting.refractory_ms = 14.0;  // one step
  CHECK(ear::lif_encode(values, 1, 10.0, resting) == std::vector<std::uint8_t>{0, 1, 0, 0, 0, 1, 0});
}

TEST_CASE("LIF encoder: the threshold itself is enough [LIF Eq. 1.5]") {
  const LifEncoderParams quick{.tau_ms = 1e-3, .threshold = 0.5};  // so quick that u is x
  CHECK(ear::lif_encode(std::vector<float>{0.5F, 0.4999F}, 1, 10.0, quick) == std::vector<std::uint8_t>{1, 0});
}

TEST_CASE("LIF encoder: intervals at constant drive are tau ln(I / (I - threshold)) [LIF Eq. 1.5]") {
  const LifEncoderParams params{.gain = 3.0, .tau_ms = 20.0, .threshold = 0.4, .steps = {.hold = 10}};
  const double drive = 3.0 * 0.25, dt_ms = 1.0;
  const auto found = times(ear::lif_encode(std::vector<float>(300, 0.25F), 1, dt_ms, params));
  REQUIRE(found.size() > 10);
  // A spike comes in the first step at whose end the threshold is reached.
  const int wanted = static_cast<int>(std::ceil(20.0 * std::log(drive / (drive - 0.4)) / (dt_ms / 10)));
  CHECK(found.front() == wanted - 1);
  for (std::size_t i = 1; i < found.size(); ++i) CHECK(found[i] - found[i - 1] == wanted);
  LifEncoderParams resting = params;
  resting.refractory_ms = 2.0;
  const auto later = times(ear::lif_encode(std::vector<float>(300, 0.25F), 1, dt_ms, resting));
  CHECK(later[1] - later[0] == wanted + 20);
}

TEST_CASE("LIF encoder: silence and a drive below the threshold give no spike") {
  CHECK(signals::count(ear::lif_encode(std::vector<float>(60), 3, 1.0, {})) == 0);
  CHECK(signals::count(ear::lif_encode(std::vector<float>(6000, 0.0999F), 3, 1.0, {.threshold = 0.1})) == 0);
  CHECK(signals::count(ear::lif_encode(std::vector<float>(6000, 0.1001F), 3, 1.0, {.threshold = 0.1})) > 0);
}

TEST_CASE("LIF encoder: channels do not know one another, and max_steps changes nothing before") {
  const auto values = signals::waves(50, 5);
  LifEncoderParams params{.steps = {.hold = 3}};
  const auto spikes = ear::lif_encode(values, 5, 4.0, params);
  CHECK(signals::count(spikes) > 50);
  CHECK(ear::lif_encode(signals::channel(values, 5, 3), 1, 4.0, params) == signals::channel(spikes, 5, 3));
  params.steps.max_steps = 77;
  CHECK(ear::lif_encode(values, 5, 4.0, params) == std::vector<std::uint8_t>(spikes.begin(), spikes.begin() + 5 * 77));
}

TEST_CASE("LIF encoder: what it cannot take is refused") {
  const std::vector<float> values = {0, 1e30F};
  CHECK_THROWS_WITH(ear::lif_encode(values, 2, 1.0, {.gain = 0}), Contains("gain 0"));
  CHECK_THROWS_WITH(ear::lif_encode(values, 2, 1.0, {.tau_ms = -1}), Contains("tau_ms -1"));
  CHECK_THROWS_WITH(ear::lif_encode(values, 2, 1.0, {.threshold = 0}), Contains("threshold 0"));
  CHECK_THROWS_WITH(ear::lif_encode(values, 2, 1.0, {.refractory_ms = -1}), Contains("refractory_ms -1"));
  CHECK_THROWS_WITH(ear::lif_encode(values, 2, 0.0, {}), Contains("dt_ms 0"));
  CHECK_THROWS_WITH(ear::lif_encode(values, 2, 1.0, {.gain = 1e300}), Contains("step 0, channel 1"));
}
