#pragma once
// The recipe of a stream: which tools made it, with every parameter that changes numbers (FORMAT.md).
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ear {

using Value = std::variant<bool, std::int64_t, double, std::string>;

/// One tool's part: its name and parameters in a fixed order.
struct RecipeStage {
  std::string tool;
  std::vector<std::pair<std::string, Value>> params;
  bool operator==(const RecipeStage&) const = default;
};

/// The stages in the order in which they ran.
struct Recipe {
  std::vector<RecipeStage> stages;
  bool operator==(const Recipe&) const = default;
};

/// Whether the stage has a parameter of that name.
bool has(const RecipeStage& stage, const std::string& name);

/// The stage's parameter of that name. Throws std::runtime_error naming tool and parameter if it is absent or of
/// another type (an integer is accepted where a double is wanted).
bool get_bool(const RecipeStage& stage, const std::string& name);
std::int64_t get_int(const RecipeStage& stage, const std::string& name);
double get_double(const RecipeStage& stage, const std::string& name);
std::string get_string(const RecipeStage& stage, const std::string& name);

/// Empty if equal; otherwise one line naming the first tool or parameter that differs with both values, `a` first.
std::string first_difference(const Recipe& a, const Recipe& b);

/// JSON text, the form in which a model carries its recipe. parse_recipe throws std::runtime_error on malformed text, as
/// parse_header() does.
std::string to_json(const Recipe& recipe);
Recipe parse_recipe(const std::string& json);

}  // namespace ear
