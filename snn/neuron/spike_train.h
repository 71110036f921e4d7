#pragma once
// Back-propagation at the level of spike trains (HM2-BP, ST-RSBP): a neuron's error is one number for an utterance, that of
// its total postsynaptic potential a, the sum of its potentials at its own spikes. o: its spikes in the utterance.
#include "snn/base/hd.h"

namespace snn {

/// What a unit of current in a step adds to the potential of the neuron's next spike, this step's included; 0 behind the last
/// one. A spike's reset ends the effect of what came before. response_after: this function's result of the step after.
/// Filtered backward (psc_error_step) it is the S-PSP of one source spike in that step; summed over the source's spikes,
/// that of the pair of trains. [HM2BP S-PSP]
template <class Real>
SNN_HD Real spike_response_step(bool spike, Real theta, Real response_after) {
  return spike ? Real(1) : theta * response_after;
}

/// Error of the total potential, from that of the count: o = a / v_th. [HM2BP firing count]
template <class Real>
SNN_HD Real total_potential_error(Real count_error, Real v_th) {
  return count_error / v_th;
}

/// Error of the count of a hidden neuron: its S-PSPs grow in proportion to it, so that each spike has the same share.
/// spike_error: what its targets' errors come to at its spikes, summed. A neuron without spikes has none. [HM2BP presynaptic]
template <class Real>
SNN_HD Real count_error(Real spike_error, Real count) {
  return count > Real(0) ? spike_error / count : Real(0);
}

/// Whether a neuron is taken for one that fires at every step, its response 1: an output neuron that should fire and never
/// does could not learn to otherwise. The authors' programs put evenly spaced spikes into it for the backward pass, with
/// nearly the same responses where they are much closer than tau_m. [HM2BP silent label]
template <class Real>
SNN_HD bool is_called(Real count_error, Real count) {
  return count == Real(0) && count_error < Real(0);
}

/// What a weight's effect on the potential is multiplied by, as a larger count has more potentials to be summed:
/// 1 + a / (v_th o), where the S-PSPs grow in proportion to the neuron's own count too. [HM2BP postsynaptic]
template <class Real>
SNN_HD Real own_count_factor(Real total_potential, Real count, Real v_th) {
  return Real(1) + (count > Real(0) ? total_potential / (v_th * count) : Real(0));
}

/// The share of a count's error that comes back through the self-connection, at most kMaxSelfShare: where every spike calls
/// forth another one it nears 1, and beyond it the equation has no meaning. self_psp: S-PSP of the neuron's own train.
/// [STRSBP self share]
template <class Real>
SNN_HD Real self_share(Real w_self, Real self_psp, Real count, Real v_th) {
  constexpr Real kMaxSelfShare = Real(0.5);  // an error at most doubles; the papers have no bound
  const Real share = count > Real(0) ? w_self * self_psp / (v_th * count) : Real(0);
  return share < kMaxSelfShare ? share : kMaxSelfShare;
}

/// The error that solves error = arriving + share * error: the recurrent layer's system of equations, which is one equation
/// for each neuron where neurons are connected to themselves alone. [STRSBP recurrent error]
template <class Real>
SNN_HD Real recurrent_error(Real arriving, Real share) {
  return arriving / (Real(1) - share);
}

}  // namespace snn
