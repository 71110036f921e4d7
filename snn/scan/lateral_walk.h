#pragma once
// All steps of a recurrent layer whose lateral matrix fits beside the threads that work on an utterance.
#include "snn/base/hd.h"
#include "snn/scan/lateral_step.h"

namespace snn {

/// An utterance's neurons side by side, each with its own tile: all take the k-th step, then all the next one. They share a
/// room, which holds the matrix and what left in the last two steps. Step: ForwardStep or BackwardStep; kForward: which of them.
template <class Number, class Step, class Tile_, bool kForward>
struct LateralWalk {
  using Real = Number;
  using Tile = Tile_;
  decltype(Step::scan) scan;
  const Real* w;  // [N][N], [to][from]

  SNN_HD int n_neurons() const { return scan.shape.n_neurons; }
  SNN_HD int n_batch() const { return scan.shape.n_batch; }
  /// Steps that utterance b takes: of an empty one, which writes its counts, one.
  SNN_HD int n_steps(int b) const {
    const int n_rows = scan.row_begin[b + 1] - scan.row_begin[b];
    return n_rows > 0 ? n_rows : 1;
  }

  /// Numbers of a room: the matrix, as [what it leaves][where it arrives], and twice N.
  SNN_HD static std::size_t room_size(int n_neurons) { return area(n_neurons, odd_pitch(n_neurons) + 2); }
  /// Copies every stride-th column of the matrix to the room, from the first-th on.
  SNN_HD void load(Real* room, int first, int stride) const {
    const int n = n_neurons(), row = static_cast<int>(scan.shape.index(1, 0));
    for (int column = first; column < n; column += stride) {
      Real* to = room + (kForward ? area(column, odd_pitch(n)) : area(1, column));
      Column<Real> weights[] = {{w + column, row, n}};
      walk_columns<kSumRows>(weights, n, [&](const Real(&weight)[1]) {
        *to = weight[0];
        to += kForward ? 1 : odd_pitch(n);
      });
    }
  }

  /// Neuron n of utterance b takes its k-th step, in the room that everybody's weights are in, and everybody's step before.
  SNN_HD void take(int b, int k, int n, Real* room, Tile& tile) const {
    const int n_all = n_neurons();
    Real* leaves = room + area(n_all, odd_pitch(n_all));
    Real arrives = Real(0);
    if (k > 0) arrives = arriving(room + n, leaves + area((k - 1) % 2, n_all));
    const Step step{.scan = scan, .state = {}, .step = kForward ? k : n_steps(b) - 1 - k};
    step.take(b, n, n + 1, k > 0 ? &arrives : nullptr, leaves + area(k % 2, n_all) + n, tile);
  }

 private:
  /// Odd, so that neighbours in a row and in a column lie in different banks of a GPU's shared memory.
  SNN_HD static int odd_pitch(int n_neurons) { return n_neurons | 1; }

  /// Sum over all neurons, in order, of what left times the weight to this one.
  SNN_HD Real arriving(const Real* weights, const Real* leaves) const {
    const int n = n_neurons();
    Real sum = Real(0);
    for (int from = 0; from < n; ++from) {
      sum += leaves[from] * *weights;
      weights += odd_pitch(n);
    }
    return sum;
  }
};

/// The drive of step t takes in W_r s[t-1]. [ScSr Eq. 11]
template <class Real>
struct ForwardWalk : LateralWalk<Real, ForwardStep<Real>, ForwardTile<Real, 1>, true> {};

/// The error of step t takes in W_r^T delta[t+1]. [Ossicle lateral error]
template <class Real>
struct BackwardWalk : LateralWalk<Real, BackwardStep<Real>, BackwardTile<Real, 1>, false> {};

}  // namespace snn
