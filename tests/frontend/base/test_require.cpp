#include "frontend/base/require.h"

#include <catch2/catch.hpp>
#include <vector>

using Catch::Contains;

TEST_CASE("require: a condition that does not hold throws its message") {
  CHECK_NOTHROW(ear::require(true, "hold {}", 0));
  CHECK_THROWS_WITH(ear::require(false, "hold {}: wanted {}", 0, 1), "hold 0: wanted 1");
}

TEST_CASE("require: values stay finite times the factor, the first other is named by step and channel") {
  const std::vector<float> values = {1.0F, 2.0F, 3.0F, 1e30F};
  CHECK_NOTHROW(ear::require_finite<float>(values, 2, 1e8F, "scale"));
  CHECK_THROWS_WITH(ear::require_finite<float>(values, 2, 1e10F, "scale"), Contains("step 1, channel 1"));
  CHECK_NOTHROW(ear::require_finite<double>(values, 2, 1e10, "gain"));
}
