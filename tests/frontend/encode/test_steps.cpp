// From the steps of a cochleagram to those of a raster.
#include <catch2/catch.hpp>

#include "frontend/encode/steps.h"

using Catch::Contains;

TEST_CASE("steps: held, cut, and back") {
  CHECK(ear::raster_steps(7, 3, {.hold = 4}) == 28);
  CHECK(ear::raster_steps(7, 3, {.hold = 4, .max_steps = 30}) == 28);
  CHECK(ear::raster_steps(7, 3, {.hold = 4, .max_steps = 9}) == 9);
  CHECK(ear::held_steps(28, {.hold = 4}) == 7);
  CHECK(ear::held_steps(9, {.hold = 4}) == 3);
  CHECK(ear::count_steps(12, 3) == 4);
}

TEST_CASE("steps: what no record could hold is refused before memory is taken") {
  CHECK(ear::raster_steps(1 << 18, 1 << 12, {}) == 1 << 18);
  CHECK_THROWS_WITH(ear::raster_steps((1 << 18) + 1, 1 << 12, {}), Contains("has at most 262144"));
  CHECK_THROWS_WITH(ear::raster_steps(2'000'000'000, 1, {.hold = 10'000}), Contains("20000000000000"));
  CHECK(ear::raster_steps(2'000'000'000, 1, {.hold = 10'000, .max_steps = 5}) == 5);
  CHECK_THROWS_WITH(ear::count_steps(13, 3), Contains("13 values"));
  CHECK_THROWS_WITH(ear::count_steps(13, 0), Contains("0 channels"));
  CHECK_THROWS_WITH(ear::check_fields(ear::RasterSteps{.hold = 0}), Contains("hold 0"));
  CHECK_THROWS_WITH(ear::check_fields(ear::RasterSteps{.hold = 10'001}), Contains("hold 10001"));
  CHECK_THROWS_WITH(ear::check_fields(ear::RasterSteps{.max_steps = -1}), Contains("max_steps -1"));
}
