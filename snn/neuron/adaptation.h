#pragma once
// Adaptation: a current that every spike of the neuron raises and that works against its firing.
#include "snn/base/hd.h"

namespace snn {

/// The adaptation after a step: it decays by rho = 1 - 1/tau_a and grows by 1 with a spike. SE-adLIF's current without its
/// part from the potential. [SEadLIF adaptation]
template <class Real>
SNN_HD Real adaptation_step(Real rho, Real before, bool spike) {
  return rho * before + (spike ? Real(1) : Real(0));
}

/// Input current less what the adaptation of the step before takes away. strength: at least 0. [SEadLIF current]
template <class Real>
SNN_HD Real adapted_current(Real current, Real strength, Real adaptation_before) {
  return current - strength * adaptation_before;
}

/// dL/d adaptation, without the factor -strength: delta of the steps after, decayed. after: this function's result of the
/// step after; delta: dL/dI of this step. [SEadLIF error]
template <class Real>
SNN_HD Real adaptation_error_step(Real rho, Real after, Real delta) {
  return rho * after + delta;
}

/// Error of a spike through the adaptation that it raises. after: adaptation_error_step of the step after.
/// [SEadLIF spike error]
template <class Real>
SNN_HD Real adaptation_spike_error(Real strength, Real after) {
  return -strength * after;
}

/// This step's part of dL/dstrength: minus delta of every step times the adaptation before it, which is the same sum over the
/// spikes. [SEadLIF strength]
template <class Real>
SNN_HD Real dstrength_term(Real after, bool spike) {
  return spike ? -after : Real(0);
}

/// This step's part of dL/drho. twice: adaptation_error_step of the errors themselves, two steps after. [SEadLIF decay]
template <class Real>
SNN_HD Real drho_term(Real strength, Real twice, bool spike) {
  return spike ? -strength * twice : Real(0);
}

}  // namespace snn
