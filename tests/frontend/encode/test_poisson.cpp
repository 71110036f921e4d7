// Poisson spikes: rates, independence of place, reproducibility.
#include <catch2/catch.hpp>
#include <cmath>

#include "frontend/encode/poisson.h"
#include "tests/frontend/encode/signals.h"

using Catch::Contains;
using ear::PoissonParams;

namespace {

/// Spikes of `n_steps` steps of 2 ms at intensity x in `n_channels` channels.
std::vector<std::uint8_t> spikes_at(float x, const PoissonParams& params, const std::string& key = "a",
                                    int n_steps = 20000, int n_channels = 5) {
  return ear::poisson_encode(std::vector<float>(static_cast<std::size_t>(n_steps) * n_channels, x), n_channels, 2.0,
                             key, params);
}

/// Standard deviations that k of n lie from n p.
double deviations(double k, double n, double p) {
  return (k - n * p) / std::sqrt(n * p * (1 - p));
}

}  // namespace

TEST_CASE("poisson: the rate is rate_hz x dt [Poisson rate]") {
  for (const auto& [x, hold] : std::vector<std::pair<float, int>>{{0.5F, 1}, {2.0F, 1}, {2.0F, 4}}) {
    const int n_seeds = 100;
    double squares = 0.0, sum = 0.0;
    for (int seed = 1; seed <= n_seeds; ++seed) {
      const auto spikes = spikes_at(x, {.rate_hz = 60.0, .seed = seed, .steps = {.hold = hold}}, "a", 1000);
      REQUIRE(spikes.size() == 5000U * hold);
      const double z = deviations(signals::count(spikes), static_cast<double>(spikes.size()), 60.0 * x * 0.002 / hold);
      sum += z;
      squares += z * z;
    }
    // The seeds are fixed, so these hold always. Of a hundred normal numbers, three standard deviations of each.
    CHECK(std::abs(sum) < 3.0 * std::sqrt(n_seeds));
    CHECK(std::abs(squares - n_seeds) < 3.0 * std::sqrt(2.0 * n_seeds));
  }
}

TEST_CASE("poisson: neighbouring steps and channels are independent [Poisson rate]") {
  const auto spikes = spikes_at(1.0F, {.rate_hz = 100.0});
  int next_step = 0, next_channel = 0;
  for (std::size_t i = 0; i + 5 < spikes.size(); ++i) {
    next_step += spikes[i] & spikes[i + 5];
    next_channel += i % 5 < 4 ? spikes[i] & spikes[i + 1] : 0;
  }
  CHECK(std::abs(deviations(next_step, 99995, 0.04)) < 3.0);
  CHECK(std::abs(deviations(next_channel, 80000, 0.04)) < 3.0);
}

TEST_CASE("poisson: certain spikes, and none of nothing") {
  CHECK(signals::count(spikes_at(1.0F, {.rate_hz = 500.0})) == 100000);
  CHECK(signals::count(spikes_at(1e30F, {.rate_hz = 1e300})) == 100000);
  CHECK(signals::count(spikes_at(0.0F, {.rate_hz = 1e300})) == 0);
  CHECK(signals::count(spikes_at(-1.0F, {})) == 0);
}

TEST_CASE("poisson: a function of seed, key, step and channel alone") {
  const auto a = spikes_at(1.0F, {.seed = 3}, "a", 400, 6);
  CHECK(spikes_at(1.0F, {.seed = 3}, "a", 400, 6) == a);
  CHECK(spikes_at(1.0F, {.seed = 4}, "a", 400, 6) != a);
  CHECK(spikes_at(1.0F, {.seed = 3 + (std::int64_t{1} << 32)}, "a", 400, 6) != a);
  CHECK(spikes_at(1.0F, {.seed = 3}, "b", 400, 6) != a);
  const auto shorter = spikes_at(1.0F, {.seed = 3}, "a", 100, 6);
  CHECK(shorter == std::vector<std::uint8_t>(a.begin(), a.begin() + 600));
  const auto narrower = spikes_at(1.0F, {.seed = 3}, "a", 400, 2);
  CHECK(signals::channel(narrower, 2, 1) == signals::channel(a, 6, 1));
}

TEST_CASE("poisson: what it cannot take is refused") {
  const std::vector<float> values(6);
  CHECK_THROWS_WITH(ear::poisson_encode(values, 2, 1.0, "a", {.rate_hz = 0}), Contains("rate_hz 0"));
  CHECK_THROWS_WITH(ear::poisson_encode(values, 2, 1.0, "a", {.seed = -1}), Contains("seed -1"));
  CHECK_THROWS_WITH(ear::poisson_encode(values, 2, NAN, "a", {}), Contains("dt_ms nan"));
}
