#include "snn/neuron/lif.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace snn;

TEST_CASE("lif: the bias of a neuron joins its drive", "[Ossicle bias]") {
  CHECK(biased_drive(1.5, -0.25) == 1.25);
  CHECK(biased_drive(1.5F, 0.0F) == 1.5F);
}

// theta = 0.5, no reset on the way, currents 1, 0.5, 0, 2: u = 1, 0.5 + 0.5 = 1, 0.5, 0.25 + 2 = 2.25. Exact in binary.
TEST_CASE("lif: the potential decays by theta and adds the current", "[ScSr Eq. 20]") {
  double u = 0.0;
  const double currents[] = {1.0, 0.5, 0.0, 2.0};
  const double wanted[] = {1.0, 1.0, 0.5, 2.25};
  for (int t = 0; t < 4; ++t) {
    u = membrane_potential(0.5, u, currents[t]);
    CHECK(u == wanted[t]);
  }
  CHECK(membrane_potential(0.5F, 1.0F, -2.0F) == -1.5F);
}

TEST_CASE("lif: a neuron fires strictly above the threshold", "[ScSr Eq. 5]") {
  CHECK_FALSE(fires(1.0F, 1.0F));
  CHECK(fires(std::nextafter(1.0F, 2.0F), 1.0F));
  CHECK_FALSE(fires(std::nextafter(1.0F, 0.0F), 1.0F));
  CHECK_FALSE(fires(-2.0, 0.5));
  CHECK(fires(0.6, 0.5));
}

TEST_CASE("lif: a spike resets the carried potential to zero", "[TSSLBP reset]") {
  CHECK(carried_potential(1.75, true) == 0.0);
  CHECK(carried_potential(0.75, false) == 0.75);
  CHECK(carried_potential(-3.0F, false) == -3.0F);
}

// All three together, theta = 0.5, threshold 1, current 0.75 at every step: u = 0.75; 0.375 + 0.75 = 1.125 fires;
// 0.75 after the reset; 1.125 fires again.
TEST_CASE("lif: a constant current makes a regular spike train") {
  double carried = 0.0;
  const double potentials[] = {0.75, 1.125, 0.75, 1.125};
  for (int t = 0; t < 4; ++t) {
    const double u = membrane_potential(0.5, carried, 0.75);
    CHECK(u == potentials[t]);
    CHECK(fires(u, 1.0) == (t % 2 == 1));
    carried = carried_potential(u, fires(u, 1.0));
  }
}
