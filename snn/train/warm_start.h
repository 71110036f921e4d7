#pragma once
// Training that starts from a model instead of drawn parameters.
#include <string>
#include <vector>

#include "snn/files/model_file.h"
#include "snn/model/presets.h"

namespace snn {

/// As resolve(), for a training that starts from `model`: its network is taken, with the number of classes of the new
/// data; everything else is the preset's or the user's. Throws std::invalid_argument too if the data have other channels,
/// and for a choice about the network that the model contradicts, naming both.
Resolved resolve_from(const Model& model, const TrainingChoices& choices, int n_channels, int n_classes);

/// Throws std::invalid_argument for a choice of initial values of which a training on `classes` from `model` draws none: only
/// output neurons of new classes are drawn. Numbers of 0 ask for nothing.
void require_drawn(const TrainingChoices& choices, const Model& model, const std::vector<std::string>& classes);

struct WarmStart {
  Tensors parameters;                      ///< parameter_list(params.network)
  std::vector<std::string> new_classes;    ///< whose output neurons begin anew, in the order of the new list
  std::vector<std::string> taken_classes;  ///< whose output neurons are the model's, likewise
  std::vector<std::string> left_classes;   ///< of the model, that the new list has not
};

/// The model's parameters for training on `classes`. What enters an output neuron (its row of each w_K_L, its w_self and theta)
/// goes with its class' name, to the class' new row; the neuron of a class that the model does not know is drawn as
/// initial_parameters draws it. params: as resolve_from gives them. Throws std::invalid_argument if model, classes and
/// params do not fit together.
WarmStart warm_start(const Model& model, const std::vector<std::string>& classes, const TrainingParams& params);

}  // namespace snn
