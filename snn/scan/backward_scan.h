#pragma once
// Backward in time through a layer's neurons, by one of three rules (params.h); O(T).
#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/bip.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/neuron/tsslbp.h"
#include "snn/scan/psc_scan.h"
#include "snn/scan/shape.h"
#include "snn/scan/silent_neurons.h"
#include "snn/scan/tile.h"

namespace snn {

/// Error of a layer's PSCs -> error of its input currents (delta), in place, and the error of its drive, which is delta
/// filtered backward and overwrites the potentials; with the neuron gradients of each utterance. The scan of an
/// utterance starts at its last step; behind it all errors are zero. The paper multiplies by the Jacobian da/du, a sum
/// over all later steps for each step; the recursion gives the same numbers. [ScSr Eq. 14]
template <class Real>
struct BackwardScan {
  Shape shape;
  const int* row_begin;       // [B + 1]
  Real* delta;                // [rows][N], in: dL/da without the self-recurrent part; out: dL/dI
  Real* u;                    // [rows][N], in: potential before the reset; out: dL/d drive
  RowsView<const Real> psc;   // [rows][N], rule step; else not read
  Real* dw_self;              // [B] rows of part_stride, out: the utterance's part of dL/dw_self; or null
  Real* dtheta;               // the same of dL/dtheta; or null
  std::size_t part_stride;    // at least N
  const Real* theta;          // [N]
  const Real* w_self;         // [N], or null without self-connections
  const double* firing_rate;  // one number: mean rate of the layer over the batch (rule layer)
  double layer_rate;          // rule layer: rate above which the layer leaves the surrogate
  Rule rule;
  Coeffs<Real> coeffs;
  SilentNeurons silent = {};

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    silent.zero(b, first, last, delta + shape.index(row_begin[b], first), row_begin[b + 1] - row_begin[b],
                shape.n_neurons);
    switch (rule) {
      case Rule::kStep:
        return walk<kWidth, Rule::kStep, false>(b, first, last);
      case Rule::kSurrogate:
        return walk<kWidth, Rule::kSurrogate, true>(b, first, last);
      case Rule::kLayer:
        return leaves_surrogate(*firing_rate, layer_rate) ? walk<kWidth, Rule::kLayer, false>(b, first, last)
                                                          : walk<kWidth, Rule::kLayer, true>(b, first, last);
    }
  }

 private:
  template <int kWidth, Rule kRule, bool kWarm>
  SNN_HD void walk(int b, int first, int last) const {
    if constexpr (kWidth == 1) {
      column<kRule, kWarm>(b, first);
    } else {
      scan<kWidth, kRule, kWarm>(b, first, last);
    }
  }

