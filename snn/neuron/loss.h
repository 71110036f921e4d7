#pragma once
// The losses: value and gradient of one output neuron. psc: output PSC a; sum: its sum over an utterance's steps.
#include <cmath>

#include "snn/hd.h"
#include "snn/neuron/exponential.h"

namespace snn {

/// Desired spike of the labelled neuron at step t: every other step from t = 1; utterances below 10 steps: all but
/// every fifth from t = 0. The public program's pattern, cut at any number of steps. [TSSLBP target]
SNN_HD bool desired_spike(int t, int n_steps) {
  return n_steps >= 10 ? t % 2 == 1 : t % 5 != 0;
}

/// Gradient of the kernel loss 1/2 sum (a - target)^2 to a. target: the filtered desired spikes, 0 for other neurons.
/// [ScSr Eq. 12]
template <class Real>
SNN_HD Real kernel_error(Real psc, Real target) {
  return psc - target;
}

/// Gradient of the count loss T/2 sum D^2 to a at every step: D = (sum - wanted)/T, only while it pulls the labelled
/// neuron up or another one down. [TSSLBP count loss]
template <class Real>
SNN_HD Real count_error(Real sum, Real wanted, bool labelled, Real inv_n_steps) {
  const Real difference = (sum - wanted) * inv_n_steps;
  const bool pulls = labelled ? difference < Real(0) : difference > Real(0);
  return pulls ? difference : Real(0);
}

/// Gradient of the mean cross-entropy of softmax(sums) to a at every step. weight: exp(sum - largest); total: sum of
/// all weights. [TSSLBP softmax loss]
template <class Real>
SNN_HD Real softmax_error(Real weight, Real total, bool labelled, Real inv_batch) {
  return (weight / total - (labelled ? Real(1) : Real(0))) * inv_batch;
}

}  // namespace snn
