#include "frontend/lyon/ear.h"

#include <catch2/catch.hpp>

TEST_CASE("The plainest instruction set is always usable, and auto is the fastest") {
  const auto usable = ear::usable_isas();
  REQUIRE(usable.front().name == "baseline");
  CHECK(ear::choose_isa("auto").name == usable.back().name);
  CHECK(ear::choose_isa("").name == usable.back().name);
  for (const auto& isa : usable) CHECK(ear::choose_isa(isa.name).name == isa.name);
}

TEST_CASE("An unknown instruction set is refused with those that would do") {
  CHECK_THROWS_AS(ear::choose_isa("AVX2"), std::invalid_argument);
  CHECK_THROWS_WITH(ear::choose_isa("neon"), Catch::Contains("'neon'") && Catch::Contains("baseline"));
}
