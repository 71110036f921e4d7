#include "tools/common/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/base/text.h"
#include "tools/common/run_tool.h"

namespace tools {

namespace {

void check_kind(const std::string& name, const ear::Header& header) {
  if (header.kind == ear::Kind::kEvents) {
    throw std::runtime_error(
        fmt::format("{}: a stream of events, wanted one value for each step and channel; "
                    "rebin the events into steps first",
                    name));
  }
}

}  // namespace

snn::Utterance to_utterance(ear::Record&& record, const std::vector<std::string>& classes) {
  snn::Utterance utterance;
  utterance.key = std::move(record.key);
  utterance.speaker = std::move(record.speaker);
  utterance.label_name = std::move(record.label);
  utterance.n_steps = record.n_steps;
  const auto found = std::ranges::find(classes, utterance.label_name);
  if (found != classes.end()) utterance.label = static_cast<int>(found - classes.begin());
  // Several words are no class: the name is for the message of whoever wants one.
  if (!record.sequence.empty()) utterance.label_name = fmt::format("{}", fmt::join(record.sequence, " "));
  if (auto* intensities = std::get_if<std::vector<float>>(&record.data)) utterance.values = std::move(*intensities);
  if (auto* raster = std::get_if<std::vector<std::uint8_t>>(&record.data)) utterance.values = std::move(*raster);
  if (auto* counts = std::get_if<std::vector<std::uint16_t>>(&record.data)) utterance.values = std::move(*counts);
  return utterance;
}

double duration_ms(const ear::Record& record) {
  return record.n_steps * record.dt_ms;
}

snn::Model read_model(InputFile& file) {
  return file.is_file() ? snn::read_model(file.name()) : snn::parse_model(read_file(file, kMaxModelBytes), file.name());
}

snn::Model read_model(const std::string& path, std::string_view usage) {
  InputFile file(path, "a model, as ossicle-train writes it");
  require_model(file, usage);
  return read_model(file);
}

UtteranceSource::UtteranceSource(const std::vector<std::string>& paths, Classes classes)
    : records_(paths.empty() ? std::vector<std::string>{"-"} : paths, {}, nullptr, classes) {
  check_kind(records_.name(), header());
}

bool UtteranceSource::next(snn::Utterance& utterance, const std::vector<std::string>& classes) {
  ear::Record record;
  if (!records_.next(record)) {
    if (keys_.empty()) throw std::runtime_error(fmt::format("{}: holds no record", records_.name()));
    return false;
  }
  if (!keys_.insert(record.key).second) {
    throw std::runtime_error(
        fmt::format("{}: key {} stands in two of the streams; keys must be unique", records_.name(), record.key));
  }
  longest_ms_ = std::max(longest_ms_, duration_ms(record));
  total_ms_ += duration_ms(record);
  utterance = to_utterance(std::move(record), classes);
  return true;
}

LoadedStream load_streams(const std::vector<std::string>& paths) {
  UtteranceSource source(paths);
  LoadedStream loaded{.header = source.header(), .longest_ms = 0.0, .dataset = {}};
  loaded.dataset.n_channels = loaded.header.n_channels;
  loaded.dataset.classes = loaded.header.classes;
  for (snn::Utterance utterance; source.next(utterance, loaded.header.classes);) {
    loaded.dataset.utterances.push_back(std::move(utterance));
  }
  loaded.longest_ms = source.longest_ms();
  return loaded;
}

void check_recipe(const std::string& stream_name, const ear::Header& header, const std::string& model_name,
                  const std::string& recipe_json, const std::string& input_kind) {
  check_kind(stream_name, header);
  if (ear::kind_name(header.kind) != input_kind) {
    throw std::runtime_error(fmt::format("{}: a stream of kind {}, {} was trained on {}", stream_name,
                                         ear::kind_name(header.kind), model_name, input_kind));
  }
  const std::string difference = first_difference(header.recipe, recipe_of(recipe_json, model_name));
  if (!difference.empty()) {
    throw std::runtime_error(
        fmt::format("{}: made by another recipe than {}: {}; make the stream with the same options (ossicle-info "
                    "prints those of a stream, and of a model with --pipeline)",
                    stream_name, model_name, difference));
  }
}

ear::Recipe recipe_of(const std::string& recipe_json, const std::string& model_name) {
  try {
    return ear::parse_recipe(recipe_json);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: its recipe cannot be read: {}", model_name, error.what()));
  }
}

std::string why_no_calibration(const snn::Model& model) {
  if (!model.valid_accuracy) return "has seen no validation part";
  if (!model.longest_ms) return "was trained before models had calibrations";
  return "answered (silence) to all of its validation part";
}

void require_calibration(const snn::Model& model, const std::string& model_name) {
  if (model.calibration) return;
  const bool is_silent = model.valid_accuracy && model.longest_ms;
  throw std::runtime_error(fmt::format("{}: has no calibration, so no confidences: it {}; {}", model_name,
                                       why_no_calibration(model),
                                       is_silent ? "train it until it answers, and validate it on recordings of sound"
                                                 : "train it with --valid or --valid-fraction"));
}

void require_labels(const std::string& stream_name, const ear::Header& header) {
  if (header.classes.empty()) {
    throw std::runtime_error(
        fmt::format("{}: holds no labels; make it with ossicle-lyon --list and a column label", stream_name));
  }
}

void warn_of_look_alikes(const std::vector<std::string>& names, const char* what, Context& context) {
  if (const std::string line = ear::look_alikes(names, what); !line.empty()) context.warn(line);
}

}  // namespace tools
