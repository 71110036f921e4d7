#pragma once
// The first-order synapse, of the network's input and of spikes alike.
#include "snn/base/hd.h"

namespace snn {

/// Postsynaptic current after a step. keep_s = 1 - 1/tau_s, gain_s = 1/tau_s; x: the input value, or 1 for a spike and
/// 0 without. The paper's Eq. 6 lacks the factor gain_s; the program's has it, and the warm-up limit only makes sense
/// with it. For x in [0, 1] the result stays in [0, 1]. [ScSr Eq. 6]
template <class Real>
SNN_HD Real psc_step(Real keep_s, Real gain_s, Real before, Real x) {
  return keep_s * before + gain_s * x;
}

/// Error of the PSC's input: the same filter run backward in time, where the paper sums over all later steps.
/// after: this function's result of the step after; arriving: dL/da of this step. [TSSLBP error trace]
template <class Real>
SNN_HD Real psc_error_step(Real keep_s, Real gain_s, Real after, Real arriving) {
  return keep_s * after + gain_s * arriving;
}

/// What psc_step has to take in for its state to go from `before` to `psc`. [Ossicle direct input]
template <class Real>
SNN_HD Real before_synapse(Real keep_s, Real gain_s, Real before, Real psc) {
  return (psc - keep_s * before) / gain_s;
}

}  // namespace snn
