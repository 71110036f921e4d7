#pragma once
// Weights made elsewhere as a model: the arrays of their file under the names of snn/MODEL.md.
#include <string>
#include <vector>

#include "snn/files/model_file.h"
#include "snn/files/weights_file.h"
#include "snn/model/params.h"
#include "snn/model/presets.h"
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
/// theta_N, and tau_m_N becomes theta_N = 1 - 1/tau_m (one value stands for all neurons of a layer, as of V); fcN.bias must be zeros, for
/// the network has none. Two tensors of one name must be equal. Of snnTorch's other buffers lifN.alpha, .threshold, .graded_spikes_factor and .reset_mechanism_val are
/// constants, lifN.mem, .syn and .spk are states and left out.
/// `names` (THEIRS=OURS; THEIRS= drops the tensor, which is not read then) come first, and their right sides may be any of these
/// names. Throws std::invalid_argument naming the tensor for unknown names, a bias, and two tensors of one name that differ, and what
/// WeightsFile::read throws.
NamedWeights name_weights(const snn::WeightsFile& theirs, const std::vector<std::string>& names);

/// Throws std::invalid_argument naming the first tensor that says otherwise than the network. snnTorch's current lacks the factor
/// 1/tau_s, so that its threshold is v_th * tau_s (snn/NIR.md, section 5).
void check_constants(const std::vector<StatedConstant>& constants, const snn::NetworkParams& network);

/// What the weights' file does not say.
struct ImportContext {
  snn::Model target;     ///< classes, input_kind, recipe_json and, where it is a model that exists, training
  bool is_like = false;  ///< that it exists: the weights must fit its network, whose constants may be overruled
  snn::TrainingChoices
      constants;       ///< values of tau_m, tau_s, v_th, input_scale; unless is_like, tau_s and v_th must be set
  int n_channels = 0;  ///< of the stream; 0: not known
  std::vector<std::string> names;  ///< THEIRS=OURS; THEIRS= drops the tensor
};

/// The model: sizes and connections from the shapes of the file's tensors under the names of name_weights(), thetas
/// that are absent from tau_m. Unless is_like a layer counts as trained by BIP if its thetas are not all those of tau_m. Throws
/// std::invalid_argument naming the tensor that is missing or does not fit, the constant that is not given, and what
/// name_weights() and check_constants() throw.
snn::Model import_weights(const snn::WeightsFile& file, const ImportContext& context);

}  // namespace tools
