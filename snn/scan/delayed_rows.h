#pragma once
// Rows of an array over time, some steps earlier or later within their utterance: what a delayed connection reads.
#include "snn/base/hd.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// to[row] = from[row + offset], or to[row] += it; nothing comes from beyond the utterance. A connection with delay d takes the
/// products of d steps before (offset -d), its error those of d steps after. [SpikeProp delay]
template <class Real>
struct DelayedRows {
  Shape shape;
  const int* row_begin;  // [B + 1]
  const Real* from;      // [rows][N]
  Real* to;              // [rows][N], another array
  int offset;            // steps
  bool adds;

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      const int source = row + offset;
      const bool is_there = source >= row_begin[b] && source < row_begin[b + 1];
      Real* SNN_RESTRICT out = to + shape.index(row, 0);
      if (!is_there) {
        for (int n = first; n < last && !adds; ++n) out[n] = Real(0);
        continue;
      }
      const Real* SNN_RESTRICT in = from + shape.index(source, 0);
      for (int n = first; n < last; ++n) out[n] = adds ? out[n] + in[n] : in[n];
    }
  }
};

}  // namespace snn
