#pragma once
// The gradient of a sparse matrix, whose missing connections are its zeros.
#include "snn/base/hd.h"
#include "snn/base/pitch.h"
#include "snn/scan/tile.h"

namespace snn {

/// Zeroes the gradient of each weight that is 0, so that no update brings a missing connection back. Its extent counts rows
/// and columns of the matrix. [Ossicle sparse recurrence]
template <class Real>
struct MissingConnections {
  int n_rows;
  int n_columns;
  const Real* w;  // [n_rows][n_columns]
  Real* dw;       // in and out

  SNN_HD Extent extent() const { return {n_rows, n_columns}; }

  template <int kWidth>
  SNN_HD void run(int row, int first, int last) const {
    const std::size_t begin = pitched_area(row, n_columns);
    for (int i = first; i < last; ++i) {
      if (w[begin + static_cast<std::size_t>(i)] == Real(0)) dw[begin + static_cast<std::size_t>(i)] = Real(0);
    }
  }
};

}  // namespace snn
