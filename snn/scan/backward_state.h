#pragma once
// What the backward scan knows of each neuron.
#include "snn/base/hd.h"

namespace snn {

/// What a layer has beside the paper's neurons: known to the compiler, so that each pays for its own.
enum class Beside {
  kNothing,
  kSpikeErrors,  ///< biases, and errors come in as those of the spikes
  kEither,       ///< one of the two, or both, or nothing
  kAdaptation,   ///< and that
};

/// A neuron's constants; w is the weight of BackwardState::after.
template <class Real>
struct BackwardNeuron {
  Real keep, w, strength, decay, bound;
};

/// What a neuron carries from step to step: delta of the step after, filtered error of the PSC, error of the potential, error of
/// the drive of the step after, errors of the adaptation. And its sums: an utterance's parts of the neuron's gradients.
template <class Real>
struct BackwardState {
  Real after = Real(0), trace = Real(0), error = Real(0), drive = Real(0), adapted = Real(0), twice = Real(0);
  Real sum_self = Real(0), sum_theta = Real(0), sum_bias = Real(0), sum_strength = Real(0), sum_rho = Real(0);
};

/// Both of a tile's neurons, each number of all of them side by side.
template <class Real, int kWidth>
struct BackwardTile {
  Real keep[kWidth] = {}, w[kWidth] = {}, strength[kWidth] = {}, decay[kWidth] = {}, bound[kWidth] = {};
  Real after[kWidth] = {}, trace[kWidth] = {}, error[kWidth] = {}, drive[kWidth] = {}, adapted[kWidth] = {};
  Real twice[kWidth] = {}, sum_self[kWidth] = {}, sum_theta[kWidth] = {}, sum_bias[kWidth] = {};
  Real sum_strength[kWidth] = {}, sum_rho[kWidth] = {};

  SNN_HD BackwardNeuron<Real> neuron(int j) const { return {keep[j], w[j], strength[j], decay[j], bound[j]}; }
  SNN_HD void set(int j, const BackwardNeuron<Real>& c) {
    keep[j] = c.keep, w[j] = c.w, strength[j] = c.strength, decay[j] = c.decay, bound[j] = c.bound;
  }

  SNN_HD BackwardState<Real> state(int j) const {
    return {after[j],    trace[j],     error[j],    drive[j],        adapted[j], twice[j],
            sum_self[j], sum_theta[j], sum_bias[j], sum_strength[j], sum_rho[j]};
  }
  template <Beside kBeside>
  SNN_HD void set(int j, const BackwardState<Real>& s) {
    after[j] = s.after, trace[j] = s.trace, error[j] = s.error, drive[j] = s.drive;
    sum_self[j] = s.sum_self, sum_theta[j] = s.sum_theta;
    if constexpr (kBeside != Beside::kNothing) sum_bias[j] = s.sum_bias;
    if constexpr (kBeside != Beside::kAdaptation) return;
    adapted[j] = s.adapted, twice[j] = s.twice, sum_strength[j] = s.sum_strength, sum_rho[j] = s.sum_rho;
  }
};

}  // namespace snn
