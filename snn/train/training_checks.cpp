#include "snn/train/training_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <stdexcept>

#include "snn/model/parameter_list.h"

namespace snn {

namespace {

constexpr std::size_t kKeysNamed = 5;

}  // namespace

std::string keys_of(const Dataset& dataset, std::span<const int> indices) {
  std::string keys;
  for (std::size_t i = 0; i < std::min(indices.size(), kKeysNamed); ++i) {
    keys += (i > 0 ? ", " : "") + dataset.utterances[static_cast<std::size_t>(indices[i])].key;
  }
  return indices.size() > kKeysNamed ? keys + fmt::format(" and {} more", indices.size() - kKeysNamed) : keys;
}

void check_network(const NetworkParams& network, const Dataset& train) {
  if (network.sizes.front() != train.n_channels || network.sizes.back() != static_cast<int>(train.classes.size())) {
    throw std::invalid_argument(fmt::format("training set: {} channels and {} classes, the network has {} and {}",
                                            train.n_channels, train.classes.size(), network.sizes.front(),
                                            network.sizes.back()));
  }
}

void check_validation_set(const Dataset& train, const Dataset* valid) {
  if (valid == nullptr) return;
  validate_for_training(*valid);
  if (valid->n_channels != train.n_channels) {
    throw std::invalid_argument(
        fmt::format("validation set: {} channels, the training set has {}; use the same front end", valid->n_channels,
                    train.n_channels));
  }
  if (valid->classes != train.classes) {
    throw std::invalid_argument("validation set: its classes are not those of the training set");
  }
}

void check_data(const Checkpoint& state, const Dataset& train, const Dataset* valid) {
  if (hash_of(train) != state.train_hash) {
    throw std::invalid_argument("checkpoint: it was begun with another training set");
  }
  if ((valid != nullptr) != state.valid_hash.has_value() ||
      (valid != nullptr && hash_of(*valid) != *state.valid_hash)) {
    throw std::invalid_argument("checkpoint: it was begun with another validation set, or without one");
  }
}

void check_sums(const Checkpoint& state, int max_batch) {
  const NetworkParams& network = state.model.training.network;
  const std::vector<ParameterInfo> arrays = parameter_list(network);
  const auto n_trained =
      static_cast<int>(std::ranges::count_if(arrays, [](const ParameterInfo& array) { return array.trained; }));
  const int n_neurons = std::accumulate(network.sizes.begin() + 1, network.sizes.end(), 0);
  std::map<std::string, int> sizes = {
      {kLoss, max_batch}, {kCorrect, max_batch}, {kUtterances, 1},         {kNorm, 1},
      {kSteps, 1},        {kSpikes, n_neurons},  {kArrayNorms, n_trained}, {kClippedNorms, n_trained}};
  if (state.model.training.gradient.rule == Rule::kLayer) sizes[kSurrogate] = network.n_layers();
  for (const auto& [name, wanted] : sizes) {
    const auto found = state.sums.find(name);
    if (found == state.sums.end() || found->second.size() != static_cast<std::size_t>(wanted)) {
      throw std::invalid_argument(
          fmt::format("checkpoint: '{}' has not {} values for the epoch in progress", name, wanted));
    }
  }
}

}  // namespace snn
