#pragma once
// Weights made elsewhere as a model.
#include <optional>
#include <string>
#include <vector>

#include "snn/files/model_file.h"
#include "snn/files/weights_file.h"
#include "snn/model/presets.h"

namespace tools {

/// What the weights' file does not say.
struct ImportContext {
  std::optional<snn::Model>
      like;  ///< its network's shape and constants must be the weights'; constants may be overruled
  snn::TrainingChoices
      constants;  ///< values of tau_m, tau_s, v_th, input_scale; without `like`, tau_s and v_th must be set
  std::vector<std::string> classes;
  std::string input_kind;
  std::string recipe_json;
  int n_channels = 0;              ///< of the stream; 0: not known
  std::vector<std::string> names;  ///< THEIRS=OURS; THEIRS= drops the tensor
};

/// The model: sizes and connections from the shapes of the file's tensors under the names of MODEL.md (weights_names.h), thetas
/// that are absent from tau_m. Without `like` a layer counts as trained by BIP if its thetas are not all those of tau_m. Throws
/// std::invalid_argument naming the tensor that is missing or does not fit, the constant that is not given, and what
/// name_weights() and check_constants() throw.
snn::Model import_weights(const snn::WeightsFile& file, const ImportContext& context);

}  // namespace tools
