#include "snn/data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "snn/base/hash.h"
#include "snn/files/model_json.h"

namespace snn {
namespace {

void check_names(const Dataset& dataset) {
  std::unordered_set<std::string_view> seen;
  for (const std::string& name : dataset.classes) {
    if (name.empty()) throw std::invalid_argument("a class has an empty name; give it one");
    if (!is_utf8(name)) throw std::invalid_argument(fmt::format("the name of class {} is not UTF-8", seen.size()));
    if (!seen.insert(name).second) throw std::invalid_argument(fmt::format("class {} is there twice", name));
  }
  seen.clear();
  for (const Utterance& utterance :
       std::span(dataset.utterances).first(static_cast<std::size_t>(dataset.n_distinct()))) {
    if (utterance.key.empty()) throw std::invalid_argument(fmt::format("utterance {} has an empty key", seen.size()));
    if (!is_utf8(utterance.key))
      throw std::invalid_argument(fmt::format("the key of utterance {} is not UTF-8", seen.size()));
    if (!seen.insert(utterance.key).second) {
      throw std::invalid_argument(
          fmt::format("utterance {} is there twice; keys must differ within a data set", utterance.key));
    }
  }
}

void check_versions(const Dataset& dataset) {
  const std::size_t n = dataset.utterances.size();
  if (dataset.n_versions < 1 || n % static_cast<std::size_t>(dataset.n_versions) != 0) {
    throw std::invalid_argument(fmt::format("{} utterances are not {} versions of each", n, dataset.n_versions));
  }
  for (auto i = static_cast<std::size_t>(dataset.n_distinct()); i < n; ++i) {
    const Utterance& version = dataset.utterances[i];
    const Utterance& first = dataset.utterances[i % static_cast<std::size_t>(dataset.n_distinct())];
    if (version.key != first.key || version.label_name != first.label_name) {
      throw std::invalid_argument(fmt::format("utterance {} (label {}) stands where a version of {} (label {}) is due",
                                              version.key, version.label_name, first.key, first.label_name));
    }
  }
}

void check_label(const Dataset& dataset, const Utterance& utterance) {
  const auto n_classes = static_cast<int>(dataset.classes.size());
  if (utterance.label < -1 || utterance.label >= n_classes) {
    throw std::invalid_argument(
        fmt::format("utterance {}: label {} is out of -1..{}", utterance.key, utterance.label, n_classes - 1));
  }
  if (utterance.label >= 0 && dataset.classes[utterance.label] != utterance.label_name) {
    throw std::invalid_argument(fmt::format("utterance {}: label {} is class {}, but its name is {}", utterance.key,
                                            utterance.label, dataset.classes[utterance.label], utterance.label_name));
  }
}

void check_values(const Dataset& dataset, const Utterance& utterance) {
  if (utterance.n_steps < 1) {
    throw std::invalid_argument(
        fmt::format("utterance {} has {} steps; it needs at least 1", utterance.key, utterance.n_steps));
  }
  const std::size_t wanted = static_cast<std::size_t>(utterance.n_steps) * static_cast<std::size_t>(dataset.n_channels);
  const std::size_t found = std::visit([](const auto& values) { return values.size(); }, utterance.values);
  if (found != wanted) {
    throw std::invalid_argument(fmt::format("utterance {} holds {} values; {} steps of {} channels want {}",
                                            utterance.key, found, utterance.n_steps, dataset.n_channels, wanted));
  }
  const auto* intensities = std::get_if<std::vector<float>>(&utterance.values);
  if (intensities == nullptr) return;
  const auto bad = std::find_if(intensities->begin(), intensities->end(), [](float v) { return !std::isfinite(v); });
  if (bad != intensities->end()) {
    const auto index = bad - intensities->begin();
    throw std::invalid_argument(fmt::format("utterance {}: step {}, channel {} is {}; intensities must be finite",
                                            utterance.key, index / dataset.n_channels, index % dataset.n_channels,
                                            *bad));
  }
}

}  // namespace

void validate(const Dataset& dataset) {
  if (dataset.n_channels < 1) {
    throw std::invalid_argument(fmt::format("a data set has {} channels; it needs at least 1", dataset.n_channels));
  }
  check_versions(dataset);
  check_names(dataset);
  for (const Utterance& utterance : dataset.utterances) {
    check_label(dataset, utterance);
    check_values(dataset, utterance);
  }
}

void add_version(Dataset& dataset, Dataset&& version) {
  if (version.n_channels != dataset.n_channels) {
    throw std::invalid_argument(fmt::format("{} channels, wanted {}", version.n_channels, dataset.n_channels));
  }
  if (version.classes != dataset.classes) throw std::invalid_argument("other classes than the training set");
  const int n = dataset.n_distinct();
  std::unordered_map<std::string_view, int> index_of;
  for (int i = 0; i < n; ++i) index_of.emplace(dataset.utterances[i].key, i);
  std::vector<Utterance*> found(static_cast<std::size_t>(n));
  for (Utterance& utterance : version.utterances) {
    const auto at = index_of.find(utterance.key);
    if (at == index_of.end())
      throw std::invalid_argument(fmt::format("key {} is not in the training set", utterance.key));
    const Utterance& first = dataset.utterances[at->second];
    if (utterance.label_name != first.label_name) {
      throw std::invalid_argument(fmt::format("key {} has label \"{}\", in the training set \"{}\"", utterance.key,
                                              utterance.label_name, first.label_name));
    }
    found[at->second] = &utterance;
  }
  const auto missing = std::ranges::find(found, nullptr);
  if (missing != found.end()) {
    throw std::invalid_argument(
        fmt::format("key {} of the training set is missing", dataset.utterances[missing - found.begin()].key));
  }
  for (Utterance* utterance : found) dataset.utterances.push_back(std::move(*utterance));
  ++dataset.n_versions;
}

void validate_for_training(const Dataset& dataset) {
  validate(dataset);
  if (dataset.classes.empty())
    throw std::invalid_argument("the data set names no classes; training needs labelled utterances");
  if (dataset.utterances.empty())
    throw std::invalid_argument("the data set holds no utterances; training needs at least one");
  for (const Utterance& utterance : dataset.utterances) {
    if (utterance.label < 0) {
      throw std::invalid_argument(
          fmt::format("utterance {}: label \"{}\" is not one of the {} classes; leave it out or name the class",
                      utterance.key, utterance.label_name, dataset.classes.size()));
    }
  }
}

int match_labels(Dataset& dataset, const std::vector<std::string>& classes) {
  std::unordered_map<std::string_view, int> index;
  for (std::size_t k = 0; k < classes.size(); ++k) index.emplace(classes[k], static_cast<int>(k));
  int n_unknown = 0;
  for (Utterance& utterance : dataset.utterances) {
    const auto found = index.find(utterance.label_name);
    utterance.label = found == index.end() ? -1 : found->second;
    n_unknown += utterance.label < 0;
  }
  dataset.classes = classes;
  return n_unknown;
}

std::uint64_t hash_of(const Dataset& dataset) {
  Hash hash;
  hash.add(static_cast<std::uint64_t>(dataset.n_channels)).add(static_cast<std::uint64_t>(dataset.classes.size()));
  for (const std::string& name : dataset.classes) hash.add(name);
  for (const Utterance& utterance : dataset.utterances) {
    hash.add(utterance.key).add(utterance.speaker).add(utterance.label_name);
    hash.add(static_cast<std::uint64_t>(utterance.label)).add(static_cast<std::uint64_t>(utterance.n_steps));
    hash.add(static_cast<std::uint64_t>(utterance.values.index()));
    std::visit([&](const auto& values) { hash.add_bytes(std::as_bytes(std::span(values))); }, utterance.values);
  }
  return hash.value();
}

std::int64_t count_nonzero(const Utterance& utterance) {
  const auto count = [](const auto& values) {
    return static_cast<std::int64_t>(values.size()) - std::count(values.begin(), values.end(), 0);
  };
  return std::visit(count, utterance.values);
}

}  // namespace snn
