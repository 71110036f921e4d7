#pragma once
// The backward pass of a layer at the level of spike trains: rule spike-train; O(T).
#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/bip.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/neuron/spike_train.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// What a neuron carries from step to step, the steps after first, and its sums over the utterance so far.
template <class Real>
struct SpikeTrainState {
  Real response = Real(0), drive = Real(0);
  Real arriving = Real(0), count = Real(0), potential = Real(0), sum_self = Real(0), sum_theta = Real(0),
       sum_bias = Real(0);
};

/// The papers find an S-PSP for each pair of neurons, over all pairs of their spikes. An S-PSP is linear in the source's
/// spikes, so one scan for each neuron finds what a source spike in a step would add (`drive`); the product of this array
/// with spikes is every S-PSP, and its product with weights gives every source's error. A second walk over the rows
/// multiplies by the neuron's error, which is known after the first.
template <class Real>
struct SpikeTrainScan {
  Shape shape;
  const int* row_begin;  // [B + 1]
  Real* delta;    // [rows][N], in: error of the spikes, or of the PSCs; out: error of the drive as the sources see it
  Real* u;        // [rows][N], in: potential before the reset; out: error of the drive as the weights see it
  Real* dw_self;  // [B] rows of part_stride, out: the utterance's part of dL/dw_self; or null
  Real* dtheta;   // the same of dL/dtheta; or null
  Real* dbias;    // the same of dL/dbias; or null
  std::size_t part_stride;  // at least N
  const Real* theta;        // [N]
  const Real* w_self;       // [N], or null without self-connections
  Coeffs<Real> coeffs;
  bool of_spikes;  // delta comes in as the error of the spikes; else of the PSCs, whose sum is the error of the count

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    if constexpr (kWidth == 1) return column(b, first);
    const Real nothing[kWidth] = {};  // the potential before the first step
    Tile<kWidth> tile;
    for (int row = row_begin[b + 1] - 1; row >= row_begin[b]; --row) {
      const Real* SNN_RESTRICT delta_row = delta + shape.index(row, first);
      Real* SNN_RESTRICT u_row = u + shape.index(row, first);
      const Real* SNN_RESTRICT u_before = row > row_begin[b] ? u + shape.index(row - 1, first) : nothing;
      if (row - kRowsAhead >= row_begin[b]) prefetch_tile<kWidth>(u + shape.index(row - kRowsAhead, first));
      for (int j = 0; j < last - first; ++j) {
        State s = tile.state(j);
        step(u_row[j], u_before[j], delta_row[j], theta[first + j], s);
        tile.set(j, s);
        u_row[j] = s.drive;
      }
    }
    Errors errors[kWidth];
    Real called[kWidth] = {};
    for (int j = 0; j < last - first; ++j) errors[j] = errors_of(first + j, tile.state(j));
    for (int row = row_begin[b + 1] - 1; row >= row_begin[b]; --row) {
      Real* SNN_RESTRICT delta_row = delta + shape.index(row, first);
      Real* SNN_RESTRICT u_row = u + shape.index(row, first);
      for (int j = 0; j < last - first; ++j) {
        called[j] = psc_error_step(coeffs.keep_s, coeffs.gain_s, called[j], errors[j].called);
        const Real drive = u_row[j] + called[j];
        tile.sum_bias[j] += drive;
        delta_row[j] = errors[j].of_potential * drive;
        u_row[j] = errors[j].of_weights * drive;
      }
    }
    for (int j = 0; j < last - first; ++j) write_parts(b, first + j, tile.state(j), errors[j]);
  }

 private:
  using State = SpikeTrainState<Real>;

  /// Of a neuron in an utterance: of its total potential, and as its weights see it; called: 1 if it is, else 0.
  struct Errors {
    Real of_potential = Real(0), of_weights = Real(0), called = Real(0);
  };

  /// The states of a tile's neurons, each number of all of them side by side.
  template <int kWidth>
  struct Tile {
    Real response[kWidth] = {}, drive[kWidth] = {}, arriving[kWidth] = {}, count[kWidth] = {};
    Real potential[kWidth] = {}, sum_self[kWidth] = {}, sum_theta[kWidth] = {}, sum_bias[kWidth] = {};

    SNN_HD State state(int j) const {
      return {response[j], drive[j], arriving[j], count[j], potential[j], sum_self[j], sum_theta[j], sum_bias[j]};
    }
    SNN_HD void set(int j, const State& s) {
      response[j] = s.response, drive[j] = s.drive, arriving[j] = s.arriving, count[j] = s.count;
      potential[j] = s.potential, sum_self[j] = s.sum_self, sum_theta[j] = s.sum_theta, sum_bias[j] = s.sum_bias;
    }
  };

  /// One neuron.
  SNN_HD void column(int b, int n) const {
    const int begin = row_begin[b], n_steps = row_begin[b + 1] - begin, back = -shape.pitch();
    State s = {};
    if (n_steps == 0) return write_parts(b, n, s, {});
    Real* drives = u + shape.index(begin + n_steps - 1, n);
    Real* errors_out = delta + shape.index(begin + n_steps - 1, n);
    Real* potentials = drives;
    Real u_now = *potentials;
    Column<Real> arrays[2] = {{errors_out, back, n_steps}, {potentials + back, back, n_steps - 1}};
    walk_columns<kColumnRows>(arrays, n_steps, [&](const Real(&row)[2]) {
      step(u_now, row[1], row[0], theta[n], s);
      *potentials = s.drive;
      potentials += back;
      u_now = row[1];
    });
    const Errors errors = errors_of(n, s);
    Real called = Real(0);
    Column<Real> columns[1] = {{drives, back, n_steps}};
    walk_columns<kColumnRows>(columns, n_steps, [&](const Real(&row)[1]) {
      called = psc_error_step(coeffs.keep_s, coeffs.gain_s, called, errors.called);
      const Real drive = row[0] + called;
      s.sum_bias += drive;
      *errors_out = errors.of_potential * drive;
      *drives = errors.of_weights * drive;
      errors_out += back;
      drives += back;
    });
    write_parts(b, n, s, errors);
  }

  /// One step back. before: potential of the step before.
  SNN_HD void step(Real now, Real before, Real arriving, Real keep, State& s) const {
    const bool spike = fires(now, coeffs.v_th);
    s.sum_self += dw_self_term(s.drive, spike);
    s.arriving += spike || !of_spikes ? arriving : Real(0);
    s.count += spike ? Real(1) : Real(0);
    s.potential += spike ? now : Real(0);
    s.response = spike_response_step(spike, keep, s.response);
    s.drive = psc_error_step(coeffs.keep_s, coeffs.gain_s, s.drive, s.response);
    s.sum_theta += dtheta_term(s.response, carried_potential(before, fires(before, coeffs.v_th)));
  }

  SNN_HD Errors errors_of(int n, const State& s) const {
    const Real of_count = of_spikes ? count_error(s.arriving, s.count) : s.arriving;
    Real error = total_potential_error(of_count, coeffs.v_th);
    if (w_self != nullptr) error = recurrent_error(error, self_share(w_self[n], s.sum_self, s.count, coeffs.v_th));
    return {error, error * own_count_factor(s.potential, s.count, coeffs.v_th),
            is_called(of_count, s.count) ? Real(1) : Real(0)};
  }

  SNN_HD void write_parts(int b, int n, const State& s, const Errors& errors) const {
    const std::size_t at = static_cast<std::size_t>(b) * part_stride + static_cast<std::size_t>(n);
    if (dw_self != nullptr) dw_self[at] = errors.of_weights * s.sum_self;
    if (dtheta != nullptr) dtheta[at] = errors.of_weights * s.sum_theta;
    if (dbias != nullptr) dbias[at] = errors.of_weights * s.sum_bias;
  }
};

}  // namespace snn
