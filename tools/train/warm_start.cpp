#include "tools/train/warm_start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tools {

std::optional<snn::Model> read_start(const std::string& path, const std::string& stream_name,
                                     const LoadedStream& stream) {
  if (path.empty()) return std::nullopt;
  snn::Model model = read_model(path);
  check_recipe(stream_name, stream.header, path, model.recipe_json, model.input_kind);
  return model;
}

std::string describe(const snn::WarmStart& start, const std::string& path) {
  if (start.new_classes.empty() && start.left_classes.empty()) return path + ": all parameters taken";
  std::string text =
      fmt::format("{}: hidden layers taken, and the output neurons of {} classes", path, start.taken_classes.size());
  if (!start.new_classes.empty()) text += fmt::format("; begun anew: those of {}", fmt::join(start.new_classes, ", "));
  if (!start.left_classes.empty()) text += fmt::format("; left out: those of {}", fmt::join(start.left_classes, ", "));
  return text;
}

}  // namespace tools
