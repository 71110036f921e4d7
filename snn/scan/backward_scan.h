#pragma once
// Backward in time through a layer's neurons, by one of the rules (params.h); O(T).
#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/adaptation.h"
#include "snn/neuron/bip.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/neuron/tsslbp.h"
#include "snn/scan/backward_state.h"
#include "snn/scan/psc_scan.h"
#include "snn/scan/row_slopes.h"
#include "snn/scan/shape.h"
#include "snn/scan/silent_neurons.h"
#include "snn/scan/spike_train_scan.h"
#include "snn/scan/tile.h"

namespace snn {

/// Error of a layer's PSCs -> error of its input currents (delta), in place, and the error of its drive, which is delta
/// filtered backward and overwrites the potentials; with the neuron gradients of each utterance. The scan of an
/// utterance starts at its last step; behind it all errors are zero. The paper multiplies by the Jacobian da/du, a sum
/// over all later steps for each step; the recursion gives the same numbers. [ScSr Eq. 14]
/// Rule spike-train has no error of a step: SpikeTrainScan says what delta and u are.
template <class Real>
struct BackwardScan {
  Shape shape;
  const int* row_begin;       // [B + 1]
  Real* delta;                // [rows][N], in: dL/da without the self-recurrent part; out: dL/dI
  Real* u;                    // [rows][N], in: potential before the reset; out: dL/d drive
  RowsView<const Real> psc;   // [rows][N], rule step; else not read
  Real* dw_self;              // [B] rows of part_stride, out: the utterance's part of dL/dw_self; or null
  Real* dtheta;               // the same of dL/dtheta; or null
  Real* dbias = nullptr;      // the same of dL/dbias; or null
  std::size_t part_stride;    // at least N
  const Real* theta;          // [N]
  const Real* w_self;         // [N], or null without self-connections
  const double* firing_rate;  // one number: mean rate of the layer over the batch (rule layer)
  double layer_rate;          // rule layer: rate above which the layer leaves the surrogate
  Rule rule;
  Coeffs<Real> coeffs;
  SilentNeurons silent = {};
  bool of_spikes = false;  // delta comes in as the error of the spikes, behind the synapse, and not of the PSCs
  const Real* adaptation = nullptr;  // [N], its strength; or null: none
  const Real* rho = nullptr;         // [N], its decay
  Real* dadaptation = nullptr;       // [B] rows of part_stride, out: the utterance's part of dL/dstrength; or null
  Real* drho = nullptr;              // the same of dL/drho

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    silent.zero(b, first, last, delta + shape.index(row_begin[b], first), row_begin[b + 1] - row_begin[b],
                shape.pitch());
    if (rule == Rule::kSpikeTrain) return by_spike_trains<kWidth>(b, first, last);
    const AllRows<kWidth> all{*this, b, first, last};
    if (adaptation != nullptr) return by_rule<Beside::kAdaptation>(all);
    if constexpr (kWidth > 1) {  // a GPU's one kernel has them all
      if (!of_spikes && dbias == nullptr) return by_rule<Beside::kNothing>(all);
      if (of_spikes) return by_rule<Beside::kSpikeErrors>(all);
    }
    by_rule<Beside::kEither>(all);
  }

  /// A tile behind the last step.
  template <int kWidth>
  SNN_HD void start(int first, int last, BackwardTile<Real, kWidth>& tile) const {
    tile = {};
    for (int n = first; n < last; ++n) tile.set(n - first, neuron(n));
  }

  /// One step back of a tile, with the bits of run(); is_first: of the utterance.
  template <int kWidth>
  SNN_HD void run_row(int row, bool is_first, int first, int last, BackwardTile<Real, kWidth>& tile) const {
    const OneRow<kWidth> one{*this, row, is_first, first, last - first, tile};
    adaptation != nullptr ? by_rule<Beside::kAdaptation>(one) : by_rule<Beside::kEither>(one);
  }

  template <int kWidth>
  SNN_HD void write_parts(int b, int first, int last, const BackwardTile<Real, kWidth>& tile) const {
    for (int n = first; n < last; ++n) write_parts(b, n, tile.state(n - first));
  }

 private:
  using Neuron = BackwardNeuron<Real>;
  using State = BackwardState<Real>;

  /// What a rule is run on: an utterance's tile over all steps, or one step of it.
  template <int kWidth>
  struct AllRows {
    const BackwardScan& scan;
    int b, first, last;
    template <Rule kRule, bool kWarm, Beside kBeside>
    SNN_HD void run() const {
      scan.through<kWidth, kRule, kWarm, kBeside>(b, first, last);
    }
  };
  template <int kWidth>
  struct OneRow {
    const BackwardScan& scan;
    int row;
    bool is_first;
    int first, width;
    BackwardTile<Real, kWidth>& tile;
    template <Rule kRule, bool kWarm, Beside kBeside>
    SNN_HD void run() const {
      RowSlopes<Real, kWidth> slopes;
      scan.scan_row<kRule, kWarm, kBeside>(row, is_first, first, width, slopes, tile);
    }
  };

