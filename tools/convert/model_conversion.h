#pragma once
// Models to and from other tools' files: NIR graphs out, weights in (snn/NIR.md).
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "snn/model/presets.h"
#include "tools/common/run_tool.h"

namespace tools {

/// What a person sets for a conversion from or to a model.
struct ModelConversion {
  std::optional<double> dt_ms;     ///< > 0, length of a step; not set: the recipe's, or 1 where it has none
  bool exact = false;              ///< time constants for a simulator that decays by exp(-dt/tau)
  bool affine = false;             ///< connections as Affine nodes with a bias of zeros instead of Linear ones
  std::string readout = "spikes";  ///< what the graph's output carries: "spikes", or "psc", their postsynaptic currents
  std::string like;                ///< a model that gives constants, classes, kind and recipe
  std::string stream;              ///< a stream that gives classes, kind and recipe
  std::vector<std::string> names;  ///< THEIRS=OURS, before the names that are known; THEIRS= drops the tensor
  bool overwrite = false;          ///< whether a model may be replaced
  snn::TrainingChoices constants;  ///< of it: values of tau_m, tau_s, tau_a, v_th, input_scale, output_layer
};

/// Adds the flags to `app`; `conversion` holds the defaults and must live as long as `app`.
void add_model_options(CLI::App& app, ModelConversion& conversion);

/// Throws std::invalid_argument naming the first flag that a conversion from that format has no use for.
void check_model_options(const std::string& from, const ModelConversion& conversion);

/// Formats, by name: "model" (as ossicle-train writes it) to "nir", and "safetensors" (weights made elsewhere) to "model".
/// `input` may be "-"; `output` must be a file for "nir". Throws std::invalid_argument for other pairs and for values that do
/// not fit, std::runtime_error for files, std::system_error where writing fails.
void convert_model(const std::string& from, const std::string& to, const std::string& input, const std::string& output,
                   const ModelConversion& conversion, Context& context);

}  // namespace tools
