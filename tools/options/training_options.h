#pragma once
// The flags of a training run: one for each field of params_fields.h that has help, and those of the topology.
#include <CLI/CLI.hpp>
#include <string>

#include "snn/model/presets.h"

namespace tools {

/// Adds the flags to `app`; what the user does not give stays unset. `choices` must live as long as `app`.
void add_training_options(CLI::App& app, snn::TrainingChoices& choices);

/// Those of them that a network computes with and that its arrays do not say: the fields of snn::NetworkParams but for
/// switches, without a default.
void add_network_constants(CLI::App& app, snn::TrainingChoices& choices, const std::string& group);

}  // namespace tools
