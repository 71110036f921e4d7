#include "frontend/lyon/isa.h"

#include <catch2/catch.hpp>

TEST_CASE("The plainest instruction set is always usable, and auto is the fastest") {
  const auto usable = ear::usable_isas();
  REQUIRE(usable.front() == "baseline");
  CHECK(ear::choose_isa("auto") == usable.back());
  CHECK(ear::choose_isa("") == usable.back());
  for (const auto& name : usable) CHECK(ear::choose_isa(name) == name);
}

TEST_CASE("An unknown instruction set is refused with those that would do") {
  CHECK_THROWS_AS(ear::choose_isa("AVX2"), std::invalid_argument);
  CHECK_THROWS_WITH(ear::choose_isa("neon"), Catch::Contains("'neon'") && Catch::Contains("baseline"));
}
