#pragma once
// What ossicle-info prints.
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "frontend/stream/recipe.h"
#include "frontend/stream/summary.h"
#include "snn/files/checkpoint.h"

namespace tools {

/// All that a stream, a model or a checkpoint holds, as one JSON object.
nlohmann::ordered_json stream_report(const std::string& name, const ear::Header& header, const ear::Summary& summary);
nlohmann::ordered_json model_report(const std::string& name, const snn::Model& model, const ear::Recipe& recipe);
nlohmann::ordered_json checkpoint_report(const std::string& name, const snn::Checkpoint& checkpoint,
                                         const ear::Recipe& recipe);

/// The same for a person: a line a value, nested ones indented.
std::string to_text(const nlohmann::ordered_json& report);

}  // namespace tools
