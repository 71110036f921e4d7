#include "snn/files/model_file.h"

#include <fmt/format.h>

#include <cmath>
#include <stdexcept>
#include <unordered_set>

#include "snn/files/metadata.h"
#include "snn/files/model_json.h"
#include "snn/model/parameter_list.h"

namespace snn {
namespace {

constexpr const char* kFormat = "ossicle-model";
constexpr const char* kVersion = "2";
constexpr const char* kSums = "sums";  // what the logits of a calibration are
constexpr const char* kMeans = "means";

void check_classes(const Model& model) {
  const int n_classes = model.training.network.sizes.back();
  if (static_cast<int>(model.classes.size()) != n_classes) {
    throw std::invalid_argument(fmt::format("{} class names for {} output neurons", model.classes.size(), n_classes));
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : model.classes) {
    if (name.empty() || !seen.insert(name).second) {
      throw std::invalid_argument(fmt::format("class name \"{}\" is empty or there twice", shown(name)));
    }
  }
}

void require_positive(const char* what, double value) {
  if (value > 0.0 && std::isfinite(value)) return;
  throw std::invalid_argument(fmt::format("{} is {}; it must be a number above 0", what, value));
}

std::optional<Calibration> find_calibration(const Metadata& metadata) {
  const std::optional<double> temperature = find_positive(metadata, "temperature");
  if (!temperature) return std::nullopt;
  const std::string& logits = get_text(metadata, "logits");
  if (logits != kSums && logits != kMeans) {
    throw std::runtime_error(
        fmt::format(R"(metadata "logits" is "{}"; wanted is "{}" or "{}")", shown(logits), kSums, kMeans));
  }
  return Calibration{.temperature = *temperature, .of_means = logits == kMeans};
}

Model parse(std::span<const char> bytes) {
  TensorFile file = from_safetensors(bytes, kFormat, kVersion);
  Model model;
  read_metadata(file.metadata, model);
  model.parameters = std::move(file.tensors);
  check(model);
  return model;
}

}  // namespace

void check(const Model& model) {
  validate(model.training);
  check_classes(model);
  if (model.which != "last" && model.which != "best") {
    throw std::invalid_argument(fmt::format(R"(which is "{}"; it must be "last" or "best")", shown(model.which)));
  }
  if (model.n_epochs_done < 0 || model.n_epochs_done > model.training.n_epochs) {
    throw std::invalid_argument(
        fmt::format("{} epochs done of a training of {}", model.n_epochs_done, model.training.n_epochs));
  }
  if (model.valid_accuracy && !(*model.valid_accuracy >= 0.0 && *model.valid_accuracy <= 1.0)) {
    throw std::invalid_argument(fmt::format("validation accuracy is {}; it must be 0 to 1", *model.valid_accuracy));
  }
  if (model.calibration) require_positive("temperature", model.calibration->temperature);
  if (model.longest_ms) require_positive("longest_ms", *model.longest_ms);
  check_parameters(model.training.network, model.parameters);
}

void write_metadata(const Model& model, Metadata& metadata) {
  metadata["training"] = training_to_json(model.training);
  metadata["classes"] = strings_to_json(model.classes);
  metadata["input_kind"] = model.input_kind;
  metadata["recipe"] = model.recipe_json;
  metadata["which"] = model.which;
  metadata["n_epochs_done"] = fmt::format("{}", model.n_epochs_done);
  if (model.valid_accuracy) metadata["valid_accuracy"] = fmt::format("{}", *model.valid_accuracy);
  if (model.calibration) {
    metadata["temperature"] = fmt::format("{}", model.calibration->temperature);
    metadata["logits"] = model.calibration->of_means ? kMeans : kSums;
  }
  if (model.longest_ms) metadata["longest_ms"] = fmt::format("{}", *model.longest_ms);
}

void read_metadata(const Metadata& metadata, Model& model) {
  model.training = training_from_json(get_text(metadata, "training"));
  validate(model.training);
  model.classes = strings_from_json(get_text(metadata, "classes"));
  model.input_kind = get_text(metadata, "input_kind");
  model.recipe_json = get_text(metadata, "recipe");
  model.which = get_text(metadata, "which");
  model.n_epochs_done = static_cast<int>(get_int(metadata, "n_epochs_done", 0, model.training.n_epochs));
  model.valid_accuracy = find_share(metadata, "valid_accuracy");
  model.calibration = find_calibration(metadata);
  model.longest_ms = find_positive(metadata, "longest_ms");
}

std::uint64_t parameter_bytes(const Metadata& metadata) {
  const TrainingParams training = training_from_json(get_text(metadata, "training"));
  std::uint64_t n_values = 0;
  for (const ParameterInfo& info : parameter_list(training.network)) {
    n_values += static_cast<std::uint64_t>(info.n_values());
  }
  return sizeof(float) * n_values;
}

std::string serialise(const Model& model) {
  check(model);
  TensorFile file;
  file.metadata = {{"format", kFormat}, {"format_version", kVersion}};
  write_metadata(model, file.metadata);
  file.tensors = model.parameters;
  return to_safetensors(file);
}

Model parse_model(std::span<const char> bytes, const std::string& name) {
  return with_file_name(name, [&] { return parse(bytes); });
}

Model read_model(const std::string& path) {
  return with_file_name(path, [&] { return parse(read_safetensors(path, kFormat, kVersion, parameter_bytes)); });
}

}  // namespace snn
