#include "snn/neuron/self_recurrent.h"

#include <catch2/catch.hpp>

#include "snn/neuron/psc.h"

using namespace snn;

// tau_s = 4, w_self = 2, spikes at steps 0 and 1. a = 1/4, 7/16, 21/64; the current takes the PSC of the step before:
// 0, 1/2, 7/8.
TEST_CASE("self-connection: the current is the weight times the PSC of the step before", "[ScSr Eq. 8]") {
  double a = 0.0;
  const double spikes[] = {1.0, 1.0, 0.0}, wanted[] = {0.0, 0.5, 0.875};
  for (int t = 0; t < 3; ++t) {
    CHECK(self_current(2.0, a) == wanted[t]);
    a = psc_step(0.75, 0.25, a, spikes[t]);
  }
  CHECK(a == 21.0 / 64.0);
}

// w_self = -0.5, dL/da = 3, 2, 1 and delta[t] taken as 4 times what arrives; from the last step: 1, delta 4;
// 2 - 2 = 0, delta 0; 3.
TEST_CASE("self-connection: the error of the next step's current comes back", "[ScSr Eq. 18]") {
  double arriving = arriving_error(1.0, -0.5, 0.0);
  CHECK(arriving == 1.0);
  arriving = arriving_error(2.0, -0.5, 4.0 * arriving);
  CHECK(arriving == 0.0);
  CHECK(arriving_error(3.0, -0.5, 4.0 * arriving) == 3.0);
}

// tau_s = 4, delta = 1, 2, -4, spikes at steps 0 and 1: a = 1/4, 7/16, and delta with the PSC before it makes
// 2 * 1/4 - 4 * 7/16 = -5/4. The filtered error from the last step: -1, 2/4 - 3/4 = -1/4; each spike with that of the
// step after it: -1/4 - 1, the same.
TEST_CASE("self-connection: the weight's gradient pairs every spike with the filtered error after it",
          "[ScSr Eq. 17]") {
  const double delta[] = {1.0, 2.0, -4.0};
  const bool spikes[] = {true, true, false};
  double sum = 0.0, after = 0.0;
  for (int t = 2; t >= 0; --t) {
    sum += dw_self_term(after, spikes[t]);
    after = psc_error_step(0.75, 0.25, after, delta[t]);
  }
  CHECK(sum == -1.25);
}
