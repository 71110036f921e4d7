#pragma once
// A normalised network as the plain one that computes the same once its means and variances stand still.
#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace snn {

struct Folded {
  NetworkParams network;  ///< with biases, not normalised
  Tensors parameters;     ///< parameter_list(network)
};

/// Weights times gain / deviation of the neuron that they lead to, and biases less the scaled mean, by the running means and
/// variances; computed in double. A network that is not normalised comes back as it is. parameters: parameter_list(network).
/// [BatchNorm folded]
Folded fold_normalisation(const NetworkParams& network, Tensors parameters);

}  // namespace snn
