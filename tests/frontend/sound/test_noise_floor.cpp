// The noise floor's three rules, each by hand.
#include "frontend/sound/noise_floor.h"

#include <catch2/catch.hpp>
#include <cmath>

using ear::BandValues;
using ear::NoiseFloor;

namespace {

constexpr double kHop_s = 0.005;
constexpr int kBlock = 20, kSecond = 200;  // hops

BandValues power(double low_db, double high_db) {
  return {std::pow(10.0, low_db / 10), std::pow(10.0, high_db / 10), 0.0};
}

/// Of two bands, [band] in dB.
BandValues floor_of(const NoiseFloor& floor) {
  const double low = -floor.low_rise_db({0.0, -1000.0});
  return {low, -floor.rise_db({-1000.0, 0.0})};
}

void hear(NoiseFloor& floor, int n_hops, double low_db, double high_db, bool is_voice = false, bool is_noise = false) {
  for (int i = 0; i < n_hops; ++i) floor.hear(power(low_db, high_db), is_voice, is_noise);
}

void check_floor(const NoiseFloor& floor, double low_db, double high_db) {
  CHECK(floor_of(floor)[0] == Approx(low_db).margin(1e-9));
  CHECK(floor_of(floor)[1] == Approx(high_db).margin(1e-9));
}

}  // namespace

TEST_CASE("noise floor: levels are dB of full scale, silence is quiet_db, the highest rise counts") {
  const NoiseFloor floor({.quiet_db = -70}, kHop_s, 2);
  const BandValues level = floor.level_db({1.0, 0.0, 1.0});
  CHECK(level[0] == 0.0);
  CHECK(level[1] == -70.0);
  CHECK(floor.level_db(power(-69, -71))[0] == Approx(-69));
  check_floor(floor, -70, -70);
  CHECK(floor.rise_db({-60, -50}) == 20.0);
  CHECK(floor.rise_db({-40, -50}) == 30.0);
  CHECK(floor.low_rise_db({-60, -50}) == 10.0);
}

TEST_CASE("noise floor: the running mean of what is noise") {
  NoiseFloor floor({.quiet_db = -80, .follow_s = 0.3}, kHop_s, 2);
  hear(floor, 19, -50, -60, false, true);  // a block ends with the twentieth
  const double left = std::exp(-19 * kHop_s / 0.3);
  check_floor(floor, -50 - 30 * left, -60 - 20 * left);
  NoiseFloor deaf({.quiet_db = -80}, kHop_s, 2);
  hear(deaf, 19, -50, -60);
  check_floor(deaf, -80, -80);
}

TEST_CASE("noise floor: what is steady for 0.3 s is noise, though it was taken for speech") {
  NoiseFloor floor({.quiet_db = -80, .steady_db = 3}, kHop_s, 2);
  hear(floor, kBlock, -50, -40);
  hear(floor, kBlock, -49, -38.5);
  hear(floor, kBlock - 1, -48, -41);
  CHECK_FALSE(floor.has_settled());
  check_floor(floor, -80, -80);
  hear(floor, 1, -48, -41);
  CHECK(floor.has_settled());
  check_floor(floor, -49, (-40 - 38.5 - 41) / 3);
  hear(floor, 3 * kBlock, -60, -70);  // it falls as fast
  check_floor(floor, -60, -70);
}

TEST_CASE("noise floor: what changes in one band, or is a voice, is not steady") {
  NoiseFloor changing({.quiet_db = -80, .steady_db = 3}, kHop_s, 2);
  hear(changing, kBlock, -50, -40);
  hear(changing, kBlock, -50, -43.1);
  hear(changing, kBlock, -50, -41);
  check_floor(changing, -80, -80);
  NoiseFloor voice({.quiet_db = -80, .steady_db = 3}, kHop_s, 2);
  hear(voice, 2 * kBlock, -50, -40);
  hear(voice, kBlock / 2, -50, -40, true);
  hear(voice, kBlock / 2, -50, -40);
  check_floor(voice, -80, -80);
  hear(voice, 3 * kBlock, -50, -40);  // it has ended
  check_floor(voice, -50, -40);
  NoiseFloor by_chance({.quiet_db = -80, .steady_db = 3}, kHop_s, 2);
  hear(by_chance, 2 * kBlock, -50, -40);
  hear(by_chance, kBlock / 2 - 1, -50, -40, true);
  hear(by_chance, kBlock / 2 + 1, -50, -40);
  check_floor(by_chance, -50, -40);
}

TEST_CASE("noise floor: never below the lowest of the memory") {
  NoiseFloor floor({.quiet_db = -80, .memory_s = 1}, kHop_s, 2);
  for (int i = 0; i < 4; ++i) {
    hear(floor, kBlock, -30, -40, true);
    hear(floor, kBlock, -50, -20, true);
  }
  hear(floor, 2 * kBlock - 1, -30, -20, true);
  check_floor(floor, -80, -80);
  hear(floor, 1, -30, -20, true);
  check_floor(floor, -50, -40);
  hear(floor, kSecond, -30, -20, true);
  check_floor(floor, -30, -20);
  hear(floor, kBlock, -70, -70, true);  // one quiet block: the floor itself stays until it is taken for noise
  check_floor(floor, -30, -20);
}

TEST_CASE("noise floor: parameters out of their range are refused") {
  CHECK_THROWS_WITH(NoiseFloor({.follow_s = 0}, kHop_s, 1),
                    Catch::Contains("follow_s") && Catch::Contains("0.01 to 60"));
  CHECK_THROWS_AS(NoiseFloor({.quiet_db = 1}, kHop_s, 1), std::invalid_argument);
}
