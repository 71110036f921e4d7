#pragma once
// An output layer that does not fire: its potential, without threshold and reset, stands for the PSC.
#include <cstddef>

#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/bip.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// Drive -> potential v[t] = theta v[t-1] + I[t], in place, and its sum over the utterance. [Ossicle read-out]
template <class Real>
struct ReadoutForward {
  Shape shape;
  const int* row_begin;         // [B + 1]
  Real* potential;              // [rows][K], in: drive; out: v
  Real* sums;                   // [B][K], out
  int* n_spikes;                // [B] rows of n_spikes_stride, out: none
  std::size_t n_spikes_stride;  // at least K
  const Real* theta;            // [K]
  const Real* bias;             // [K], or null
  Coeffs<Real> coeffs;
  Real* carried =
      nullptr;  // [2][K], of one utterance that comes in pieces: I and v before them, then after; or null: it begins

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int k = first; k < last; ++k) {
      Real* const state = carried != nullptr ? carried + k : nullptr;
      const Real keep = theta[k], offset = bias != nullptr ? bias[k] : Real(0);
      Real current = state != nullptr ? *state : Real(0);
      Real v = state != nullptr ? state[shape.n_neurons] : Real(0), sum = Real(0);
      for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
        Real& at = potential[shape.index(row, k)];
        current = psc_step(coeffs.keep_s, coeffs.gain_s, current, biased_drive(at, offset));
        v = membrane_potential(keep, v, current);
        at = v;
        sum += v;
      }
      if (state != nullptr) state[0] = current, state[shape.n_neurons] = v;
      sums[shape.batch_index(b, k)] = sum;
      n_spikes[static_cast<std::size_t>(b) * n_spikes_stride + static_cast<std::size_t>(k)] = 0;
    }
  }
};

/// Error of v -> error of the current (delta), in place, and that of the drive; with the neuron gradients of each utterance.
/// [Ossicle read-out error]
template <class Real>
struct ReadoutBackward {
  Shape shape;
  const int* row_begin;   // [B + 1]
  const Real* potential;  // [rows][K]
  Real* delta;            // [rows][K], in: dL/dv; out: dL/dI
  Real* drive_error;      // [rows][K], out
  Real* dtheta;           // [B] rows of part_stride, out; or null
  Real* dbias;            // likewise
  std::size_t part_stride;
  const Real* theta;  // [K]
  Coeffs<Real> coeffs;

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int k = first; k < last; ++k) {
      Real after = Real(0), drive = Real(0), sum_theta = Real(0), sum_bias = Real(0);
      for (int row = row_begin[b + 1] - 1; row >= row_begin[b]; --row) {
        const std::size_t at = shape.index(row, k);
        after = delta[at] + theta[k] * after;
        drive = psc_error_step(coeffs.keep_s, coeffs.gain_s, drive, after);
        sum_theta += dtheta_term(after, row > row_begin[b] ? potential[shape.index(row - 1, k)] : Real(0));
        sum_bias += drive;
        delta[at] = after;
        drive_error[at] = drive;
      }
      const std::size_t part = static_cast<std::size_t>(b) * part_stride + static_cast<std::size_t>(k);
      if (dtheta != nullptr) dtheta[part] = sum_theta;
      if (dbias != nullptr) dbias[part] = sum_bias;
    }
  }
};

}  // namespace snn
