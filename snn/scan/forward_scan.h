#pragma once
// Forward in time: the input's synapse, and the neurons of a layer.
#include "snn/coeffs.h"
#include "snn/hd.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/scan/tile.h"
#include "snn/shape.h"

namespace snn {

/// The network input through its synapse, in place; zero behind each utterance's end.
template <class Real>
struct InputScan {
  Shape shape;
  Real* x;             // [T][B][C], in: input; out: its PSC
  const int* n_valid;  // [B], steps of each utterance, 1..T
  Real scale;          // factor on the input
  Real keep_s, gain_s;

  Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const int width = last - first;
    Real a[kWidth] = {};
    for (int t = 0; t < n_valid[b]; ++t) {
      Real* SNN_RESTRICT row = x + shape.index(t, b, first);
      for (int j = 0; j < width; ++j) {
        a[j] = psc_step(keep_s, gain_s, a[j], scale * row[j]);
        row[j] = a[j];
      }
    }
    for (int t = n_valid[b]; t < shape.n_steps; ++t) {
      Real* row = x + shape.index(t, b, first);
      for (int j = 0; j < width; ++j) row[j] = Real(0);
    }
  }
};

/// A layer's neurons over all steps of an utterance. Behind its end spikes and PSCs are zero and u is left as it was.
template <class Real>
struct ForwardScan {
  Shape shape;
  Real* u;             // [T][B][N], in: input current without the self-recurrent part; out: potential before the reset
  Real* psc;           // [T][B][N], out
  int* n_spikes;       // [B][N], out: spikes of the utterance
  const Real* theta;   // [N], 1 - 1/tau_m
  const Real* w_self;  // [N], or null without self-connections
  const int* n_valid;  // [B], steps of each utterance, 1..T
  Coeffs<Real> coeffs;

  Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const int width = last - first;
    Real carried[kWidth] = {}, a[kWidth] = {}, w[kWidth] = {}, keep[kWidth] = {};
    int count[kWidth] = {};
    for (int j = 0; j < width; ++j) {
      keep[j] = theta[first + j];
      if (w_self != nullptr) w[j] = w_self[first + j];
    }
    for (int t = 0; t < n_valid[b]; ++t) {
      Real* SNN_RESTRICT u_row = u + shape.index(t, b, first);
      Real* SNN_RESTRICT psc_row = psc + shape.index(t, b, first);
      for (int j = 0; j < width; ++j) {
        const Real potential = membrane_potential(keep[j], carried[j], u_row[j] + self_current(w[j], a[j]));
        const bool spike = fires(potential, coeffs.v_th);
        carried[j] = carried_potential(potential, spike);
        a[j] = psc_step(coeffs.keep_s, coeffs.gain_s, a[j], spike ? Real(1) : Real(0));
        count[j] += spike ? 1 : 0;
        u_row[j] = potential;
        psc_row[j] = a[j];
      }
    }
    for (int t = n_valid[b]; t < shape.n_steps; ++t) {
      Real* psc_row = psc + shape.index(t, b, first);
      for (int j = 0; j < width; ++j) psc_row[j] = Real(0);
    }
    for (int j = 0; j < width; ++j) n_spikes[b * shape.n_neurons + first + j] = count[j];
  }
};

}  // namespace snn
