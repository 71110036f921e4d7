#pragma once
// Weights made elsewhere as a model.
#include <optional>
#include <string>
#include <vector>

#include "snn/model_file.h"
#include "snn/presets.h"

namespace tools {

/// What the weights' file does not say.
struct ImportContext {
  std::optional<snn::Model>
      like;  ///< its network's shape and constants must be the weights'; constants may be overruled
  snn::TrainingChoices constants;  ///< tau_m, tau_s, v_th, input_scale; without `like`, tau_s and v_th must be set
  std::vector<std::string> classes;
  std::string input_kind;
  std::string recipe_json;
  int n_channels = 0;              ///< of the stream; 0: not known
  std::vector<std::string> names;  ///< THEIRS=OURS; THEIRS= drops the tensor
};

/// The tensors under the names of MODEL.md. Names of ours stay; fcN.weight is w_(N-1)_N; skip_K_L.weight is w_K_L;
/// lifN.V or lifN.recurrent.V is w_self_N; lifN.beta is theta_N, and tau_m_N becomes theta_N = 1 - 1/tau_m (one value stands for all
/// neurons of a layer); fcN.bias must be zeros, for the network has none. `names` come first, and their right sides may be any
/// of these names. Throws std::invalid_argument naming the tensor for unknown names, a shape that does not fit, a bias, and two
/// tensors of one name.
snn::Tensors rename(const snn::Tensors& theirs, const std::vector<std::string>& names);

/// The model: sizes and connections from the shapes of `tensors` (names of MODEL.md), thetas that are absent from tau_m. Without
/// `like` a layer counts as trained by BIP if its thetas are not all those of tau_m. Throws std::invalid_argument naming the
/// tensor that is missing or does not fit, and the constant that is not given.
snn::Model import_weights(snn::Tensors tensors, const ImportContext& context);

}  // namespace tools
