#pragma once
// From a recipe to the shell line that runs it.
#include <string>

#include "frontend/stream/recipe.h"

namespace tools {

/// The shell line that takes a recording, or events, through the recipe to a prediction of the model. Throws
/// std::runtime_error if the recipe is empty or a stage of it is unknown.
std::string pipeline(const ear::Recipe& recipe, const std::string& model_path);

/// Steps of a record made by the recipe, as far as it says: `usual` where it leaves the number to the recording.
int steps_of(const ear::Recipe& recipe, int usual);

}  // namespace tools