  /// kWarm: every step takes the surrogate.
  template <int kWidth, Rule kRule, bool kWarm>
  SNN_HD void scan(int b, int first, int last) const {
    const int width = last - first;
    Real keep[kWidth] = {}, w[kWidth] = {}, trace[kWidth] = {}, error[kWidth] = {}, after[kWidth] = {};
    Real drive[kWidth] = {}, sum_self[kWidth] = {}, sum_theta[kWidth] = {}, surrogate[kWidth] = {};
    Real slope[kWidth] = {}, bound[kWidth] = {};
    constexpr bool kSurrogate = kRule != Rule::kLayer || kWarm;
    const Real nothing[kWidth] = {};  // the potential before the first step
    for (int j = 0; j < width; ++j) {
      keep[j] = theta[first + j];
      if (w_self != nullptr) w[j] = w_self[first + j];
      bound[j] = spike_slope_bound(coeffs.bound, coeffs.self_gain, w[j]);
    }
    for (int row = row_begin[b + 1] - 1; row >= row_begin[b]; --row) {
      Real* SNN_RESTRICT delta_row = delta + shape.index(row, first);
      Real* SNN_RESTRICT u_row = u + shape.index(row, first);
      const Real* SNN_RESTRICT u_before = row > row_begin[b] ? u + shape.index(row - 1, first) : nothing;
      if (row - kRowsAhead >= row_begin[b]) prefetch_tile<kWidth>(u + shape.index(row - kRowsAhead, first));
      const Real* SNN_RESTRICT psc_row = kRule == Rule::kStep ? psc.at(row, first) : nothing;
      if (kSurrogate) find_surrogates<kWidth>(u_row, width, surrogate);
      if (!kWarm) find_spike_slopes(u_row, u_before, width, bound, slope);
      for (int j = 0; j < width; ++j) {
        const bool spike = fires(u_row[j], coeffs.v_th);
        const Real carried = carried_potential(u_before[j], fires(u_before[j], coeffs.v_th));
        const Real arriving = arriving_error(delta_row[j], w[j], after[j]);
        Real reset = Real(0);
        if constexpr (kRule != Rule::kSurrogate) reset = spike ? reset_error(keep[j], u_row[j], error[j]) : Real(0);
        const Real a = kRule == Rule::kStep ? psc_row[j] : Real(0);
        sum_self[j] += dw_self_term(drive[j], spike);
        after[j] = step<kRule, kWarm>(surrogate[j], a, spike, slope[j], arriving, reset, keep[j], trace[j], error[j]);
        drive[j] = psc_error_step(coeffs.keep_s, coeffs.gain_s, drive[j], after[j]);
        sum_theta[j] += dtheta_term(after[j], carried);
        delta_row[j] = after[j];
        u_row[j] = drive[j];
      }
    }
    for (int j = 0; j < width; ++j) write_parts(b, first + j, sum_self[j], sum_theta[j]);
  }

  /// One neuron over all steps. u_now: potential of the step; before: those of the steps before it, which the next steps
  /// of this walk work on.
  template <Rule kRule, bool kWarm>
  SNN_HD void column(int b, int n) const {
    const int begin = row_begin[b], n_steps = row_begin[b + 1] - begin, back = -shape.n_neurons;
    if (n_steps == 0) return write_parts(b, n, Real(0), Real(0));
    const Real keep = theta[n], w = w_self != nullptr ? w_self[n] : Real(0);
    const int last = begin + n_steps - 1;
    Real* errors = delta + shape.index(last, n);
    Real* potentials = u + shape.index(last, n);
    Real u_now = *potentials, z_now = column_exponential<kRule, kWarm>(u_now);
    ColumnState state = {};
    state.bound = spike_slope_bound(coeffs.bound, coeffs.self_gain, w);
    Column<Real> columns[3] = {{errors, back, n_steps}, {potentials + back, back, n_steps - 1}, {}};
    if (kRule == Rule::kStep) columns[2] = {psc.at(last, n), -static_cast<int>(psc.stride), n_steps};
    using Row = const Real(&)[3];
    const auto prepare = [&](Row row) { return column_exponential<kRule, kWarm>(row[1]); };
    walk_columns<kColumnRows>(columns, n_steps, prepare, [&](Row row, Real z_before) {
      column_step<kRule, kWarm>(u_now, row[1], z_now, row[0], row[2], keep, w, state);
      *errors = state.after;
      *potentials = state.drive;
      u_now = row[1];
      z_now = z_before;
      errors += back;
      potentials += back;
    });
    write_parts(b, n, state.sum_self, state.sum_theta);
  }

  /// What a walk down a column carries from step to step, its sums, and the bound of its slopes.
  struct ColumnState {
    Real trace, error, after, drive, sum_self, sum_theta, bound;
  };

  /// The exponential that the surrogate slope needs: of a whole block of steps before the first one, as it is a long chain
  /// of operations that wait for each other, and divisions with their rare branches part the steps for the compiler.
  template <Rule kRule, bool kWarm>
  SNN_HD Real column_exponential(Real potential) const {
    if constexpr (kRule == Rule::kLayer && !kWarm) return Real(0);
    const Real x = surrogate_exponent(potential, coeffs.v_th, coeffs.inv_slope, coeffs.exponent_bound);
    return exponential_of(reduce_argument(x));
  }

