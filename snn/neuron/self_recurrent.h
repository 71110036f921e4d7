#pragma once
// The self-connection: a neuron's own PSC of the step before, times its weight.
#include "snn/base/hd.h"

namespace snn {

/// Input current from the neuron's own PSC of the step before. [ScSr Eq. 8]
template <class Real>
SNN_HD Real self_current(Real w_self, Real psc_before) {
  return w_self * psc_before;
}

/// Error arriving at the neuron's PSC: da from later layers or the loss, plus what the next step's current passes back
/// through the self-connection. delta_after: dL/dI of the step after, 0 behind the last step. [ScSr Eq. 18]
template <class Real>
SNN_HD Real arriving_error(Real da, Real w_self, Real delta_after) {
  return da + w_self * delta_after;
}

/// This step's part of dL/dw_self. The paper pairs delta of every step with the PSC of the step before it; as the PSC is
/// the filtered spikes, the same sum pairs every spike with the filtered error of the steps after it. drive_error_after:
/// psc_error_step of delta at the step after, 0 behind the last step. [ScSr Eq. 17]
template <class Real>
SNN_HD Real dw_self_term(Real drive_error_after, bool spike) {
  return drive_error_after * (spike ? Real(1) : Real(0));
}

}  // namespace snn
