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

/// Gradient of the mean cross-entropy of softmax(sums) to a at every step. weight: exp(sum - largest); total: sum of
/// all weights. [TSSLBP softmax error]
template <class Real>
SNN_HD Real softmax_error(Real weight, Real total, bool labelled, Real inv_batch) {
  return (weight / total - (labelled ? Real(1) : Real(0))) * inv_batch;
}

/// An utterance's part of the mean cross-entropy. below: sum of the labelled neuron less the largest sum.
/// [TSSLBP softmax loss]
SNN_HD double softmax_loss(double total, double below, double inv_batch) {
  return (std::log(total) - below) * inv_batch;
}

}  // namespace snn