  template <Rule kRule, bool kWarm>
  SNN_HD void column_step(Real u_now, Real u_before, Real z_now, Real da, Real a, Real keep, Real w,
                          ColumnState& s) const {
    const Real surrogate = kRule != Rule::kLayer || kWarm ? surrogate_slope(z_now, coeffs.inv_slope) : Real(0);
    Real slope[1] = {};
    if (!kWarm) find_spike_slopes(&u_now, &u_before, 1, &s.bound, slope);
    const bool spike = fires(u_now, coeffs.v_th);
    const Real carried = carried_potential(u_before, fires(u_before, coeffs.v_th));
    const Real arriving = arriving_error(da, w, s.after);
    const Real reset = kRule != Rule::kSurrogate && spike ? reset_error(keep, u_now, s.error) : Real(0);
    s.sum_self += dw_self_term(s.drive, spike);
    s.after = step<kRule, kWarm>(surrogate, a, spike, slope[0], arriving, reset, keep, s.trace, s.error);
    s.drive = psc_error_step(coeffs.keep_s, coeffs.gain_s, s.drive, s.after);
    s.sum_theta += dtheta_term(s.after, carried);
  }

  SNN_HD void write_parts(int b, int n, Real self, Real theta_part) const {
    const std::size_t at = static_cast<std::size_t>(b) * part_stride + static_cast<std::size_t>(n);
    if (dw_self != nullptr) dw_self[at] = self;
    if (dtheta != nullptr) dtheta[at] = theta_part;
  }

  /// The surrogate slopes of a row. In loops of their own: then the chains of operations that wait for each other are
  /// short, and a processor works on those of several neurons at once.
  template <int kWidth>
  SNN_HD void find_surrogates(const Real* SNN_RESTRICT u_row, int width, Real* SNN_RESTRICT surrogate) const {
    Real shifted[kWidth], r[kWidth];
    for (int j = 0; j < width; ++j) {
      const ReducedArgument<Real> x =
          reduce_argument(surrogate_exponent(u_row[j], coeffs.v_th, coeffs.inv_slope, coeffs.exponent_bound));
      shifted[j] = x.shifted;
      r[j] = x.r;
    }
    for (int j = 0; j < width; ++j) surrogate[j] = exponential_of(ReducedArgument<Real>{shifted[j], r[j]});
    for (int j = 0; j < width; ++j) surrogate[j] = surrogate_slope(surrogate[j], coeffs.inv_slope);
  }

  /// The slopes of a row's spikes, 0 elsewhere; in a loop of its own for the same reason.
  SNN_HD void find_spike_slopes(const Real* SNN_RESTRICT u_row, const Real* SNN_RESTRICT u_before, int width,
                                const Real* SNN_RESTRICT bound, Real* SNN_RESTRICT slope) const {
    for (int j = 0; j < width; ++j) {
      const Real carried = carried_potential(u_before[j], fires(u_before[j], coeffs.v_th));
      const Real q = spike_slope(u_row[j] - carried, bound[j]);
      slope[j] = fires(u_row[j], coeffs.v_th) ? q : Real(0);
    }
  }

  /// One neuron, one step: updates trace and error, returns delta.
  template <Rule kRule, bool kWarm>
  SNN_HD Real step(Real surrogate, Real a, bool spike, Real slope, Real arriving, Real reset, Real keep, Real& trace,
                   Real& error) const {
    const Real extra = kRule == Rule::kLayer ? reset : Real(0);
    trace = psc_error_step(coeffs.keep_s, coeffs.gain_s, trace, arriving + extra);
    if constexpr (kRule == Rule::kLayer) error = layer_rule_error(spike, arriving, keep, error);
    if constexpr (kRule == Rule::kStep) error = step_rule_error(spike, slope, trace, reset, keep, error);
    if constexpr (kRule == Rule::kLayer && !kWarm) {
      return slope * trace;
    } else {
      const Real warm = surrogate * trace;
      if constexpr (kRule == Rule::kStep) return is_warming_up(a, coeffs.warm_limit) ? warm : error;
      return warm;
    }
  }
};

}  // namespace snn
