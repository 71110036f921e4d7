#pragma once
// Input that is meant as a current and not as what goes into a synapse.
#include "snn/base/hd.h"
#include "snn/neuron/psc.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// Turns values into what the first synapse makes these values of again, in place: so all that follows stays as it is. Its extent
/// counts channels.
template <class Real>
struct DirectInput {
  Shape shape;
  const int* row_begin;  // [B + 1]
  Real* x;               // [rows][C], in and out
  Real keep_s, gain_s;

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int row = row_begin[b + 1] - 1; row >= row_begin[b]; --row) {
      const bool is_first = row == row_begin[b];
      for (int n = first; n < last; ++n) {
        Real& value = x[shape.index(row, n)];
        value = before_synapse(keep_s, gain_s, is_first ? Real(0) : x[shape.index(row - 1, n)], value);
      }
    }
  }
};

}  // namespace snn
