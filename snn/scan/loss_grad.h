#pragma once
// From the output layer's PSCs to loss and error.
#include "snn/base/hd.h"
#include "snn/model/params.h"
#include "snn/neuron/loss.h"
#include "snn/neuron/psc.h"
#include "snn/scan/gather_batch.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// Error of the output PSCs, and each neuron's part of the loss. Every utterance counts with its own number of steps; one
/// without a label has neither error nor loss. Loss parts: kernel 1/2 sum_t (a - target)^2; count T/2 D^2; softmax -log p
/// at the labelled neuron, over the utterances with a label.
template <class Real>
struct LossGrad {
  Shape shape;
  const int* row_begin;  // [B + 1]
  const Real* psc;       // [rows][K]
  const Real* sums;      // [B][K]
  const int* labels;     // [B], 0..K-1, or -1: none
  int n_labelled;
  Real* error;   // [rows][K], out: dL/da
  double* loss;  // [B][K], out
  LossKind kind;
  int target_passes;                    // kernel: 1..2
  Real desired_share, undesired_share;  // count: of the utterance's steps
  Real logit_gain, label_smoothing;     // softmax losses
  Real keep_s, gain_s;
  const UtteranceView* mixed_with = nullptr;  // [B], whose labels count as well (softmax losses); or null: none

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int k = first; k < last; ++k) {
      const bool labelled = labels[b] == k;
      if (labels[b] < 0) {
        loss[shape.batch_index(b, k)] = 0.0;
        fill(b, k, Real(0));
      } else {
        loss[shape.batch_index(b, k)] = kind == LossKind::kKernel ? kernel(b, k, labelled) : constant(b, k, labelled);
      }
    }
  }

 private:
  SNN_HD double kernel(int b, int k, bool labelled) const {
    const int n_steps = row_begin[b + 1] - row_begin[b];
    Real once = Real(0), twice = Real(0);
    double loss_sum = 0.0;
    int t = 0;
    Real* to = error + shape.index(row_begin[b], k);
    Column<Real> columns[] = {{psc + shape.index(row_begin[b], k), shape.pitch(), n_steps}};
    walk_columns<kColumnRows>(columns, n_steps, [&](const Real(&a)[1]) {
      once = psc_step(keep_s, gain_s, once, labelled && desired_spike(t, n_steps) ? Real(1) : Real(0));
      twice = psc_step(keep_s, gain_s, twice, once);
      const Real e = kernel_error(a[0], target_passes == 1 ? once : twice);
      *to = e;
      to += shape.pitch();
      loss_sum += kernel_loss(static_cast<double>(e));
      ++t;
    });
    return loss_sum;
  }

  /// What class k should get of the softmax.
  SNN_HD Real target_of(int b, int k) const {
    const Real own = smoothed_target(labels[b] == k, label_smoothing, shape.n_neurons);
    const int partner = mixed_with != nullptr ? mixed_with[b].partner : -1;
    if (partner < 0) return own;
    const Real other = smoothed_target(labels[partner] == k, label_smoothing, shape.n_neurons);
    return mixed(own, other, static_cast<Real>(mixed_with[b].share));
  }

  SNN_HD void fill(int b, int k, Real e) const {
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) error[shape.index(row, k)] = e;
  }

  /// The losses whose error is the same at every step.
  SNN_HD double constant(int b, int k, bool labelled) const {
    const Real n_steps = static_cast<Real>(row_begin[b + 1] - row_begin[b]);
    const Real* own = sums + shape.batch_index(b, 0);
    double part = 0.0;
    Real e = Real(0);
    if (kind == LossKind::kCount) {
      e = count_error(own[k], (labelled ? desired_share : undesired_share) * n_steps, labelled, Real(1) / n_steps);
      part = count_loss(static_cast<double>(n_steps), static_cast<double>(e));
    } else {
      const bool of_means = kind == LossKind::kMeanSoftmax;
      const auto logit = [&](int i) { return of_means ? mean_logit(own[i], logit_gain, n_steps) : own[i]; };
      Real largest = logit(0), total = Real(0);
      for (int i = 1; i < shape.n_neurons; ++i) largest = logit(i) > largest ? logit(i) : largest;
      for (int i = 0; i < shape.n_neurons; ++i) total += exponential(logit(i) - largest);
      const Real inv_batch = Real(1) / static_cast<Real>(n_labelled), below = logit(k) - largest;
      const Real target = target_of(b, k);
      e = softmax_error(exponential(below), total, target, inv_batch);
      if (of_means) e = mean_logit(e, logit_gain, n_steps);
      if (target > Real(0))
        part = softmax_loss(static_cast<double>(total), static_cast<double>(below), target, inv_batch);
    }
    fill(b, k, e);
    return part;
  }
};

}  // namespace snn
