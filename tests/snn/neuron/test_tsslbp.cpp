#include "snn/neuron/tsslbp.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace snn;

namespace {

/// As the scan puts it together.
template <class Real>
Real surrogate(Real u, Real v_th, Real inv_slope, Real exponent_bound) {
  return surrogate_slope(exponential(surrogate_exponent(u, v_th, inv_slope, exponent_bound)), inv_slope);
}

}  // namespace

TEST_CASE("tsslbp: a spike's slope is 1/du up to the bound", "[TSSLBP inter-neuron]") {
  CHECK(spike_slope(2.0, 8.0) == 0.5);
  CHECK(spike_slope(0.25, 8.0) == 4.0);
  CHECK(spike_slope(0.125, 8.0) == 8.0);
  CHECK(spike_slope(0.01, 8.0) == 8.0);
  CHECK(spike_slope(0.01F, 10.0F) == 10.0F);
}

TEST_CASE("tsslbp: a self-connection lowers the bound of the slope", "[Ossicle self gain]") {
  CHECK(spike_slope_bound(8.0, 1.0, 0.5) == 2.0);  // 1 / 0.5
  CHECK(spike_slope_bound(8.0, 1.0, -0.5) == 2.0);
  CHECK(spike_slope_bound(8.0, 0.5, 4.0) == 0.125);
  CHECK(spike_slope_bound(8.0, 1.0, 0.1) == 8.0);  // 1 / 0.1 is more than the bound
  CHECK(spike_slope_bound(8.0, 1.0, 0.0) == 8.0);
  CHECK(spike_slope_bound(8.0, 0.0, 0.5) == 8.0);
  CHECK(spike_slope_bound(8.0F, 1.0F, 1e-30F) == 8.0F);
}

// theta = 0.75, u = 2, error behind 3: (1 - 0.75) * 2 * 3 = 1.5 (with theta for 1 - theta it would be 4.5).
TEST_CASE("tsslbp: the reset passes back (1 - theta) u times the error behind it", "[TSSLBP intra-neuron]") {
  CHECK(reset_error(0.75, 2.0, 3.0) == 1.5);
  CHECK(reset_error(0.75, 2.0, 0.0) == 0.0);
}

// theta = 0.5, steps from the last: no spike and nothing behind, 0; a spike with q = 2, trace 3 and no reset term: 6;
// no spike: 3; no spike: 1.5; a spike with q = 4, trace 1, reset 0.25: 5.
TEST_CASE("tsslbp: the step rule's error decays between spikes", "[TSSLBP step rule]") {
  double error = step_rule_error(false, 0.0, 3.0, 0.0, 0.5, 0.0);
  CHECK(error == 0.0);
  error = step_rule_error(true, 2.0, 3.0, 0.0, 0.5, error);
  CHECK(error == 6.0);
  error = step_rule_error(false, 2.0, 3.0, 9.0, 0.5, error);
  CHECK(error == 3.0);
  error = step_rule_error(false, 2.0, 3.0, 9.0, 0.5, error);
  CHECK(error == 1.5);
  CHECK(step_rule_error(true, 4.0, 1.0, 0.25, 0.5, error) == 5.0);
}

// theta = 0.5, arriving errors from the last step: 4 at a spike; 7 without one: 2; without one: 1; -3 at a spike: -3,
// and nothing of the later spike is left.
TEST_CASE("tsslbp: the layer rule carries the arriving error to one spike before", "[TSSLBP layer rule]") {
  double error = layer_rule_error(true, 4.0, 0.5, 11.0);
  CHECK(error == 4.0);
  error = layer_rule_error(false, 7.0, 0.5, error);
  CHECK(error == 2.0);
  error = layer_rule_error(false, 7.0, 0.5, error);
  CHECK(error == 1.0);
  CHECK(layer_rule_error(true, -3.0, 0.5, error) == -3.0);
}

// At the threshold z = 1: 1 / (0.25 * 4) = 1. Elsewhere the closed form by std::exp; the exponential's 2 ULP and seven
// roundings leave 1e-15 relative in double.
TEST_CASE("tsslbp: the surrogate is the logistic bump around the threshold", "[TSSLBP warm-up]") {
  CHECK(surrogate(1.0, 1.0, 4.0, 8.0) == 1.0);
  for (const double u : {-0.4, 0.0, 0.7, 0.95, 1.3, 2.2}) {
    const double z = std::exp((1.0 - u) / 0.2);
    const double wanted = z / (0.2 * (1.0 + z) * (1.0 + z));
    INFO("u " << u);
    CHECK(surrogate(u, 1.0, 5.0, 8.0) == Approx(wanted).epsilon(1e-14));
    CHECK(surrogate(2.0 - u, 1.0, 5.0, 8.0) == Approx(wanted).epsilon(1e-14));  // even around the threshold
  }
}

TEST_CASE("tsslbp: beyond the exponent's bound the surrogate stays what it is there", "[TSSLBP warm-up]") {
  const double at_bound = surrogate(1.0 - 8.0 * 0.25, 1.0, 4.0, 8.0);
  CHECK(at_bound > 0.0);
  CHECK(surrogate(-100.0, 1.0, 4.0, 8.0) == at_bound);
  CHECK(surrogate(1.0 + 8.0 * 0.25, 1.0, 4.0, 8.0) == surrogate(100.0, 1.0, 4.0, 8.0));
  CHECK(surrogate(-1e30F, 1.0F, 4.0F, 8.0F) > 0.0F);
}

// tau_s = 8: a spike leaves a = 1/8, which falls by 7/8 a step; (7/8)^10 = 0.263, (7/8)^11 = 0.230: below a quarter of
// 1/8 after 11 silent steps.
TEST_CASE("tsslbp: warm-up begins eleven silent steps after a spike at tau_s 8", "[TSSLBP warm-up limit]") {
  double psc = 1.0 / 8.0;
  for (int silent = 0; silent <= 20; ++silent) {
    CHECK(is_warming_up(psc, 1.0 / 32.0) == (silent >= 11));
    psc *= 7.0 / 8.0;
  }
  CHECK_FALSE(is_warming_up(1.0 / 32.0, 1.0 / 32.0));
  CHECK(is_warming_up(0.0F, 1.0F / 32.0F));
}

TEST_CASE("tsslbp: a layer leaves the surrogate above the rate, not at it", "[TSSLBP layer limit]") {
  CHECK(snn::leaves_surrogate(0.11, 0.1));
  CHECK_FALSE(snn::leaves_surrogate(0.1, 0.1));
  CHECK_FALSE(snn::leaves_surrogate(0.0, 0.0));
}
