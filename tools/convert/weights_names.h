#pragma once
// The arrays of a file of weights under the names of snn/MODEL.md, and the constants that it states.
#include <string>
#include <vector>

#include "snn/files/weights_file.h"
#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace tools {

/// A constant of a neuron of snnTorch.
struct StatedConstant {
  std::string name;  ///< of the tensor
  std::string what;  ///< "alpha", "threshold", "graded_spikes_factor" or "reset_mechanism_val"
  std::vector<float> values;
};

struct NamedWeights {
  snn::Tensors tensors;
  std::vector<StatedConstant> constants;
};

/// Names of ours stay; fcN.weight is w_(N-1)_N; skip_K_L.weight is w_K_L; lifN.V or lifN.recurrent.V is w_self_N; lifN.beta is
/// theta_N, and tau_m_N becomes theta_N = 1 - 1/tau_m (one value stands for all neurons of a layer, as of V); fcN.bias is bias_N.
/// Two tensors of one name must be equal. Of snnTorch's other buffers lifN.alpha, .threshold, .graded_spikes_factor and .reset_mechanism_val are
/// constants, lifN.mem, .syn and .spk are states and left out.
/// `names` (THEIRS=OURS; THEIRS= drops the tensor, which is not read then) come first, and their right sides may be any of these
/// names. Throws std::invalid_argument naming the tensor for unknown names and two tensors of one name that differ, and what
/// WeightsFile::read throws.
NamedWeights name_weights(const snn::WeightsFile& theirs, const std::vector<std::string>& names);

/// Throws std::invalid_argument naming the first tensor that says otherwise than the network. snnTorch's current lacks the factor
/// 1/tau_s, so that its threshold is v_th * tau_s (snn/NIR.md, section 5).
void check_constants(const std::vector<StatedConstant>& constants, const snn::NetworkParams& network);

/// The first of them for a message, and how many more there are.
std::string first_of(const std::vector<std::string>& names);

}  // namespace tools
