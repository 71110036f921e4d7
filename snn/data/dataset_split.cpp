#include "snn/data/dataset_split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string_view>
#include <tuple>

#include "snn/base/hash.h"
#include "snn/base/rng.h"

namespace snn {

namespace {

/// Members by label and speaker.
using Groups = std::map<std::pair<std::string, std::string>, std::vector<std::size_t>>;

Rng draws_of(const SplitParams& params, std::string_view what, std::string_view name) {
  return {params.seed, Purpose::kSplit, Hash().add(what).add(name).value()};
}

/// Of the members in the order of their draws, the first ones.
void take_share(const Dataset& dataset, const std::string& group, const std::vector<std::size_t>& members,
                const SplitParams& params, std::vector<std::size_t>& taken) {
  std::vector<std::tuple<std::uint64_t, std::string_view, std::size_t>> order;
  for (const std::size_t i : members) {
    const std::string& key = dataset.utterances[i].key;
    order.emplace_back(draws_of(params, "key", key).next_u64(), key, i);
  }
  std::sort(order.begin(), order.end());
  const double wanted = params.fraction * static_cast<double>(members.size());
  const auto n = static_cast<std::size_t>(std::floor(wanted + draws_of(params, "group", group).uniform()));
  for (std::size_t i = 0; i < std::min(n, members.size() - 1); ++i) taken.push_back(std::get<2>(order[i]));
}

std::vector<std::size_t> draw_tokens(const Dataset& dataset, const SplitParams& params) {
  Groups groups;
  for (std::size_t i = 0; i < dataset.utterances.size(); ++i) {
    const Utterance& utterance = dataset.utterances[i];
    groups[{utterance.label_name, utterance.speaker}].push_back(i);
  }
  std::vector<std::size_t> taken;
  std::map<std::string, std::vector<std::size_t>> said_once;  // by label: of groups that have nothing to share
  for (const auto& [name, members] : groups) {
    if (members.size() == 1) said_once[name.first].push_back(members.front());
    const std::string group = fmt::format("{}\t{}", name.first, name.second);
    take_share(dataset, group, members, params, taken);
  }
  for (const auto& [label, members] : said_once) take_share(dataset, label, members, params, taken);
  if (taken.empty()) {
    throw std::invalid_argument(fmt::format(
        "a validation part of {} by token: nothing drawn from {} utterances of {} labels and speakers; take a larger "
        "share, or whole speakers",
        params.fraction, dataset.utterances.size(), groups.size()));
  }
  return taken;
}

std::vector<std::size_t> draw_speakers(const Dataset& dataset, const SplitParams& params) {
  std::map<std::string, std::vector<std::size_t>> speakers;
  for (std::size_t i = 0; i < dataset.utterances.size(); ++i) speakers[dataset.utterances[i].speaker].push_back(i);
  if (speakers.size() < 2) {
    throw std::invalid_argument(fmt::format(
        "a validation part by speaker: found {} speaker{}, wanted 2 or more; name the speakers in the list, "
        "or cut by token",
        speakers.size(), speakers.size() == 1 ? "" : "s"));
  }
  std::vector<std::pair<std::uint64_t, std::string>> order;
  for (const auto& [name, members] : speakers) order.emplace_back(draws_of(params, "speaker", name).next_u64(), name);
  std::sort(order.begin(), order.end());
  const auto n_all = static_cast<long>(speakers.size());
  const long n = std::clamp(std::lround(params.fraction * static_cast<double>(n_all)), 1L, n_all - 1);
  std::vector<std::size_t> taken;
  for (long i = 0; i < n; ++i) {
    const std::vector<std::size_t>& members = speakers.at(order[static_cast<std::size_t>(i)].second);
    taken.insert(taken.end(), members.begin(), members.end());
  }
  return taken;
}

}  // namespace

std::vector<std::size_t> draw_validation(const Dataset& dataset, const SplitParams& params) {
  if (!(params.fraction > 0.0 && params.fraction < 1.0)) {
    throw std::invalid_argument(
        fmt::format("a validation part of {}: wanted a share above 0 and below 1", params.fraction));
  }
  std::vector<std::size_t> taken =
      params.by == SplitBy::kToken ? draw_tokens(dataset, params) : draw_speakers(dataset, params);
  std::sort(taken.begin(), taken.end());
  return taken;
}

Dataset take_utterances(Dataset& dataset, const std::vector<std::size_t>& indices) {
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (indices[i] >= dataset.utterances.size() || (i > 0 && indices[i] <= indices[i - 1])) {
      throw std::invalid_argument(fmt::format("utterance {} of {}: wanted ascending indices of the data set",
                                              indices[i], dataset.utterances.size()));
    }
  }
  Dataset taken{.n_channels = dataset.n_channels, .classes = dataset.classes, .utterances = {}};
  std::vector<Utterance> kept;
  auto next = indices.begin();
  for (std::size_t i = 0; i < dataset.utterances.size(); ++i) {
    const bool is_taken = next != indices.end() && *next == i;
    (is_taken ? taken.utterances : kept).push_back(std::move(dataset.utterances[i]));
    if (is_taken) ++next;
  }
  dataset.utterances = std::move(kept);
  return taken;
}

}  // namespace snn
