#include "snn/neuron/bip.h"

#include <catch2/catch.hpp>

#include "snn/neuron/lif.h"

using namespace snn;

// u = 0.5, 2 (fires), 1; carried into the steps: 0, 0.5, 0. delta = 3, -2, 7: 3 * 0 - 2 * 0.5 + 7 * 0 = -1. The
// potential itself in place of the carried one would give 3 * 0 - 2 * 0.5 + 7 * 2 = 13.
TEST_CASE("bip: theta's gradient pairs delta with the potential that theta multiplied", "[ScSr Eq. 21]") {
  const double u[] = {0.5, 2.0, 1.0}, delta[] = {3.0, -2.0, 7.0};
  double carried = 0.0, sum = 0.0;
  for (int t = 0; t < 3; ++t) {
    sum += dtheta_term(delta[t], carried);
    carried = carried_potential(u[t], fires(u[t], 1.0));
  }
  CHECK(sum == -1.0);
}

// Without a spike u[t] = sum of theta^(t-k) I[k]: its derivative to theta at t = 2 with I = 1, 1, 1 is 1 + 2 theta.
// Taking L = u[2], delta[t] = dL/du[t] = theta^(2-t), so the terms sum to theta * u[0] + u[1] = theta + theta + 1.
TEST_CASE("bip: below the threshold the sum is the derivative to theta", "[ScSr Eq. 21]") {
  const double theta = 0.25;
  double carried = 0.0, sum = 0.0;
  for (const double delta : {theta * theta, theta, 1.0}) {
    sum += dtheta_term(delta, carried);
    carried = membrane_potential(theta, carried, 1.0);
  }
  CHECK(sum == 1.0 + 2.0 * theta);
}
