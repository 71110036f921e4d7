#pragma once
// Factors derived once, in double, from what a person sets (params.h).
#include "snn/model/params.h"

namespace snn {

/// What the scans need, in their own precision.
template <class Real>
struct Coeffs {
  Real keep_s;          // 1 - 1/tau_s
  Real gain_s;          // 1/tau_s
  Real v_th;            // threshold
  Real bound;           // of 1/du
  Real self_gain;       // of 1/du times |w_self|; 0: no bound
  Real inv_slope;       // 1 / width of the surrogate
  Real exponent_bound;  // of the surrogate's exponent, at most 80
  Real warm_limit;      // warm_fraction / tau_s
};

template <class Real>
Coeffs<Real> derive_coeffs(const NetworkParams& network, const GradientParams& gradient) {
  const auto real = [](double value) { return static_cast<Real>(value); };
  return {.keep_s = real(1.0 - 1.0 / network.tau_s),
          .gain_s = real(1.0 / network.tau_s),
          .v_th = real(network.v_th),
          .bound = real(gradient.bound),
          .self_gain = real(gradient.self_gain),
          .inv_slope = real(1.0 / gradient.slope),
          .exponent_bound = real(gradient.exponent_bound),
          .warm_limit = real(gradient.warm_fraction / network.tau_s)};
}

}  // namespace snn
