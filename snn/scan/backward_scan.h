#pragma once
// Backward in time through a layer's neurons, by one of three rules (params.h); O(T).
#include "snn/coeffs.h"
#include "snn/hd.h"
#include "snn/neuron/bip.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/neuron/tsslbp.h"
#include "snn/scan/tile.h"
#include "snn/shape.h"

namespace snn {

/// Error of a layer's PSCs -> error of its input currents (delta), in place, with the neuron gradients of each
/// utterance. The scan of an utterance starts at its last step; behind it delta is zero. The paper multiplies by the
/// Jacobian da/du, a sum over all later steps for each step; the recursion gives the same numbers. [ScSr Eq. 14]
template <class Real>
struct BackwardScan {
  Shape shape;
  Real* delta;                // [T][B][N], in: dL/da without the self-recurrent part; out: dL/dI
  const Real* u;              // [T][B][N], potential before the reset
  const Real* psc;            // [T][B][N]
  Real* dw_self;              // [B][N], out: the utterance's part of dL/dw_self
  Real* dtheta;               // [B][N], out: the utterance's part of dL/dtheta
  const Real* theta;          // [N]
  const Real* w_self;         // [N], or null without self-connections
  const int* n_valid;         // [B]
  const double* firing_rate;  // one number: mean rate of the layer over the batch (rule layer)
  double layer_rate;          // rule layer: rate above which the layer leaves the surrogate
  Rule rule;
  Coeffs<Real> coeffs;

  Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    switch (rule) {
      case Rule::kStep:
        return scan<kWidth, Rule::kStep, false>(b, first, last);
      case Rule::kSurrogate:
        return scan<kWidth, Rule::kSurrogate, true>(b, first, last);
      case Rule::kLayer:
        return *firing_rate > layer_rate ? scan<kWidth, Rule::kLayer, false>(b, first, last)
                                         : scan<kWidth, Rule::kLayer, true>(b, first, last);
    }
  }

 private:
  /// kWarm: every step takes the surrogate.
  template <int kWidth, Rule kRule, bool kWarm>
  SNN_HD void scan(int b, int first, int last) const {
    const int width = last - first;
    Real keep[kWidth] = {}, w[kWidth] = {}, trace[kWidth] = {}, error[kWidth] = {}, after[kWidth] = {};
    Real sum_self[kWidth] = {}, sum_theta[kWidth] = {};
    for (int j = 0; j < width; ++j) {
      keep[j] = theta[first + j];
      if (w_self != nullptr) w[j] = w_self[first + j];
    }
    for (int t = shape.n_steps - 1; t >= n_valid[b]; --t) {
      Real* row = delta + shape.index(t, b, first);
      for (int j = 0; j < width; ++j) row[j] = Real(0);
    }
    for (int t = n_valid[b] - 1; t >= 0; --t) {
      Real* SNN_RESTRICT row = delta + shape.index(t, b, first);
      const Real* SNN_RESTRICT u_row = u + shape.index(t, b, first);
      const Real* SNN_RESTRICT psc_row = psc + shape.index(t, b, first);
      // The step before the first one: no potential, no PSC.
      const Real* SNN_RESTRICT u_before = t > 0 ? u + shape.index(t - 1, b, first) : u_row;
      const Real* SNN_RESTRICT psc_before = t > 0 ? psc + shape.index(t - 1, b, first) : psc_row;
      const Real exists = t > 0 ? Real(1) : Real(0);
      for (int j = 0; j < width; ++j) {
        const bool spike = fires(u_row[j], coeffs.v_th);
        const Real carried = exists * carried_potential(u_before[j], fires(u_before[j], coeffs.v_th));
        const Real arriving = arriving_error(row[j], w[j], after[j]);
        const Real reset = spike ? reset_error(keep[j], u_row[j], error[j]) : Real(0);
        const Real slope = !kWarm && spike ? spike_slope(u_row[j] - carried, coeffs.bound) : Real(0);
        after[j] = step<kRule, kWarm>(u_row[j], psc_row[j], spike, slope, arriving, reset, keep[j], trace[j], error[j]);
        row[j] = after[j];
        sum_self[j] += exists * dw_self_term(after[j], psc_before[j]);
        sum_theta[j] += dtheta_term(after[j], carried);
      }
    }
    for (int j = 0; j < width; ++j) {
      dw_self[b * shape.n_neurons + first + j] = sum_self[j];
      dtheta[b * shape.n_neurons + first + j] = sum_theta[j];
    }
  }

  /// One neuron, one step: updates trace and error, returns delta.
  template <Rule kRule, bool kWarm>
  SNN_HD Real step(Real u_now, Real a, bool spike, Real slope, Real arriving, Real reset, Real keep, Real& trace,
                   Real& error) const {
    const Real extra = kRule == Rule::kLayer ? reset : Real(0);
    trace = psc_error_step(coeffs.keep_s, coeffs.gain_s, trace, arriving + extra);
    if constexpr (kRule == Rule::kLayer) error = layer_rule_error(spike, arriving, keep, error);
    if constexpr (kRule == Rule::kStep) error = step_rule_error(spike, slope, trace, reset, keep, error);
    if constexpr (kRule == Rule::kLayer && !kWarm) {
      return slope * trace;
    } else {
      const Real warm = surrogate_slope(u_now, coeffs.v_th, coeffs.inv_slope, coeffs.exponent_bound) * trace;
      if constexpr (kRule == Rule::kStep) return is_warming_up(a, coeffs.warm_limit) ? warm : error;
      return warm;
    }
  }
};

}  // namespace snn
