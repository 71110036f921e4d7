#pragma once
// Forward in time through the neurons of a layer, from what their sources sent to their potentials.
#include "snn/base/hd.h"
#include "snn/model/coeffs.h"
#include "snn/neuron/adaptation.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/neuron/self_recurrent.h"
#include "snn/scan/forward_state.h"
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
  const Real* bias = nullptr;        // [N], or null: none
  const Real* adaptation = nullptr;  // [N], its strength; or null: none
  const Real* rho = nullptr;         // [N], its decay

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    silent.zero(b, first, last, u + shape.index(row_begin[b] - first_row, first), row_begin[b + 1] - row_begin[b],
                shape.pitch());
    if (is_extended())
      return psc != nullptr ? walk<kWidth, true, true, true>(b, first, last)
                            : walk<kWidth, true, false, true>(b, first, last);
    if (psc != nullptr) return walk<kWidth, true, true, false>(b, first, last);
    w_self != nullptr ? walk<kWidth, true, false, false>(b, first, last)
                      : walk<kWidth, false, false, false>(b, first, last);
  }

  /// A tile before the first step.
  template <int kWidth>
  SNN_HD void start(int b, int first, int last, ForwardTile<Real, kWidth>& tile) const {
    tile = {};
    for (int n = first; n < last; ++n) tile.set(n - first, neuron(b, n));
  }

  /// One step of a tile of hidden neurons, with the bits of run(). u_row: drive in, potentials out.
  template <int kWidth>
  SNN_HD void run_row(Real* u_row, int width, ForwardTile<Real, kWidth>& tile) const {
    is_extended() ? scan_row<true, true>(u_row, width, tile) : scan_row<true, false>(u_row, width, tile);
  }

  SNN_HD void write_fired(const Real* SNN_RESTRICT u_row, int width, Real* SNN_RESTRICT to) const {
    for (int j = 0; j < width; ++j) to[j] = fires(u_row[j], coeffs.v_th) ? Real(1) : Real(0);
  }

  template <int kWidth>
  SNN_HD void write_counts(int b, int first, int last, const ForwardTile<Real, kWidth>& tile) const {
    for (int n = first; n < last; ++n) count_of(b, n) = tile.count[n - first];
  }

 private:
  using Neuron = ForwardNeuron<Real>;

  SNN_HD bool is_extended() const { return bias != nullptr || adaptation != nullptr; }

  SNN_HD int& count_of(int b, int n) const {
    return n_spikes[static_cast<std::size_t>(b) * n_spikes_stride + static_cast<std::size_t>(n)];
  }

  /// A silent neuron has none.
  SNN_HD Real bias_of(int b, int n) const { return bias != nullptr && !silent.is_silent(b, n) ? bias[n] : Real(0); }

  template <int kWidth, bool kOwn, bool kPsc, bool kExtended>
  SNN_HD void walk(int b, int first, int last) const {
    if constexpr (kWidth == 1) {
      column<kOwn, kPsc, kExtended>(b, first);
    } else {
      scan<kWidth, kOwn, kPsc, kExtended>(b, first, last);
    }
  }

  SNN_HD Neuron neuron(int b, int n) const {
    const bool adapts = adaptation != nullptr;
    return {theta[n], w_self != nullptr ? w_self[n] : Real(0), bias_of(b, n), adapts ? adaptation[n] : Real(0),
            adapts ? rho[n] : Real(0)};
  }

  /// One neuron, one step: updates its state, returns the potential. kOwn: the neuron's own PSC is wanted; kExtended: it has a
  /// bias or adapts.
  template <bool kOwn, bool kExtended>
  SNN_HD Real step(Real drive, const Neuron& c, Real& current, Real& carried, Real& a, Real& adapted,
                   int& count) const {
    current = psc_step(coeffs.keep_s, coeffs.gain_s, current, kExtended ? biased_drive(drive, c.bias) : drive);
    const Real own = kOwn ? self_current(c.w, a) : Real(0);
    Real input = current + own;
    if (kExtended) input = adapted_current(input, c.strength, adapted);
    const Real potential = membrane_potential(c.keep, carried, input);
    const bool spike = fires(potential, coeffs.v_th);
    carried = carried_potential(potential, spike);
    if (kOwn) a = psc_step(coeffs.keep_s, coeffs.gain_s, a, spike ? Real(1) : Real(0));
    if (kExtended) adapted = adaptation_step(c.rho, adapted, spike);
    count += spike ? 1 : 0;
    return potential;
  }

  template <bool kOwn, bool kExtended, int kWidth>
  SNN_HD void scan_row(Real* SNN_RESTRICT u_row, int width, ForwardTile<Real, kWidth>& t) const {
    for (int j = 0; j < width; ++j) {
      u_row[j] =
          step<kOwn, kExtended>(u_row[j], t.neuron(j), t.current[j], t.carried[j], t.a[j], t.adapted[j], t.count[j]);
    }
  }

  template <int kWidth, bool kOwn, bool kPsc, bool kExtended>
  SNN_HD void scan(int b, int first, int last) const {
    const int width = last - first;
    ForwardTile<Real, kWidth> tile;
    Real sum[kWidth] = {};
    start(b, first, last, tile);
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      Real* u_row = u + shape.index(row - first_row, first);
      scan_row<kOwn, kExtended>(u_row, width, tile);
      if (fired != nullptr) write_fired(u_row, width, fired + shape.index(row, first));
      if (!kPsc) continue;
      Real* SNN_RESTRICT psc_row = psc + shape.index(row, first);
      for (int j = 0; j < width; ++j) {
        psc_row[j] = tile.a[j];
        sum[j] += tile.a[j];
      }
    }
    write_counts(b, first, last, tile);
    if (!kPsc) return;
    for (int j = 0; j < width; ++j) psc_sums[shape.batch_index(b, first + j)] = sum[j];
  }

  /// One neuron over all steps. kPsc: its PSCs are to be written.
  template <bool kOwn, bool kPsc, bool kExtended>
  SNN_HD void column(int b, int n) const {
    const Neuron each = neuron(b, n);
    Real current = Real(0), carried = Real(0), a = Real(0), adapted = Real(0), sum = Real(0);
    int count = 0;
    const int begin = row_begin[b], n_steps = row_begin[b + 1] - begin, stride = shape.pitch();
    Real* potentials = u + shape.index(begin - first_row, n);
    Real* spikes = fired != nullptr ? fired + shape.index(begin, n) : nullptr;
    Real* pscs = kPsc ? psc + shape.index(begin, n) : nullptr;
    Column<Real> columns[] = {{potentials, stride, n_steps}};
    walk_columns<kForwardRows>(columns, n_steps, [&](const Real(&drive)[1]) {
      const Real potential = step<kOwn, kExtended>(drive[0], each, current, carried, a, adapted, count);
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
    if constexpr (kPsc) psc_sums[shape.batch_index(b, n)] = sum;
  }
};

}  // namespace snn
