#pragma once
// From a layer's potentials to its PSCs, where the backward pass wants them.
#include <cstddef>

#include "snn/base/hd.h"
#include "snn/neuron/lif.h"
#include "snn/neuron/psc.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// A part of an array [rows][N]: from a row and a neuron on, its rows `stride` numbers apart.
template <class Real>
struct RowsView {
  Real* data = nullptr;
  int first_row = 0, first_neuron = 0;
  std::size_t stride = 0;

  SNN_HD Real* at(int row, int n) const {
    return data + static_cast<std::size_t>(row - first_row) * stride + (n - first_neuron);
  }
};

/// The PSCs of an utterance from its potentials: what the forward scan had, with its bits.
template <class Real>
struct PscScan {
  Shape shape;
  const int* row_begin;  // [B + 1]
  const Real* u;         // [rows][N], potential before the reset
  RowsView<Real> psc;    // out
  Real v_th, keep_s, gain_s;

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    if constexpr (kWidth == 1) return column(b, first);
    Real a[kWidth] = {};
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      const Real* SNN_RESTRICT u_row = u + shape.index(row, first);
      Real* SNN_RESTRICT psc_row = psc.at(row, first);
      for (int j = 0; j < last - first; ++j) {
        a[j] = psc_step(keep_s, gain_s, a[j], fires(u_row[j], v_th) ? Real(1) : Real(0));
        psc_row[j] = a[j];
      }
    }
  }

 private:
  SNN_HD void column(int b, int n) const {
    const int begin = row_begin[b], n_steps = row_begin[b + 1] - begin;
    Real a = Real(0);
    Real* to = psc.at(begin, n);
    Column<Real> columns[] = {{u + shape.index(begin, n), shape.pitch(), n_steps}};
    walk_columns<kColumnRows>(columns, n_steps, [&](const Real(&potential)[1]) {
      a = psc_step(keep_s, gain_s, a, fires(potential[0], v_th) ? Real(1) : Real(0));
      *to = a;
      to += psc.stride;
    });
  }
};

}  // namespace snn
