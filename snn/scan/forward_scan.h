#pragma once
// Forward in time through the neurons of a layer, from what their sources sent to their potentials.
#include "snn/coeffs.h"
#include "snn/hd.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/scan/tile.h"
#include "snn/shape.h"

namespace snn {

/// A layer's neurons over all steps of an utterance. The drive of a step is the sum of W s over all sources: the
/// synapse is linear, so filtering it gives the W a of the paper, and spikes reach the product as they are.
template <class Real>
struct ForwardScan {
  Shape shape;
  const int* row_begin;  // [B + 1]
  Real* u;               // [rows][N] from first_row on; in: drive; out: potential before the reset
  int first_row;
  Real* psc;           // [rows][N], out, or null
  int* n_spikes;       // [B][N], out: spikes of the utterance
  const Real* theta;   // [N], 1 - 1/tau_m
  const Real* w_self;  // [N], or null without self-connections
  Coeffs<Real> coeffs;

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    if (w_self != nullptr || psc != nullptr) return scan<kWidth, true>(b, first, last);
    scan<kWidth, false>(b, first, last);
  }

 private:
  /// kOwn: the neurons' own PSCs are wanted.
  template <int kWidth, bool kOwn>
  SNN_HD void scan(int b, int first, int last) const {
    const int width = last - first;
    Real current[kWidth] = {}, carried[kWidth] = {}, a[kWidth] = {}, w[kWidth] = {}, keep[kWidth] = {};
    int count[kWidth] = {};
    for (int j = 0; j < width; ++j) {
      keep[j] = theta[first + j];
      if (w_self != nullptr) w[j] = w_self[first + j];
    }
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      Real* SNN_RESTRICT u_row = u + shape.index(row - first_row, first);
      for (int j = 0; j < width; ++j) {
        current[j] = psc_step(coeffs.keep_s, coeffs.gain_s, current[j], u_row[j]);
        const Real own = kOwn ? self_current(w[j], a[j]) : Real(0);
        const Real potential = membrane_potential(keep[j], carried[j], current[j] + own);
        const bool spike = fires(potential, coeffs.v_th);
        carried[j] = carried_potential(potential, spike);
        if (kOwn) a[j] = psc_step(coeffs.keep_s, coeffs.gain_s, a[j], spike ? Real(1) : Real(0));
        count[j] += spike ? 1 : 0;
        u_row[j] = potential;
      }
      if (psc == nullptr) continue;
      Real* SNN_RESTRICT psc_row = psc + shape.index(row, first);
      for (int j = 0; j < width; ++j) psc_row[j] = a[j];
    }
    for (int j = 0; j < width; ++j) n_spikes[shape.index(b, first + j)] = count[j];
  }
};

}  // namespace snn
