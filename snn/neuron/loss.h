#pragma once
// The losses: value and gradient of one output neuron. psc: output PSC a; sum: its sum over an utterance's steps.
#include <cmath>

#include "snn/base/hd.h"
#include "snn/neuron/exponential.h"

namespace snn {

/// Desired spike of the labelled neuron at step t: every other step from t = 1; utterances below 10 steps: all but
/// every fifth from t = 0. The public program's pattern, cut at any number of steps. [TSSLBP target]
SNN_HD bool desired_spike(int t, int n_steps) {
  return n_steps >= 10 ? t % 2 == 1 : t % 5 != 0;
}

/// One step's part of the kernel loss, 1/2 (a - target)^2. error: kernel_error of the step. [ScSr Eq. 12]
SNN_HD double kernel_loss(double error) {
  return 0.5 * error * error;
}

/// Gradient of the kernel loss to a. target: the filtered desired spikes, 0 for other neurons. The paper has desired
/// minus actual, which would climb. [ScSr Eq. 15]
template <class Real>
SNN_HD Real kernel_error(Real psc, Real target) {
  return psc - target;
}

/// Gradient of the count loss T/2 sum D^2 to a at every step: D = (sum - wanted)/T, only while it pulls the labelled
/// neuron up or another one down. [TSSLBP count error]
template <class Real>
SNN_HD Real count_error(Real sum, Real wanted, bool labelled, Real inv_n_steps) {
  const Real difference = (sum - wanted) * inv_n_steps;
  const bool pulls = labelled ? difference < Real(0) : difference > Real(0);
  return pulls ? difference : Real(0);
}

/// An utterance's part of the count loss, T/2 D^2. difference: D as count_error gives it. [TSSLBP count loss]
SNN_HD double count_loss(double n_steps, double difference) {
  return 0.5 * n_steps * difference * difference;
}

/// What a class should get: 1 for the labelled one, of which a share is spread over all K. [LabelSmoothing target]
template <class Real>
SNN_HD Real smoothed_target(bool labelled, Real smoothing, int n_classes) {
  return (labelled ? Real(1) - smoothing : Real(0)) + smoothing / static_cast<Real>(n_classes);
}

/// What an utterance gets of its own and of another one's inputs and targets. share: of the other, 0..1. [Mixup mixed]
template <class Real>
SNN_HD Real mixed(Real own, Real other, Real share) {
  return own + share * (other - own);
}

/// Gradient of the mean cross-entropy of softmax(logits) to the logit: with the sums as logits, to a at every step. weight:
/// exp(logit - largest); total: sum of all weights; target: 1 for the labelled class, 0 for others, or smoothed.
/// [TSSLBP softmax error]
template <class Real>
SNN_HD Real softmax_error(Real weight, Real total, Real target, Real inv_batch) {
  return (weight / total - target) * inv_batch;
}

/// The logit of loss mean-softmax: gain times the mean of a over the steps. [Ossicle mean logit]
template <class Real>
SNN_HD Real mean_logit(Real sum, Real gain, Real n_steps) {
  return sum * (gain / n_steps);
}

/// A class's part of an utterance's cross-entropy, in the mean over the batch. below: its logit less the largest one; target: as
/// above. [TSSLBP softmax loss]
SNN_HD double softmax_loss(double total, double below, double target, double inv_batch) {
  return target * (std::log(total) - below) * inv_batch;
}

}  // namespace snn
