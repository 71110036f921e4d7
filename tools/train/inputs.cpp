#include "tools/train/inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "frontend/base/text.h"
#include "snn/score/answer.h"
#include "tools/options/choice_option.h"

namespace tools {

namespace {

/// Some of the texts: "zero, one and 8 more".
std::string name_some(const std::vector<std::string>& texts) {
  constexpr std::size_t kNamed = 12;
  const std::size_t n = std::min(texts.size(), kNamed);
  const std::string some =
      fmt::format("{}", fmt::join(texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(n), ", "));
  return n < texts.size() ? fmt::format("{} and {} more", some, texts.size() - n) : some;
}

/// Which labels the training stream does not have, in the order they come, and how often.
std::string describe_unknown(const snn::Dataset& valid, int n_unknown, const std::vector<std::string>& classes) {
  std::vector<std::pair<std::string, int>> counts;
  for (const snn::Utterance& utterance : valid.utterances) {
    if (utterance.label >= 0) continue;
    auto found = std::ranges::find(counts, utterance.label_name, &std::pair<std::string, int>::first);
    if (found == counts.end()) found = counts.insert(found, {utterance.label_name, 0});
    ++found->second;
  }
  std::vector<std::string> texts;
  for (const auto& [label, n] : counts) {
    texts.push_back(fmt::format("'{}' ({}{})", ear::shown(label), n, ear::look_alike_hint(label, classes)));
  }
  return fmt::format("{} of {} utterances have labels that are not among the classes of the training stream: {}",
                     n_unknown, valid.utterances.size(), name_some(texts));
}

/// A stream of the same recipe as the training stream's.
LoadedStream load_beside(const std::string& name, const LoadedStream& train) {
  LoadedStream loaded = load_streams({name});
  check_recipe(name, loaded.header, "the training stream", ear::to_json(train.header.recipe),
               ear::kind_name(train.header.kind));
  return loaded;
}

/// Warns of recordings of `beside` that are trained on: those with the key and the values of one of `train`.
void warn_of_trained(const std::string& name, const snn::Dataset& beside, const snn::Dataset& train,
                     const char* consequence, Context& context) {
  std::unordered_map<std::string_view, const snn::Values*> values_of;
  for (const snn::Utterance& utterance : train.utterances) values_of.emplace(utterance.key, &utterance.values);
  const auto n = std::ranges::count_if(beside.utterances, [&](const snn::Utterance& utterance) {
    const auto found = values_of.find(utterance.key);
    return found != values_of.end() && *found->second == utterance.values;
  });
  if (n == 0) return;
  context.warn(fmt::format("{}: {} of {} recordings are in the training stream too: {}", name, n,
                           beside.utterances.size(), consequence));
}

snn::Dataset load_validation(const std::string& name, const LoadedStream& train, Context& context) {
  LoadedStream valid = load_beside(name, train);
  require_labels(name, valid.header);
  if (const int n = match_labels(valid.dataset, train.dataset.classes); n > 0) {
    throw std::runtime_error(fmt::format("{}: {}; its classes are {}", name,
                                         describe_unknown(valid.dataset, n, train.dataset.classes),
                                         name_some(train.dataset.classes)));
  }
  warn_of_trained(name, valid.dataset, train.dataset, "the score of what is trained on says little of what is new",
                  context);
  return std::move(valid.dataset);
}

std::string describe(const snn::Dataset& valid, std::size_t n_all, const snn::SplitParams& split) {
  std::set<std::string> speakers;
  for (const snn::Utterance& utterance : valid.utterances) speakers.insert(utterance.speaker);
  std::string text = fmt::format("validation part: {} of {} utterances", valid.utterances.size(), n_all);
  if (split.by == snn::SplitBy::kSpeaker) text += fmt::format(", all of {}", fmt::join(speakers, ", "));
  return text + fmt::format(" (--valid-seed {})", split.seed);
}

}  // namespace

void add_validation_options(CLI::App& app, ValidationOptions& o) {
  CLI::Option* stream = app.add_option("--valid", o.stream, "Stream that is scored after every epoch; never trained on")
                            ->type_name("STREAM");
  CLI::Option* fraction = app.add_option("--valid-fraction", o.fraction,
                                         "Cut this share off the training stream instead, above 0 and below 1: scored "
                                         "after every epoch, never trained on")
                              ->excludes(stream);
  const auto set_by = [&o](const std::string& name) { o.split.by = snn::parse_name<snn::SplitBy>(name); };
  add_choice(app, "--valid-by", snn::Names<snn::SplitBy>::kAll, set_by,
             "Cut that share of every label and speaker (token, the default), or whole speakers (speaker)")
      ->needs(fraction);
  app.add_option("--valid-seed", o.split.seed,
                 "Seed of that cut. Not --seed, so that trainings of several seeds share one validation part")
      ->capture_default_str()
      ->needs(fraction);
}

std::optional<snn::Dataset> take_validation_set(const ValidationOptions& options, const std::string& train_name,
                                                LoadedStream& train, Context& context) {
  if (!options.stream.empty()) return load_validation(options.stream, train, context);
  if (!options.fraction) return std::nullopt;
  snn::SplitParams split = options.split;
  split.fraction = *options.fraction;
  const std::size_t n_all = train.dataset.utterances.size();
  try {
    snn::Dataset valid = take_utterances(train.dataset, draw_validation(train.dataset, split));
    context.note(describe(valid, n_all, split));
    return valid;
  } catch (const std::invalid_argument& error) {
    throw std::runtime_error(fmt::format("{}: {}", train_name, error.what()));
  }
}

void add_variants(const std::vector<std::string>& names, const snn::Dataset* valid, LoadedStream& train) {
  std::unordered_set<std::string> held_back;
  if (valid != nullptr) {
    for (const snn::Utterance& utterance : valid->utterances) held_back.insert(utterance.key);
    for (const snn::Utterance& utterance : train.dataset.utterances) held_back.erase(utterance.key);
  }
  for (const std::string& name : names) {
    snn::Dataset variant = load_beside(name, train).dataset;
    std::erase_if(variant.utterances, [&](const snn::Utterance& u) { return held_back.contains(u.key); });
    try {
      add_version(train.dataset, std::move(variant));
    } catch (const std::invalid_argument& error) {
      throw std::runtime_error(
          fmt::format("{}: not a variant of the training stream: {}; make it from the same list", name, error.what()));
    }
  }
}

void require_no_silence(const std::string& stream_name, const ear::Header& header) {
  if (std::ranges::find(header.classes, snn::kSilenceName) == header.classes.end()) return;
  throw std::runtime_error(
      fmt::format("{}: has a class {}, but so the tools answer what no class is heard in, without being taught; leave "
                  "these recordings out, or give them another label",
                  stream_name, snn::kSilenceName));
}

void add_unknown(const std::vector<std::string>& names, LoadedStream& train, Context& context) {
  snn::Dataset& dataset = train.dataset;
  const std::string label = snn::kUnknownName;
  auto found = std::ranges::find(dataset.classes, label);
  if (names.empty()) {
    if (found != dataset.classes.end()) context.note(fmt::format("class {}: counts as none of the words", label));
    return;
  }
  if (found == dataset.classes.end()) found = dataset.classes.insert(found, label);
  const auto index = static_cast<int>(found - dataset.classes.begin());
  for (const std::string& name : names) {
    LoadedStream loaded = load_beside(name, train);
    warn_of_trained(name, loaded.dataset, dataset, "two answers are taught to them", context);
    train.longest_ms = std::max(train.longest_ms, loaded.longest_ms);
    for (snn::Utterance& utterance : loaded.dataset.utterances) {
      utterance.key = label + " " + utterance.key;
      utterance.label = index;
      utterance.label_name = label;
      dataset.utterances.push_back(std::move(utterance));
    }
  }
  const auto n = std::ranges::count(dataset.utterances, index, &snn::Utterance::label);
  context.note(fmt::format("class {}: {} recordings", label, n));
}

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
