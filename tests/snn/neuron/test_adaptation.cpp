#include "snn/neuron/adaptation.h"

#include <catch2/catch.hpp>

using namespace snn;

// rho = 1/2, spikes 1 0 1 1: 1; 1/2; 1/4 + 1; 5/8 + 1. Exact in binary.
TEST_CASE("adaptation: each spike raises it by one, and it decays by rho", "[SEadLIF adaptation]") {
  const bool spikes[] = {true, false, true, true};
  const double wanted[] = {1.0, 0.5, 1.25, 1.625};
  double adaptation = 0.0;
  for (int t = 0; t < 4; ++t) {
    adaptation = adaptation_step(0.5, adaptation, spikes[t]);
    CHECK(adaptation == wanted[t]);
  }
  CHECK(adaptation_step(0.0F, 5.0F, false) == 0.0F);
}

TEST_CASE("adaptation: it takes its strength times itself from the current", "[SEadLIF current]") {
  CHECK(adapted_current(2.0, 0.5, 3.0) == 0.5);
  CHECK(adapted_current(-1.0, 0.25, 2.0) == -1.5);
  CHECK(adapted_current(2.0F, 0.0F, 3.0F) == 2.0F);
}

// rho = 1/2, delta from the last step 4, 2, 0, 1: 4; 2 + 2; 0 + 2; 1 + 1.
TEST_CASE("adaptation: its error gathers those of the currents behind it", "[SEadLIF error]") {
  const double deltas[] = {4.0, 2.0, 0.0, 1.0};
  const double wanted[] = {4.0, 4.0, 2.0, 2.0};
  double error = 0.0;
  for (int t = 0; t < 4; ++t) {
    error = adaptation_error_step(0.5, error, deltas[t]);
    CHECK(error == wanted[t]);
  }
}

TEST_CASE("adaptation: a spike gets the error of the adaptation that it raises", "[SEadLIF spike error]") {
  CHECK(adaptation_spike_error(0.5, 4.0) == -2.0);
  CHECK(adaptation_spike_error(0.5, -4.0) == 2.0);
  CHECK(adaptation_spike_error(0.0F, 4.0F) == 0.0F);
}

// Spikes at steps 0 and 2 of four, and a loss that is delta[t] times the current of each step. The adaptation before step 1 is
// 1, before step 2 rho, before step 3 rho^2 + 1, so the loss has the part
//   -strength (delta[1] + delta[2] rho + delta[3] (rho^2 + 1)).
// rho = 1/2, strength = 1/4, delta = 3, 1, -2, 4. By strength: -(1 - 1 + 5) = -5. By rho: -(1/4) (-2 + 2 (1/2) 4) = -1/2.
TEST_CASE("adaptation: the gradients to strength and decay are those of the loss",
          "[SEadLIF strength][SEadLIF decay]") {
  const bool spikes[] = {true, false, true, false};
  const double deltas[] = {3.0, 1.0, -2.0, 4.0};
  double error = 0.0, twice = 0.0, dstrength = 0.0, drho = 0.0;
  for (int t = 3; t >= 0; --t) {
    dstrength += dstrength_term(error, spikes[t]);
    drho += drho_term(0.25, twice, spikes[t]);
    twice = adaptation_error_step(0.5, twice, error);
    error = adaptation_error_step(0.5, error, deltas[t]);
  }
  CHECK(dstrength == -5.0);
  CHECK(drho == -0.5);
}
