#include "frontend/lyon/lane.h"

#include <catch2/catch.hpp>
#include <cstdint>

#include "frontend/lyon/ear.h"
#include "frontend/lyon/factors.h"

TEST_CASE("A lane's low-pass is that of the factors, weights in pairs") {
  const ear::LowPassFactors factors = ear::low_pass_weights(ear::decimation_epsilon(3.0, 20), 20);
  const ear::LaneLowPass low_pass(3.0, 20);
  CHECK(low_pass.keep == static_cast<float>(factors.keep));
  CHECK(low_pass.cross == static_cast<float>(factors.cross));
  REQUIRE(low_pass.weights.size() == 40);
  for (std::size_t i = 0; i < 20; ++i) {
    CHECK(low_pass.weights[2 * i] == static_cast<float>(factors.w1[i]));
    CHECK(low_pass.weights[2 * i + 1] == static_cast<float>(factors.w2[i]));
  }
}

TEST_CASE("A lane's memory is aligned as the kernel wants it") {
  for (const ear::Isa& isa : ear::usable_isas()) {
    const ear::LaneMemory memory = ear::lane_memory(isa.kernel, 80);
    CHECK(reinterpret_cast<std::uintptr_t>(memory.get()) % ear::EarKernel::kAlignment == 0);
  }
}