  /// kWarm: every step takes the surrogate.
  template <Beside kBeside, class Part>
  SNN_HD void by_rule(const Part& part) const {
    switch (rule) {
      case Rule::kStep:
        return part.template run<Rule::kStep, false, kBeside>();
      case Rule::kSurrogate:
        return part.template run<Rule::kSurrogate, true, kBeside>();
      case Rule::kLayer:
        return leaves_surrogate(*firing_rate, layer_rate) ? part.template run<Rule::kLayer, false, kBeside>()
                                                          : part.template run<Rule::kLayer, true, kBeside>();
      case Rule::kSpikeTrain:  // by_spike_trains
        return;
    }
  }

  template <int kWidth>
  SNN_HD void by_spike_trains(int b, int first, int last) const {
    SpikeTrainScan<Real>{.shape = shape,
                         .row_begin = row_begin,
                         .delta = delta,
                         .u = u,
                         .dw_self = dw_self,
                         .dtheta = dtheta,
                         .dbias = dbias,
                         .part_stride = part_stride,
                         .theta = theta,
                         .w_self = w_self,
                         .coeffs = coeffs,
                         .of_spikes = of_spikes}
        .template run<kWidth>(b, first, last);
  }

  template <int kWidth, Rule kRule, bool kWarm, Beside kBeside>
  SNN_HD void through(int b, int first, int last) const {
    if constexpr (kWidth == 1) {
      column<kRule, kWarm, kBeside>(b, first);
    } else {
      scan<kWidth, kRule, kWarm, kBeside>(b, first, last);
    }
  }

  SNN_HD Neuron neuron(int n) const {
    const bool adapts = adaptation != nullptr;
    const Real w = w_self != nullptr ? w_self[n] : Real(0);
    return {theta[n], w, adapts ? adaptation[n] : Real(0), adapts ? rho[n] : Real(0),
            spike_slope_bound(coeffs.bound, coeffs.self_gain, w)};
  }

  SNN_HD void write_parts(int b, int n, const State& sums) const {
    const std::size_t at = static_cast<std::size_t>(b) * part_stride + static_cast<std::size_t>(n);
    if (dw_self != nullptr) dw_self[at] = sums.sum_self;
    if (dtheta != nullptr) dtheta[at] = sums.sum_theta;
    if (dbias != nullptr) dbias[at] = sums.sum_bias;
    if (dadaptation != nullptr) dadaptation[at] = sums.sum_strength;
    if (drho != nullptr) drho[at] = sums.sum_rho;
  }

  template <int kWidth, Rule kRule, bool kWarm, Beside kBeside>
  SNN_HD void scan(int b, int first, int last) const {
    BackwardTile<Real, kWidth> tile;
    RowSlopes<Real, kWidth> slopes;
    start(first, last, tile);
    for (int row = row_begin[b + 1] - 1; row >= row_begin[b]; --row) {
      if (row - kRowsAhead >= row_begin[b]) prefetch_tile<kWidth>(u + shape.index(row - kRowsAhead, first));
      scan_row<kRule, kWarm, kBeside>(row, row == row_begin[b], first, last - first, slopes, tile);
    }
    write_parts(b, first, last, tile);
  }

  template <Rule kRule, bool kWarm, Beside kBeside, int kWidth>
  SNN_HD void scan_row(int row, bool is_first, int first, int width, RowSlopes<Real, kWidth>& slopes,
                       BackwardTile<Real, kWidth>& tile) const {
    constexpr bool kSurrogate = kRule != Rule::kLayer || kWarm;
    const Real nothing[kWidth] = {};  // the potential before the first step
    Real* SNN_RESTRICT delta_row = delta + shape.index(row, first);
    Real* SNN_RESTRICT u_row = u + shape.index(row, first);
    const Real* SNN_RESTRICT u_before = is_first ? nothing : u + shape.index(row - 1, first);
    const Real* SNN_RESTRICT psc_row = kRule == Rule::kStep ? psc.at(row, first) : nothing;
    if (kSurrogate) slopes.find_surrogates(coeffs, u_row, width);
    if (!kWarm) find_spike_slopes(coeffs.v_th, u_row, u_before, width, tile.bound, slopes.spike);
    for (int j = 0; j < width; ++j) {
      State s = tile.state(j);
      const Real a = kRule == Rule::kStep ? psc_row[j] : Real(0);
      step<kRule, kWarm, kBeside>({u_row[j], u_before[j], slopes.surrogate[j], slopes.spike[j], a, delta_row[j]},
                                  tile.neuron(j), s);
      tile.template set<kBeside>(j, s);
      delta_row[j] = s.after;
      u_row[j] = s.drive;
    }
  }

