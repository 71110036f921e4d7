#pragma once
// The leaky integrate-and-fire neuron: one time step, one function per equation (EQUATIONS.md). Scalars in, scalars
// out; Real is float or double. No function here is fused or reordered by the build, so equal inputs give equal bits on
// every back end.
#include "snn/base/hd.h"

namespace snn {

/// What the synapse of a neuron takes in: the summed input of this step and the neuron's bias. [Ossicle bias]
template <class Real>
SNN_HD Real biased_drive(Real drive, Real bias) {
  return drive + bias;
}

/// Membrane potential before the reset. theta = 1 - 1/tau_m of the neuron; carried: potential after the last step's
/// reset; current: summed synaptic input of this step. [ScSr Eq. 20]
template <class Real>
SNN_HD Real membrane_potential(Real theta, Real carried, Real current) {
  return theta * carried + current;
}

/// Whether the neuron fires: strictly above the threshold, as in the public TSSL-BP program. [ScSr Eq. 5]
template <class Real>
SNN_HD bool fires(Real u, Real v_th) {
  return u > v_th;
}

/// Potential carried to the next step: reset to zero by a spike. The paper's equations leave the reset out and its text
/// mentions it; this is the public program's. [TSSLBP reset]
template <class Real>
SNN_HD Real carried_potential(Real u, bool spike) {
  return spike ? Real(0) : u;
}

}  // namespace snn
