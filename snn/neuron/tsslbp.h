#pragma once
// TSSL-BP within a neuron: how the error of its PSC becomes the error of its input current (delta), step by step
// backward in time. trace: filtered error of the PSC (psc_error_step); du: potential minus the carried one; q: slope of
// a spike.
#include "snn/base/hd.h"
#include "snn/neuron/exponential.h"

namespace snn {

/// q, how much a spike's PSC grows with the potential: 1/du, at most `bound`. du = u - carried > 0 at every spike.
/// [TSSLBP inter-neuron]
template <class Real>
SNN_HD Real spike_slope(Real du, Real bound) {
  const Real q = Real(1) / du;
  return q < bound ? q : bound;
}

/// The bound of a neuron's q: `bound`, and at most self_gain/|w_self|, so that the error which the self-connection carries
/// from spike to spike, q w_self of it, does not grow. self_gain 0, or no self-connection: `bound`. [Ossicle self gain]
template <class Real>
SNN_HD Real spike_slope_bound(Real bound, Real self_gain, Real w_self) {
  const Real size = w_self < Real(0) ? -w_self : w_self;
  return self_gain > Real(0) && self_gain < bound * size ? self_gain / size : bound;
}

/// What a spike takes from the steps after it through the reset: (1 - theta) u times the error behind it.
/// The factor is 1/tau_m of the neuron, the time derivative of the reset kernel, and not theta. [TSSLBP intra-neuron]
template <class Real>
SNN_HD Real reset_error(Real theta, Real u, Real error_after) {
  return (Real(1) - theta) * u * error_after;
}

/// Error of the potential by the step rule: at a spike the slope times trace and reset term, elsewhere the decayed
/// error of the step after. [TSSLBP step rule]
template <class Real>
SNN_HD Real step_rule_error(bool spike, Real q, Real trace, Real reset, Real theta, Real error_after) {
  return spike ? q * (trace + reset) : theta * error_after;
}

/// The layer rule's error, carried to the reset of the spike before: the arriving error at a spike, decayed elsewhere;
/// so a reset reaches one spike back and no further. [TSSLBP layer rule]
template <class Real>
SNN_HD Real layer_rule_error(bool spike, Real arriving, Real theta, Real error_after) {
  return spike ? arriving : theta * error_after;
}

/// The exponent of f(u), (v_th - u) / slope within +-exponent_bound, which is at most 80. inv_slope = 1/slope.
template <class Real>
SNN_HD Real surrogate_exponent(Real u, Real v_th, Real inv_slope, Real exponent_bound) {
  return bounded((v_th - u) * inv_slope, -exponent_bound, exponent_bound);
}

/// f(u), the slope that stands in for a spike's: z / (slope (1+z)^2), z = exp(surrogate_exponent). [TSSLBP warm-up]
template <class Real>
SNN_HD Real surrogate_slope(Real z, Real inv_slope) {
  return z * inv_slope / ((Real(1) + z) * (Real(1) + z));
}

/// Whether the step rule takes the surrogate: the neuron's PSC after this step is below warm_limit = 1/(4 tau_s).
/// [TSSLBP warm-up limit]
template <class Real>
SNN_HD bool is_warming_up(Real psc, Real warm_limit) {
  return psc < warm_limit;
}

/// Whether the layer rule takes the slope q of its spikes in a layer that fires at this mean rate, and not the surrogate.
/// [TSSLBP layer limit]
SNN_HD bool leaves_surrogate(double firing_rate, double layer_rate) {
  return firing_rate > layer_rate;
}

}  // namespace snn