  /// One neuron over all steps. u_now: potential of the step; before: those of the steps before it, which the next steps
  /// of this walk work on.
  template <Rule kRule, bool kWarm, Beside kBeside>
  SNN_HD void column(int b, int n) const {
    const int begin = row_begin[b], n_steps = row_begin[b + 1] - begin, back = -shape.pitch();
    if (n_steps == 0) return write_parts(b, n, {});
    const Neuron c = neuron(n);
    const int last = begin + n_steps - 1;
    Real* errors = delta + shape.index(last, n);
    Real* potentials = u + shape.index(last, n);
    Real u_now = *potentials, z_now = column_exponential<kRule, kWarm>(u_now);
    State state = {};
    Column<Real> columns[3] = {{errors, back, n_steps}, {potentials + back, back, n_steps - 1}, {}};
    if (kRule == Rule::kStep) columns[2] = {psc.at(last, n), -static_cast<int>(psc.stride), n_steps};
    using Row = const Real(&)[3];
    const auto prepare = [&](Row row) { return column_exponential<kRule, kWarm>(row[1]); };
    walk_columns<kColumnRows>(columns, n_steps, prepare, [&](Row row, Real z_before) {
      const Real surrogate = kRule != Rule::kLayer || kWarm ? surrogate_slope(z_now, coeffs.inv_slope) : Real(0);
      Real slope[1] = {};
      if (!kWarm) find_spike_slopes(coeffs.v_th, &u_now, &row[1], 1, &c.bound, slope);
      step<kRule, kWarm, kBeside>({u_now, row[1], surrogate, slope[0], row[2], row[0]}, c, state);
      *errors = state.after;
      *potentials = state.drive;
      u_now = row[1];
      z_now = z_before;
      errors += back;
      potentials += back;
    });
    write_parts(b, n, state);
  }

  /// The exponential that the surrogate slope needs: of a whole block of steps before the first one, as it is a long chain
  /// of operations that wait for each other, and divisions with their rare branches part the steps for the compiler.
  template <Rule kRule, bool kWarm>
  SNN_HD Real column_exponential(Real potential) const {
    if constexpr (kRule == Rule::kLayer && !kWarm) return Real(0);
    const Real x = surrogate_exponent(potential, coeffs.v_th, coeffs.inv_slope, coeffs.exponent_bound);
    return exponential_of(reduce_argument(x));
  }

  /// What a step is taken from: potential, that of the step before, slopes, PSC (rule step) and the error that came in.
  struct Now {
    Real u, before, surrogate, slope, a, arriving;
  };

  /// One neuron, one step back.
  template <Rule kRule, bool kWarm, Beside kBeside>
  SNN_HD void step(const Now& now, const Neuron& c, State& s) const {
    constexpr bool kAdapts = kBeside == Beside::kAdaptation, kIsPlain = kBeside == Beside::kNothing;
    const bool is_of_spikes = kBeside == Beside::kSpikeErrors || (!kIsPlain && of_spikes);
    const bool spike = fires(now.u, coeffs.v_th);
    const Real carried = carried_potential(now.before, fires(now.before, coeffs.v_th));
    const Real arriving = arriving_error(now.arriving, c.w, s.after);
    const Real filtered = is_of_spikes ? arriving_error(Real(0), c.w, s.after) : arriving;
    const Real reset = kRule != Rule::kSurrogate && spike ? reset_error(c.keep, now.u, s.error) : Real(0);
    const Real extra = kRule == Rule::kLayer ? reset : Real(0);
    s.sum_self += dw_self_term(s.drive, spike);
    s.trace = psc_error_step(coeffs.keep_s, coeffs.gain_s, s.trace, filtered + extra);
    Real of_spike = is_of_spikes ? now.arriving : Real(0);
    if (kAdapts) of_spike += adaptation_spike_error(c.strength, s.adapted);
    const Real trace = kIsPlain ? s.trace : s.trace + of_spike;
    if constexpr (kRule == Rule::kLayer) s.error = layer_rule_error(spike, filtered, c.keep, s.error);
    if constexpr (kRule == Rule::kStep) {
      s.error = step_rule_error(spike, now.slope, trace, reset, c.keep, s.error);
    }
    s.after = delta_of<kRule, kWarm>(now, trace, s.error);
    s.drive = psc_error_step(coeffs.keep_s, coeffs.gain_s, s.drive, s.after);
    s.sum_theta += dtheta_term(s.after, carried);
    if (!kIsPlain) s.sum_bias += s.drive;
    if constexpr (!kAdapts) return;
    s.sum_strength += dstrength_term(s.adapted, spike);
    s.sum_rho += drho_term(c.strength, s.twice, spike);
    s.twice = adaptation_error_step(c.decay, s.twice, s.adapted);
    s.adapted = adaptation_error_step(c.decay, s.adapted, s.after);
  }

  template <Rule kRule, bool kWarm>
  SNN_HD Real delta_of(const Now& now, Real trace, Real error) const {
    if constexpr (kRule == Rule::kLayer && !kWarm) {
      return now.slope * trace;
    } else {
      const Real warm = now.surrogate * trace;
      if constexpr (kRule == Rule::kStep) return is_warming_up(now.a, coeffs.warm_limit) ? warm : error;
      return warm;
    }
  }
};

}  // namespace snn
