#pragma once
// Of the network's input, utterances mixed with others of their batch.
#include "snn/base/hd.h"
#include "snn/neuron/loss.h"
#include "snn/scan/gather_batch.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// to[row] = (1 - share) from[row] + share times the same step of the partner (UtteranceView), zero behind its last one. One without
/// a partner stays as it is. [Mixup mixed]
template <class Real>
struct MixBatch {
  Shape shape;                      // N: channels
  const int* row_begin;             // [B + 1]
  const UtteranceView* utterances;  // [B]
  const Real* from;                 // [rows][C]
  Real* to;                         // [rows][C], out, another array

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const int partner = utterances[b].partner, n_steps = row_begin[b + 1] - row_begin[b];
    const int n_mixed = partner < 0 ? 0 : row_begin[partner + 1] - row_begin[partner];
    const Real share = partner < 0 ? Real(0) : static_cast<Real>(utterances[b].share);
    for (int t = 0; t < n_steps; ++t) {
      const Real* SNN_RESTRICT own = from + shape.index(row_begin[b] + t, 0);
      Real* SNN_RESTRICT out = to + shape.index(row_begin[b] + t, 0);
      if (t < n_mixed) {
        const Real* SNN_RESTRICT other = from + shape.index(row_begin[partner] + t, 0);
        for (int c = first; c < last; ++c) out[c] = mixed(own[c], other[c], share);
      } else {
        for (int c = first; c < last; ++c) out[c] = mixed(own[c], Real(0), share);
      }
    }
  }
};

}  // namespace snn
