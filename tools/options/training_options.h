#pragma once
// The flags of a training run, one for each field of snn::TrainingChoices.
#include <CLI/CLI.hpp>
#include <string>

#include "snn/model/presets.h"

namespace tools {

/// Adds the flags to `app`; what the user does not give stays unset. `choices` must live as long as `app`.
void add_training_options(CLI::App& app, snn::TrainingChoices& choices);

/// Those of them that a network computes with, whatever trained it: --tau-m, --tau-s, --threshold and --input-scale.
void add_network_constants(CLI::App& app, snn::TrainingChoices& choices, const std::string& group);

}  // namespace tools
