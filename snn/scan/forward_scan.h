#pragma once
// Forward in time through the neurons of a layer, from what their sources sent to their potentials.
#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/scan/shape.h"
#include "snn/scan/silent_neurons.h"
#include "snn/scan/tile.h"

namespace snn {

/// A layer's neurons over all steps of an utterance. The drive of a step is the sum of W s over all sources: the
/// synapse is linear, so filtering it gives the W a of the paper, and spikes reach the product as they are.
template <class Real>
struct ForwardScan {
  Shape shape;
  const int* row_begin;  // [B + 1]
  Real* u;               // [rows][N] from first_row on; in: drive; out: potential before the reset
  int first_row;
  Real* psc;                    // [rows][N], out, or null
  Real* psc_sums;               // [B][N], out where there is psc: summed over the utterance, the number that decides
  Real* fired;                  // [rows][N], out: 1 for a spike, 0 without; or null
  int* n_spikes;                // [B] rows of n_spikes_stride, out: spikes of the utterance
  std::size_t n_spikes_stride;  // at least N
  const Real* theta;            // [N], 1 - 1/tau_m
  const Real* w_self;           // [N], or null without self-connections
  Coeffs<Real> coeffs;
  SilentNeurons silent = {};

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    silent.zero(b, first, last, u + shape.index(row_begin[b] - first_row, first), row_begin[b + 1] - row_begin[b],
                shape.n_neurons);
    const bool wants_own = w_self != nullptr || psc != nullptr;
    if constexpr (kWidth == 1) {
      if (psc != nullptr) return column<true, true>(b, first);
      wants_own ? column<true, false>(b, first) : column<false, false>(b, first);
    } else {
      wants_own ? scan<kWidth, true>(b, first, last) : scan<kWidth, false>(b, first, last);
    }
  }

 private:
  SNN_HD int& count_of(int b, int n) const {
    return n_spikes[static_cast<std::size_t>(b) * n_spikes_stride + static_cast<std::size_t>(n)];
  }

  /// One neuron, one step: updates its state, returns the potential. kOwn: the neuron's own PSC is wanted.
  template <bool kOwn>
  SNN_HD Real step(Real drive, Real keep, Real w, Real& current, Real& carried, Real& a, int& count) const {
    current = psc_step(coeffs.keep_s, coeffs.gain_s, current, drive);
    const Real own = kOwn ? self_current(w, a) : Real(0);
    const Real potential = membrane_potential(keep, carried, current + own);
    const bool spike = fires(potential, coeffs.v_th);
    carried = carried_potential(potential, spike);
    if (kOwn) a = psc_step(coeffs.keep_s, coeffs.gain_s, a, spike ? Real(1) : Real(0));
    count += spike ? 1 : 0;
    return potential;
  }

  template <int kWidth, bool kOwn>
  SNN_HD void scan(int b, int first, int last) const {
    const int width = last - first;
    Real current[kWidth] = {}, carried[kWidth] = {}, a[kWidth] = {}, w[kWidth] = {}, keep[kWidth] = {},
         sum[kWidth] = {};
    int count[kWidth] = {};
    for (int j = 0; j < width; ++j) {
      keep[j] = theta[first + j];
      if (w_self != nullptr) w[j] = w_self[first + j];
    }
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      Real* SNN_RESTRICT u_row = u + shape.index(row - first_row, first);
      for (int j = 0; j < width; ++j) {
        u_row[j] = step<kOwn>(u_row[j], keep[j], w[j], current[j], carried[j], a[j], count[j]);
      }
      if (fired != nullptr) {
        Real* SNN_RESTRICT fired_row = fired + shape.index(row, first);
        for (int j = 0; j < width; ++j) fired_row[j] = fires(u_row[j], coeffs.v_th) ? Real(1) : Real(0);
      }
      if (psc == nullptr) continue;
      Real* SNN_RESTRICT psc_row = psc + shape.index(row, first);
      for (int j = 0; j < width; ++j) {
        psc_row[j] = a[j];
        sum[j] += a[j];
      }
    }
    for (int j = 0; j < width; ++j) count_of(b, first + j) = count[j];
    if (psc == nullptr) return;
    for (int j = 0; j < width; ++j) psc_sums[shape.index(b, first + j)] = sum[j];
  }

  /// One neuron over all steps. kPsc: its PSCs are to be written.
  template <bool kOwn, bool kPsc>
  SNN_HD void column(int b, int n) const {
    const Real keep = theta[n], w = w_self != nullptr ? w_self[n] : Real(0);
    Real current = Real(0), carried = Real(0), a = Real(0), sum = Real(0);
    int count = 0;
    const int begin = row_begin[b], n_steps = row_begin[b + 1] - begin, stride = shape.n_neurons;
    Real* potentials = u + shape.index(begin - first_row, n);
    Real* spikes = fired != nullptr ? fired + shape.index(begin, n) : nullptr;
    Real* pscs = kPsc ? psc + shape.index(begin, n) : nullptr;
    Column<Real> columns[] = {{potentials, stride, n_steps}};
    walk_columns<kColumnRows>(columns, n_steps, [&](const Real(&drive)[1]) {
      const Real potential = step<kOwn>(drive[0], keep, w, current, carried, a, count);
      *potentials = potential;
      potentials += stride;
      if (fired != nullptr) {
        *spikes = fires(potential, coeffs.v_th) ? Real(1) : Real(0);
        spikes += stride;
      }
      if constexpr (!kPsc) return;
      *pscs = a;
      pscs += stride;
      sum += a;
    });
    count_of(b, n) = count;
    if constexpr (kPsc) psc_sums[shape.index(b, n)] = sum;
  }
};

}  // namespace snn
