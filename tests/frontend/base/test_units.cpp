#include "frontend/base/units.h"

#include <catch2/catch.hpp>
#include <chrono>

TEST_CASE("units: a second has as many milliseconds as the standard library says") {
  using namespace std::chrono_literals;
  CHECK(ear::kMsPerSecond == std::chrono::duration<double, std::milli>(1s).count());
  // 200 samples at 12.5 kHz are a step of 16 ms.
  CHECK(ear::kMsPerSecond * 200 / 12'500 == 16.0);
}
