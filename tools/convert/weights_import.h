#pragma once
// Weights made elsewhere as a model: the arrays of their file under the names of snn/MODEL.md.
#include <string>
#include <vector>

#include "snn/files/model_file.h"
#include "snn/files/weights_file.h"
#include "snn/model/params.h"
#include "snn/model/presets.h"

namespace tools {

/// What the weights' file does not say.
struct ImportContext {
  snn::Model target;     ///< classes, input_kind, recipe_json and, where it is a model that exists, training
  bool is_like = false;  ///< that it exists: the weights must fit its network, whose constants may be overruled
  snn::TrainingChoices
      constants;  ///< values of tau_m, tau_s, tau_a, v_th, input_scale, output_layer; unless is_like, tau_s and v_th must be set
  int n_channels = 0;              ///< of the stream; 0: not known
  std::vector<std::string> names;  ///< THEIRS=OURS; THEIRS= drops the tensor
};

/// The model: sizes, connections, delays and adaptive layers from the names and shapes of the file's tensors under the names of
/// name_weights(), thetas that are absent from tau_m, rhos from tau_a, and 0 for biases that are absent beside others (biases that are
/// all 0 are none). Unless is_like a layer counts as trained by BIP if its thetas are not all those of tau_m. Throws
/// std::invalid_argument naming the tensor that is missing or does not fit, the constant that is not given, and what
/// name_weights() and check_constants() throw.
snn::Model import_weights(const snn::WeightsFile& file, const ImportContext& context);

}  // namespace tools
