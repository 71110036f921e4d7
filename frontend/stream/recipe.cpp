#include "frontend/stream/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/base/text.h"

namespace ear {

namespace {

const Value& find(const RecipeStage& stage, const std::string& name) {
  for (const auto& [key, value] : stage.params) {
    if (key == name) return value;
  }
  throw std::runtime_error(fmt::format("recipe: {} has no parameter {}", shown(stage.tool), name));
}

std::string text_of(const Value& value) {
  struct Text {
    std::string operator()(bool v) const { return v ? "true" : "false"; }
    std::string operator()(std::int64_t v) const { return fmt::format("{}", v); }
    std::string operator()(double v) const { return fmt::format("{:#}", v); }
    std::string operator()(const std::string& v) const { return fmt::format("\"{}\"", shown(v)); }
  };
  return std::visit(Text{}, value);
}

[[noreturn]] void fail_type(const RecipeStage& stage, const std::string& name, const char* wanted) {
  throw std::runtime_error(
      fmt::format("recipe: {}: {} is {}, wanted {}", shown(stage.tool), name, text_of(find(stage, name)), wanted));
}

template <class T>
T get(const RecipeStage& stage, const std::string& name, const char* wanted) {
  const T* value = std::get_if<T>(&find(stage, name));
  if (value == nullptr) fail_type(stage, name, wanted);
  return *value;
}

// The line of the first parameter that differs; empty if none does.
std::string stage_difference(const RecipeStage& a, const RecipeStage& b) {
  const auto lookup = [](const RecipeStage& stage, const std::string& name) {
    const auto at =
        std::find_if(stage.params.begin(), stage.params.end(), [&](const auto& p) { return p.first == name; });
    return at != stage.params.end() ? &at->second : nullptr;
  };
  if (a.tool != b.tool) return fmt::format("tool {} against {}", shown(a.tool), shown(b.tool));
  for (const auto& [name, value] : a.params) {
    const Value* other = lookup(b, name);
    if (other == nullptr) return fmt::format("{}: {} {} against none", shown(a.tool), shown(name), text_of(value));
    if (*other != value)
      return fmt::format("{}: {} {} against {}", shown(a.tool), shown(name), text_of(value), text_of(*other));
  }
  for (const auto& [name, value] : b.params) {
    if (lookup(a, name) == nullptr)
      return fmt::format("{}: {} none against {}", shown(b.tool), shown(name), text_of(value));
  }
  return a == b ? "" : fmt::format("{}: the order of the parameters differs", shown(a.tool));
}

}  // namespace

bool has(const RecipeStage& stage, const std::string& name) {
  return std::any_of(stage.params.begin(), stage.params.end(), [&](const auto& p) { return p.first == name; });
}

bool get_bool(const RecipeStage& stage, const std::string& name) {
  return get<bool>(stage, name, "true or false");
}

std::int64_t get_int(const RecipeStage& stage, const std::string& name) {
  return get<std::int64_t>(stage, name, "an integer");
}

double get_double(const RecipeStage& stage, const std::string& name) {
  if (const auto* integer = std::get_if<std::int64_t>(&find(stage, name))) return static_cast<double>(*integer);
  return get<double>(stage, name, "a number");
}

std::string get_string(const RecipeStage& stage, const std::string& name) {
  return get<std::string>(stage, name, "a string");
}

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
