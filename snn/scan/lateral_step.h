#pragma once
// One step of a recurrent layer, whose neurons wait for each other: between its steps stands a product with its lateral matrix.
#include "snn/base/hd.h"
#include "snn/scan/backward_scan.h"
#include "snn/scan/forward_scan.h"
#include "snn/scan/tile.h"

namespace snn {

/// Where the tiles of some utterances wait between their steps, and what the layer's neurons send each other.
template <class Real>
struct LateralState {
  void* tiles;      // [utterances][tiles], ForwardTile or BackwardTile of the width that runs
  int first_batch;  // of the utterances
  const Real*
      arrives;   // [utterances][N]: products of what left in the step before with the lateral matrix; or null: none
  Real* leaves;  // [utterances][N], out: what goes into the next product; or null

  template <class Tile>
  SNN_HD Tile& tile(int b, int first, int width, int n_neurons) const {
    const int a_row = (n_neurons + width - 1) / width;
    return static_cast<Tile*>(tiles)[area(b - first_batch, a_row) + static_cast<std::size_t>(first / width)];
  }
};

/// Adds what arrives to a part of a row.
template <class Real>
SNN_HD void add_lateral(const Real* SNN_RESTRICT arrives, int width, Real* SNN_RESTRICT row) {
  for (int j = 0; j < width; ++j) row[j] += arrives[j];
}

/// The drive of step t is that of the sources and W_r s[t-1]; what leaves are the spikes s[t]. An utterance that has ended
/// is left alone. [ScSr Eq. 11]
template <class Real>
struct ForwardStep {
  ForwardScan<Real> scan;  // of a hidden layer: without psc
  LateralState<Real> state;
  int step;  // t, ascending from 0

  SNN_HD Extent extent() const { return scan.extent(); }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const std::size_t at = scan.shape.index(b - state.first_batch, first);
    take(b, first, last, state.arrives != nullptr ? state.arrives + at : nullptr,
         state.leaves != nullptr ? state.leaves + at : nullptr,
         state.template tile<ForwardTile<Real, kWidth>>(b, first, kWidth, scan.shape.n_neurons));
  }

  /// The step of one tile. arrives, leaves: of its neurons, or null.
  template <int kWidth>
  SNN_HD void take(int b, int first, int last, const Real* arrives, Real* leaves,
                   ForwardTile<Real, kWidth>& tile) const {
    const Shape& shape = scan.shape;
    const int width = last - first, n_steps = scan.row_begin[b + 1] - scan.row_begin[b];
    if (step == 0) scan.start(b, first, last, tile);
    if (step < n_steps) {
      const int row = scan.row_begin[b] + step;
      Real* u_row = scan.u + shape.index(row - scan.first_row, first);
      if (arrives != nullptr) add_lateral(arrives, width, u_row);
      scan.silent.zero(b, first, last, u_row, 1, shape.pitch());
      scan.run_row(u_row, width, tile);
      if (scan.fired != nullptr) scan.write_fired(u_row, width, scan.fired + shape.index(row, first));
      if (leaves != nullptr) scan.write_fired(u_row, width, leaves);
    }
    if (step == (n_steps > 0 ? n_steps - 1 : 0)) scan.write_counts(b, first, last, tile);
  }
};

/// The error that arrives at step t is that of the targets and W_r^T delta[t+1]; what leaves is delta[t]. Where errors come
/// in as those of the spikes, both are errors of the drive. Before an utterance's last step nothing leaves.
/// [Ossicle lateral error]
template <class Real>
struct BackwardStep {
  BackwardScan<Real> scan;
  LateralState<Real> state;  // leaves is never null
  int step;                  // t, descending to 0

  SNN_HD Extent extent() const { return scan.extent(); }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const std::size_t at = scan.shape.index(b - state.first_batch, first);
    take(b, first, last, state.arrives != nullptr ? state.arrives + at : nullptr, state.leaves + at,
         state.template tile<BackwardTile<Real, kWidth>>(b, first, kWidth, scan.shape.n_neurons));
  }

  /// The step of one tile. arrives, leaves: of its neurons; arrives may be null.
  template <int kWidth>
  SNN_HD void take(int b, int first, int last, const Real* arrives, Real* SNN_RESTRICT leaves,
                   BackwardTile<Real, kWidth>& tile) const {
    const Shape& shape = scan.shape;
    const int width = last - first, n_steps = scan.row_begin[b + 1] - scan.row_begin[b];
    if (step == (n_steps > 0 ? n_steps - 1 : 0)) scan.start(first, last, tile);
    if (step < n_steps) {
      const int row = scan.row_begin[b] + step;
      Real* errors = scan.delta + shape.index(row, first);
      if (arrives != nullptr) add_lateral(arrives, width, errors);
      scan.silent.zero(b, first, last, errors, 1, shape.pitch());
      scan.run_row(row, step == 0, first, last, tile);
      const Real* SNN_RESTRICT found = scan.of_spikes ? scan.u + shape.index(row, first) : errors;
      for (int j = 0; j < width; ++j) leaves[j] = found[j];
    } else {
      for (int j = 0; j < width; ++j) leaves[j] = Real(0);
    }
    if (step == 0) scan.write_parts(b, first, last, tile);
  }
};

}  // namespace snn
