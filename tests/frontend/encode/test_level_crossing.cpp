// Send-on-delta by hand, its bound, its decoder.
#include <catch2/catch.hpp>
#include <cmath>

#include "frontend/encode/level_crossing.h"
#include "tests/frontend/encode/signals.h"

using Catch::Contains;
using ear::LevelCrossingParams;

TEST_CASE("level crossing: by hand [SendOnDelta encode] [SendOnDelta decode]") {
  // delta 1/2 from level 0. x = 0.5 2 2 0.6 0.4: up to 0.5; up to 1; up to 1.5; 0.9 below: down to 1; down to 0.5; 0.3 below is
  // not enough.
  const LevelCrossingParams params{.delta = 0.5};
  const std::vector<float> values = {0.5F, 2, 2, 0.6F, 0.4F, 0.2F};
  const std::vector<std::uint8_t> spikes = {1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0};  // [step][up, down]
  CHECK(ear::level_crossing_encode(values, 1, params) == spikes);
  CHECK(ear::level_crossing_decode(spikes, 2, params) == std::vector<float>{0.5F, 1, 1.5F, 1, 0.5F, 0.5F});
}

TEST_CASE("level crossing: up channels come first, then down channels [SendOnDelta encode]") {
  const std::vector<float> values = {1, 0, -1};
  CHECK(ear::level_crossing_encode(values, 3, {.delta = 1}) == std::vector<std::uint8_t>{1, 0, 0, 0, 0, 1});
  CHECK(ear::level_crossing_encode(values, 3, {.delta = 1, .initial = 1}) ==
        std::vector<std::uint8_t>{0, 0, 0, 0, 1, 1});
}

TEST_CASE("level crossing: a signal slow enough comes back to within delta [SendOnDelta decode]") {
  const int n_channels = 7;
  const auto values = signals::waves(200, n_channels);
  for (const int hold : {1, 4}) {
    // No wave moves by more than 0.08 a step; the first step jumps from 0.
    const LevelCrossingParams params{.delta = 0.09 / hold, .steps = {.hold = hold}};
    const auto spikes = ear::level_crossing_encode(values, n_channels, params);
    const auto found = ear::level_crossing_decode(spikes, 2 * n_channels, params);
    REQUIRE(found.size() == values.size());
    const std::size_t caught_up = 15 * n_channels;
    double worst = 0.0;
    for (std::size_t i = caught_up; i < values.size(); ++i) {
      worst = std::max(worst, std::abs(static_cast<double>(values[i]) - found[i]));
    }
    CHECK(worst <= params.delta + 1e-7);  // the decoded level is rounded to float
    CHECK(worst > 0.5 * params.delta);
  }
}

TEST_CASE("level crossing: silence gives no spike, a held step as many as fit") {
  CHECK(signals::count(ear::level_crossing_encode(std::vector<float>(60), 3, {})) == 0);
  const LevelCrossingParams params{.delta = 0.25, .steps = {.hold = 3, .max_steps = 5}};
  const auto spikes = ear::level_crossing_encode(std::vector<float>{2, 2}, 1, params);
  CHECK(spikes == std::vector<std::uint8_t>{1, 0, 1, 0, 1, 0, 1, 0, 1, 0});
  CHECK(ear::level_crossing_decode(spikes, 2, params) == std::vector<float>{0.75F, 1.25F});
}

TEST_CASE("level crossing: what it cannot take is refused") {
  const std::vector<float> values(6);
  CHECK_THROWS_WITH(ear::level_crossing_encode(values, 2, {.delta = 0}), Contains("delta 0"));
  CHECK_THROWS_WITH(ear::level_crossing_encode(values, 2, {.initial = NAN}), Contains("initial nan"));
  CHECK_THROWS_WITH(ear::level_crossing_decode(std::vector<std::uint8_t>(6), 3, {}), Contains("3 channels"));
}
