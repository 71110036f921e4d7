#include "frontend/stream/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/base/text.h"

namespace ear {

namespace {

std::string text_of(const Value& value) {
  struct Text {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{:#}", v); }
    std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", shown(v)); }
  };
  return std::visit(Text{}, value);
}

// The line of the first parameter that differs; empty if none does.
std::string stage_difference(const RecipeStage& a, const RecipeStage& b) {
  if (a.tool != b.tool) return fmt::format("tool {} against {}", shown(a.tool), shown(b.tool));
  for (const auto& [name, value] : a.params) {
    const Value* other = find(b, name);
    if (other == nullptr) return fmt::format("{}: {} {} against none", shown(a.tool), shown(name), text_of(value));
    if (*other != value)
      return fmt::format("{}: {} {} against {}", shown(a.tool), shown(name), text_of(value), text_of(*other));
  }
  for (const auto& [name, value] : b.params) {
    if (find(a, name) == nullptr)
      return fmt::format("{}: {} none against {}", shown(b.tool), shown(name), text_of(value));
  }
  return a == b ? "" : fmt::format("{}: the order of the parameters differs", shown(a.tool));
}

}  // namespace

const Value* find(const RecipeStage& stage, const std::string& name) {
  const auto at = std::ranges::find(stage.params, name, &std::pair<std::string, Value>::first);
  return at != stage.params.end() ? &at->second : nullptr;
}

template <class T>
T get(const RecipeStage& stage, const std::string& name) {
  const Value* const found = find(stage, name);
  demand(found != nullptr, "recipe: {} has no parameter {}", shown(stage.tool), name);
  if (const T* value = std::get_if<T>(found)) return *value;
  if constexpr (std::is_same_v<T, double>) {
    if (const auto* integer = std::get_if<std::int64_t>(found)) return static_cast<double>(*integer);
  }
  constexpr const char* kWanted[] = {"true or false", "an integer", "a number", "a string"};
  throw std::runtime_error(fmt::format("recipe: {}: {} is {}, wanted {}", shown(stage.tool), name, text_of(*found),
                                       kWanted[Value(T()).index()]));
}
template bool get(const RecipeStage&, const std::string&);
template std::int64_t get(const RecipeStage&, const std::string&);
template double get(const RecipeStage&, const std::string&);
template std::string get(const RecipeStage&, const std::string&);

std::string first_difference(const Recipe& a, const Recipe& b) {
  const std::size_t n = std::min(a.stages.size(), b.stages.size());
  for (std::size_t i = 0; i < n; ++i) {
    if (auto line = stage_difference(a.stages[i], b.stages[i]); !line.empty()) return "recipe: " + line;
  }
  if (a.stages.size() > n) return fmt::format("recipe: tool {} against none", shown(a.stages[n].tool));
  if (b.stages.size() > n) return fmt::format("recipe: tool none against {}", shown(b.stages[n].tool));
  return "";
}

}  // namespace ear
