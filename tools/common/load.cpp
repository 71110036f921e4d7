#include "tools/common/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_set>

#include "tools/common/io.h"

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

LoadedStream load_streams(const std::vector<std::string>& paths) {
  LoadedStream loaded;
  std::unordered_set<std::string> keys;
  const std::vector<std::string> names = paths.empty() ? std::vector<std::string>{"-"} : paths;
  for (const std::string& path : names) {
    const InputFile file(path, "a stream, as ossicle-lyon writes it");
    ear::Reader reader(file.fd(), file.name());
    check_kind(file.name(), reader.header());
    if (&path == &names.front()) {
      loaded.header = reader.header();
    } else if (const std::string difference = first_difference(loaded.header, reader.header()); !difference.empty()) {
      throw std::runtime_error(fmt::format("{}: does not go with {}: {}; make both with the same options", file.name(),
                                           names.front(), difference));
    }
    for (ear::Record record; reader.next(record);) {
      if (!keys.insert(record.key).second) {
        throw std::runtime_error(
            fmt::format("{}: key {} stands in two of the streams; keys must be unique", file.name(), record.key));
      }
      loaded.dataset.utterances.push_back(to_utterance(std::move(record), loaded.header.classes));
    }
  }
  if (loaded.dataset.utterances.empty()) throw std::runtime_error(fmt::format("{}: holds no record", names.front()));
  loaded.dataset.n_channels = loaded.header.n_channels;
  loaded.dataset.classes = loaded.header.classes;
  return loaded;
}

void check_recipe(const std::string& stream_name, const ear::Header& header, const std::string& model_name,
                  const std::string& recipe_json, const std::string& input_kind) {
  check_kind(stream_name, header);
  if (ear::kind_name(header.kind) != input_kind) {
    throw std::runtime_error(fmt::format("{}: a stream of kind {}, {} was trained on {}", stream_name,
                                         ear::kind_name(header.kind), model_name, input_kind));
  }
  const std::string difference = first_difference(header.recipe, ear::parse_recipe(recipe_json));
  if (!difference.empty()) {
    throw std::runtime_error(
        fmt::format("{}: made by another recipe than {}: {}; make the stream with the same options (ossicle-info "
                    "prints those of a stream, and of a model with --pipeline)",
                    stream_name, model_name, difference));
  }
}

void require_labels(const std::string& stream_name, const ear::Header& header) {
  if (header.classes.empty()) {
    throw std::runtime_error(
        fmt::format("{}: holds no labels; make it with ossicle-lyon --list and a column label", stream_name));
  }
}

}  // namespace tools
