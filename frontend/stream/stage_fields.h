#pragma once
// Params structs as stages of a recipe, by their visit_fields() (base/fields.h).
#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <stdexcept>

#include "frontend/base/fields.h"
#include "frontend/stream/recipe.h"

namespace ear {

/// Throws std::runtime_error unless the stage is that tool's.
inline void require_tool(const RecipeStage& stage, const char* tool) {
  if (stage.tool != tool) throw std::runtime_error(fmt::format("recipe stage {}: wanted {}", stage.tool, tool));
}

/// Sets the value from the stage's parameter. Throws std::runtime_error if it is absent or of another type, or negative or beyond
/// 32 bits for an int.
template <class T>
void read_value(const RecipeStage& stage, const char* name, T& value) {
  if constexpr (requires { value.emplace(); }) {
    read_value(stage, name, value.emplace());
  } else if constexpr (std::is_same_v<T, int>) {
    const auto found = get<std::int64_t>(stage, name);
    if (found < 0 || found > std::numeric_limits<int>::max()) {
      throw std::runtime_error(fmt::format("recipe of {}: {} {} is out of range", stage.tool, name, found));
    }
    value = static_cast<int>(found);
  } else {
    value = get<T>(stage, name);
  }
}

/// Appends every field that is set, in the order of visit_fields().
template <class Params>
void write_fields(const Params& params, RecipeStage& stage) {
  visit_fields(params, [&stage](const Field& field, const auto& value) {
    if constexpr (requires { value.value(); }) {
      if (value) stage.params.emplace_back(field.name, *value);
    } else {
      stage.params.emplace_back(field.name, value);
    }
  });
}

/// Sets every field from the stage, but those that it may lack and does. Throws as read_value(). Ranges are left to check_fields().
template <class Params>
void read_fields(const RecipeStage& stage, Params& params) {
  visit_fields(params, [&stage](const Field& field, auto& value) {
    if (!field.may_lack || find(stage, field.name) != nullptr) read_value(stage, field.name, value);
  });
}

}  // namespace ear
