#pragma once
// Back-propagated intrinsic plasticity: theta = 1 - 1/tau_m is trained for each neuron.
#include "snn/base/hd.h"

namespace snn {

/// This step's part of dL/dtheta. carried: the post-reset potential that theta multiplied in this step. [ScSr Eq. 21]
template <class Real>
SNN_HD Real dtheta_term(Real delta, Real carried) {
  return delta * carried;
}

}  // namespace snn
