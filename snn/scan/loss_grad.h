#pragma once
// From the output layer's PSCs to sums, loss and error.
#include "snn/hd.h"
#include "snn/neuron/loss.h"
#include "snn/neuron/psc.h"
#include "snn/params.h"
#include "snn/scan/tile.h"
#include "snn/shape.h"

namespace snn {

/// Summed output PSC of each class, the number that decides.
template <class Real>
struct ClassSums {
  Shape shape;
  const Real* psc;     // [T][B][K]
  Real* sums;          // [B][K], out
  const int* n_valid;  // [B]

  Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    Real total[kWidth] = {};
    for (int t = 0; t < n_valid[b]; ++t) {
      const Real* row = psc + shape.index(t, b, first);
      for (int j = 0; j < last - first; ++j) total[j] += row[j];
    }
    for (int j = 0; j < last - first; ++j) sums[b * shape.n_neurons + first + j] = total[j];
  }
};

/// Error of the output PSCs, and each neuron's part of the loss. Every utterance counts with its own number of steps.
/// Loss parts: kernel 1/2 sum_t (a - target)^2; count T/2 D^2; softmax -log p at the labelled neuron, over B.
template <class Real>
struct LossGrad {
  Shape shape;
  const Real* psc;     // [T][B][K]
  const Real* sums;    // [B][K]
  const int* n_valid;  // [B]
  const int* labels;   // [B], 0..K-1
  Real* error;         // [T][B][K], out: dL/da, zero behind an utterance's end
  double* loss;        // [B][K], out
  LossKind kind;
  int target_passes;                    // kernel: 1..2
  Real desired_share, undesired_share;  // count: of the utterance's steps
  Real keep_s, gain_s;

  Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int k = first; k < last; ++k) {
      const bool labelled = labels[b] == k;
      loss[b * shape.n_neurons + k] = kind == LossKind::kKernel ? kernel(b, k, labelled) : constant(b, k, labelled);
      for (int t = n_valid[b]; t < shape.n_steps; ++t) error[shape.index(t, b, k)] = Real(0);
    }
  }

 private:
  SNN_HD double kernel(int b, int k, bool labelled) const {
    Real once = Real(0), twice = Real(0);
    double loss_sum = 0.0;
    for (int t = 0; t < n_valid[b]; ++t) {
      once = psc_step(keep_s, gain_s, once, labelled && desired_spike(t, n_valid[b]) ? Real(1) : Real(0));
      twice = psc_step(keep_s, gain_s, twice, once);
      const Real e = kernel_error(psc[shape.index(t, b, k)], target_passes == 1 ? once : twice);
      error[shape.index(t, b, k)] = e;
      loss_sum += kernel_loss(static_cast<double>(e));
    }
    return loss_sum;
  }

  /// The losses whose error is the same at every step.
  SNN_HD double constant(int b, int k, bool labelled) const {
    const Real n_steps = static_cast<Real>(n_valid[b]);
    const Real* row = sums + b * shape.n_neurons;
    double part = 0.0;
    Real e = Real(0);
    if (kind == LossKind::kCount) {
      e = count_error(row[k], (labelled ? desired_share : undesired_share) * n_steps, labelled, Real(1) / n_steps);
      part = count_loss(static_cast<double>(n_steps), static_cast<double>(e));
    } else {
      Real largest = row[0], total = Real(0);
      for (int i = 1; i < shape.n_neurons; ++i) largest = row[i] > largest ? row[i] : largest;
      for (int i = 0; i < shape.n_neurons; ++i) total += exponential(row[i] - largest);
      const Real inv_batch = Real(1) / static_cast<Real>(shape.n_batch);
      e = softmax_error(exponential(row[k] - largest), total, labelled, inv_batch);
      if (labelled) part = softmax_loss(static_cast<double>(total), static_cast<double>(row[k] - largest), inv_batch);
    }
    for (int t = 0; t < n_valid[b]; ++t) error[shape.index(t, b, k)] = e;
    return part;
  }
};

}  // namespace snn
