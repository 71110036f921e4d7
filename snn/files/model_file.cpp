#include "snn/files/model_file.h"

#include <fmt/format.h>

#include <stdexcept>
#include <unordered_set>

#include "snn/files/metadata.h"
#include "snn/files/model_json.h"
#include "snn/model/parameter_list.h"

namespace snn {
namespace {

constexpr const char* kFormat = "ossicle-model";
constexpr const char* kVersion = "2";

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
}

std::uint64_t parameter_bytes(const Metadata& metadata) {
  const TrainingParams training = training_from_json(get_text(metadata, "training"));
  return sizeof(float) * ArrayLayout(training.network).n_values();
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
