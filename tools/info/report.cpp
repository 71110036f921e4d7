#include "tools/info/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "frontend/base/text.h"
#include "snn/files/model_json.h"
#include "snn/model/presets.h"
#include "snn/train/forecast.h"
#include "tools/info/pipeline.h"

namespace tools {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 2;
constexpr double kMega = 1e6;
constexpr int kUsualSteps = 100;  // where a recipe leaves the number open

// Behind the others, without looking whether it is there: that takes as long as there are names.
void append(Json& object, const std::string& name, std::size_t count) {
  object.get_ref<Json::object_t&>().emplace_back(name, count);
}

Json counts_json(const std::map<std::string, std::size_t>& counts) {
  Json json = Json::object();
  for (const auto& [name, count] : counts) append(json, name.empty() ? "(none)" : name, count);
  return json;
}

// Six digits are what float32 values and their means are worth to a reader.
Json shown(double value) {
  return Json::parse(fmt::format("{:.6g}", value));
}

std::string scalar_text(const Json& json) {
  if (!json.is_string()) return json.is_null() ? "none" : json.dump();
  const auto text = json.get<std::string>();
  return text.empty() ? json.dump() : ear::one_line(text);
}

void add_text(const Json& json, std::size_t depth, std::string& text) {
  for (const auto& [name, value] : json.items()) {
    const std::string label = json.is_array() ? "" : scalar_text(Json(name)) + ":";
    const bool is_flat =
        value.is_primitive() ||
        (value.is_array() && std::all_of(value.begin(), value.end(), [](auto& v) { return v.is_primitive(); }));
    if (is_flat) {
      text += std::string(depth * kIndent, ' ') + label;
      if (value.is_primitive()) text += (label.empty() ? "" : " ") + scalar_text(value);
      if (value.is_array()) {
        for (const Json& item : value) text += (text.back() == ' ' ? "" : " ") + scalar_text(item);
      }
      text += '\n';
    } else if (json.is_array()) {
      add_text(value, depth, text);
    } else {
      text += std::string(depth * kIndent, ' ') + label + '\n';
      add_text(value, depth + 1, text);
    }
  }
}

// Peaks on one thread, data aside: of naming one recording, and of a training with the model's own batches.
Json memory_report(const snn::Model& model, const ear::Recipe& recipe) {
  const int n_steps = steps_of(recipe, kUsualSteps);
  const int n_batch = std::min(model.training.batch_size, std::numeric_limits<int>::max() / n_steps);
  const auto in_mb = [](const snn::MemoryForecast& use) { return shown(static_cast<double>(use.peak()) / kMega); };
  return {{"steps", n_steps},
          {"predict", in_mb(snn::inference_memory(snn::scored_network(model.training), {n_steps, 1}, "cpu", 1))},
          {"train", in_mb(snn::training_memory(model.training, {n_steps * n_batch, n_batch}, "cpu", 1, false))}};
}

Json calibration_report(const std::optional<snn::Calibration>& calibration) {
  if (!calibration) return nullptr;
  return {{"temperature", calibration->temperature}, {"logits", calibration->of_means ? "means" : "sums"}};
}

// Every field, also where the file leaves it out, unless that has no effect.
Json training_report(const snn::TrainingParams& training) {
  Json report = Json::parse(snn::all_training_to_json(training));
  visit_fields(training, [&](const snn::Section& section, const snn::Field& field, const auto&) {
    if (field.may_lack && !has_effect(field.name, training)) report[section.name].erase(field.name);
  });
  return report;
}

}  // namespace

Json stream_report(const std::string& name, const ear::Header& header, const ear::Summary& summary) {
  const char* values = header.kind == ear::Kind::kEvents ? "events_per_record" : "values";
  Json report{
      {"stream", name},
      {"version", ear::kStreamVersion},
      {"kind", ear::kind_name(header.kind)},
      {"n_records", summary.n_records},
      {"n_channels", header.n_channels},
      {"n_steps", {{"min", summary.min_steps}, {"median", summary.median_steps}, {"max", summary.max_steps}}},
      {"dt_ms", header.dt_ms ? Json(*header.dt_ms) : Json()},
      {"memory_mb", shown(static_cast<double>(summary.n_bytes) / kMega)},
      {values,
       {{"min", shown(summary.values.min)}, {"mean", shown(summary.values.mean)}, {"max", shown(summary.values.max)}}},
      {"recipe", Json::parse(to_json(header.recipe))},
      {"made_by", header.made_by},
      {"classes", Json::object()},
      {"n_unlabelled", summary.n_unlabelled},
      {"n_sequences", summary.n_sequences},
      {"speakers", counts_json(summary.per_speaker)}};
  for (const std::string& label : header.classes) append(report["classes"], label, summary.per_class.at(label));
  return report;
}

Json model_report(const std::string& name, const snn::Model& model, const ear::Recipe& recipe) {
  Json parameters = Json::object();
  std::size_t n_parameters = 0;
  for (const auto& [tensor, values] : model.parameters) {
    parameters[tensor] = values.shape;
    n_parameters += values.values.size();
  }
  return {{"model", name},
          {"epoch", {{"which", model.which}, {"n_done", model.n_epochs_done}}},
          {"valid_accuracy", model.valid_accuracy ? Json(*model.valid_accuracy) : Json()},
          {"calibration", calibration_report(model.calibration)},
          {"longest_ms", model.longest_ms ? shown(*model.longest_ms) : Json()},
          {"input_kind", model.input_kind},
          {"classes", model.classes},
          {"recipe", Json::parse(to_json(recipe))},
          {"training", training_report(model.training)},
          {"n_parameters", n_parameters},
          {"memory_mb", memory_report(model, recipe)},
          {"parameters", parameters}};
}

Json checkpoint_report(const std::string& name, const snn::Checkpoint& checkpoint, const ear::Recipe& recipe) {
  Json report{{"checkpoint", name},
              {"epochs",
               {{"n_done", checkpoint.epoch},
                {"n_all", checkpoint.model.training.n_epochs},
                {"n_batches_of_next", checkpoint.next_batch},
                {"n_updates", checkpoint.n_updates}}},
              {"best", nullptr}};
  if (checkpoint.best_accuracy) {
    report["best"] = {{"epoch", checkpoint.best_epoch + 1}, {"valid_accuracy", *checkpoint.best_accuracy}};
  }
  Json model = model_report(name, checkpoint.model, recipe);
  for (const char* of_a_finished_model : {"model", "epoch", "valid_accuracy", "calibration"})
    model.erase(of_a_finished_model);
  report.update(model);
  return report;
}

std::string to_text(const Json& report) {
  std::string text;
  add_text(report, 0, text);
  return text;
}

}  // namespace tools
