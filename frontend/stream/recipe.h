#pragma once
// The recipe of a stream: which tools made it, with every parameter that changes numbers (FORMAT.md).
#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ear {

using Value = std::variant<bool, std::int64_t, double, std::string>;

/// The tools whose stages a recipe may have, as they stand in RecipeStage::tool.
inline constexpr const char* kLyonTool = "ossicle-lyon";
inline constexpr const char* kEncodeTool = "ossicle-encode";
inline constexpr const char* kRebinTool = "ossicle-rebin";

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

/// The stage's parameter of that name; null if there is none.
const Value* find(const RecipeStage& stage, const std::string& name);

/// The same as a T, one of Value's types. Throws std::runtime_error naming tool and parameter if it is absent or of another type
/// (an integer is accepted where a double is wanted).
template <class T>
T get(const RecipeStage& stage, const std::string& name);

/// Empty if equal; otherwise one line naming the first tool or parameter that differs with both values, `a` first.
std::string first_difference(const Recipe& a, const Recipe& b);

/// JSON text, the form in which a model carries its recipe. parse_recipe throws std::runtime_error on malformed text, as
/// parse_header() does.
std::string to_json(const Recipe& recipe);
Recipe parse_recipe(const std::string& json);

}  // namespace ear
