#include "snn/train/warm_start.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "snn/data/dropout.h"
#include "snn/model/init.h"
#include "snn/model/parameter_list.h"

namespace snn {

namespace {

template <typename T>
void require_same(const std::string& flag, const std::optional<T>& choice, const T& found) {
  if (!choice || *choice == found) return;
  throw std::invalid_argument(fmt::format(
      "{} {}, but the model to start from has {}: its network is taken as it is; leave the flag out, or train "
      "anew",
      flag, *choice, found));
}

/// A switch of all hidden layers against the layers that have it.
void require_layers(const char* flag, const std::optional<bool>& choice, const std::vector<int>& layers, int n_hidden) {
  if (!choice) return;
  std::vector<int> wanted(*choice ? static_cast<std::size_t>(n_hidden) : 0);
  std::iota(wanted.begin(), wanted.end(), 1);
  const auto end = std::find_if(layers.begin(), layers.end(), [n_hidden](int l) { return l > n_hidden; });
  require_same(flag, std::optional(wanted), std::vector<int>(layers.begin(), end));
}

std::vector<std::string> names_of(const std::vector<Skip>& skips) {
  std::vector<std::string> names;
  for (const Skip& skip : skips) names.push_back(to_string(skip));
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<int> hidden_of(const NetworkParams& network) {
  return {network.sizes.begin() + 1, network.sizes.end() - 1};
}

void require_no_contradiction(const NetworkParams& network, const TrainingChoices& choices) {
  const int n_hidden = network.n_layers() - 1;
  require_same("--hidden", choices.hidden, hidden_of(network));
  require_layers("--self-recurrent: layers", choices.self_recurrent, network.self_recurrent, n_hidden);
  require_layers("--bip: layers", choices.bip, network.bip, n_hidden);
  require_layers("--adaptive: layers", choices.adaptive, network.adaptive, n_hidden);
  require_same("--bip-output", choices.bip_output, std::ranges::count(network.bip, network.n_layers()) > 0);
  require_same("--recurrent", choices.recurrent, network.recurrent);
  if (choices.skips) require_same("--skip", std::optional(names_of(*choices.skips)), names_of(network.skips));
  const auto require_delays = [&choices](const char* flag, const auto& own, const std::vector<int>& found) {
    require_same(own ? flag : "--delays", own ? own : choices.delays, found);
  };
  require_delays("--input-delays", choices.input_delays, network.input_delays);
  require_delays("--forward-delays", choices.forward_delays, network.forward_delays);
  require_delays("--skip-delays", choices.skip_delays, network.skip_delays);
  const auto normalised = choices.values.find("normalised");
  if (normalised != choices.values.end() && normalised->second == FieldValue(true) && !network.normalised) {
    throw std::invalid_argument(fmt::format(
        "--normalise: the model to start from has plain weights{}; leave the flag out, or train anew without --init",
        network.bias ? " and biases, with the normalisation of its own training folded into them if it had one" : ""));
  }
  visit_fields(network, [&choices]<class T>(const Field& field, const T& value) {
    if constexpr (std::is_same_v<T, double> || std::is_same_v<T, bool> || Named<T>) {  // the others are the topology's
      const T* choice = given<T>(choices, field);
      if constexpr (Named<T>) {
        if (choice != nullptr) require_same(flag_of(field), std::optional(to_string(*choice)), to_string(value));
      } else if (choice != nullptr) {
        require_same(flag_of(field), std::optional(*choice), value);
      }
    }
  });
}

/// For each of `classes` its index among the model's; -1: not there.
std::vector<int> indices_of(const std::vector<std::string>& classes, const std::vector<std::string>& among) {
  std::vector<int> indices;
  for (const std::string& name : classes) {
    const auto found = std::ranges::find(among, name);
    indices.push_back(found == among.end() ? -1 : static_cast<int>(found - among.begin()));
  }
  return indices;
}

/// Rows [K] of an array that belong to one output neuron each.
void move_rows(const Tensor& from, const std::vector<int>& indices, Tensor& to) {
  const auto n_row = static_cast<std::ptrdiff_t>(to.values.size() / indices.size());
  for (std::size_t k = 0; k < indices.size(); ++k) {
    if (indices[k] < 0) continue;
    std::copy_n(from.values.begin() + indices[k] * n_row, n_row,
                to.values.begin() + static_cast<std::ptrdiff_t>(k) * n_row);
  }
}

void require_network(const Model& model, const std::vector<std::string>& classes, const TrainingParams& params) {
  check_parameters(model.training.network, model.parameters);
  NetworkParams wanted = model.training.network;
  if (model.classes.size() != static_cast<std::size_t>(wanted.sizes.back())) {
    throw std::invalid_argument("the model to start from names another number of classes than it has output neurons");
  }
  wanted.sizes.back() = static_cast<int>(classes.size());
  wanted.frozen = params.network.frozen;  // may change: it says what is trained
  if (params.network == wanted) return;
  throw std::invalid_argument("the network to train is not that of the model to start from");
}

}  // namespace

Resolved resolve_from(const Model& model, const TrainingChoices& choices, int n_channels, int n_classes) {
  NetworkParams network = model.training.network;
  if (network.sizes.front() != n_channels) {
    throw std::invalid_argument(fmt::format("the model to start from has {} channels, the training data have {}",
                                            network.sizes.front(), n_channels));
  }
  require_no_contradiction(network, choices);
  network.sizes.back() = n_classes;
  network.frozen = choices.frozen.value_or(network.frozen);
  TrainingChoices rest = choices;  // what follows from the network shall follow from this one: rate, gain
  rest.hidden = hidden_of(network);
  rest.skips = network.skips;
  rest.values["output_layer"] = network.output_layer;
  Resolved resolved = resolve(rest, n_channels, n_classes, &network);
  if (!choices.frozen && !network.frozen.empty()) {
    resolved.notes.push_back(
        fmt::format("layers that stay frozen, as in the model to start from: {}; --no-freeze trains them",
                    fmt::join(network.frozen, ", ")));
  }
  return resolved;
}

void require_drawn(const TrainingChoices& choices, const Model& model, const std::vector<std::string>& classes) {
  const NetworkParams& network = model.training.network;
  const bool is_any_new = std::ranges::count(indices_of(classes, model.classes), -1) > 0;
  const auto is_drawn = [&](const std::vector<int>& layers) {
    return is_any_new && std::ranges::count(layers, network.n_layers()) > 0;
  };
  const std::map<std::string, bool> fields = {{"w_scale", is_any_new},
                                              {"w_self_mean", is_drawn(network.self_recurrent)},
                                              {"w_self_std", is_drawn(network.self_recurrent)},
                                              {"adaptation", is_drawn(network.adaptive)},
                                              {"w_rec_scale", false},  // hidden layers are the model's
                                              {"spectral_radius", false},
                                              {"inhibitory_share", false},
                                              {"tau_m_spread", is_drawn(network.bip)}};
  visit_fields(model.training.init, [&](const Field& field, const double&) {
    const double* choice = given<double>(choices, field);
    if (choice == nullptr || *choice == 0.0 || fields.at(field.name)) return;
    throw std::invalid_argument(
        fmt::format("{} has no effect: the model to start from has what it would draw; leave it out", flag_of(field)));
  });
}

WarmStart warm_start(const Model& model, const std::vector<std::string>& classes, const TrainingParams& params) {
  require_network(model, classes, params);
  const std::vector<int> indices = indices_of(classes, model.classes);
  WarmStart start{initial_parameters(params.network, params.init, params.seed), {}, {}, {}};
  Tensors taken = model.parameters;  // as it is scored; with drop_neurons that is not as it is trained
  scale_for_training(taken, params);
  for (const ParameterInfo& info : parameter_list(params.network)) {
    const Tensor& found = taken.at(info.name);
    Tensor& array = start.parameters.at(info.name);
    if (info.to == params.network.n_layers()) {
      move_rows(found, indices, array);
    } else {
      array = found;
    }
  }
  const bool freezes_output = std::ranges::binary_search(params.network.frozen, params.network.n_layers());
  if (freezes_output && std::ranges::count(indices, -1) > 0) {
    throw std::invalid_argument(fmt::format(
        "frozen layer {}: it is the output, and some of its classes are new, which would never be learnt; leave it out",
        params.network.n_layers()));
  }
  for (std::size_t k = 0; k < classes.size(); ++k) {
    (indices[k] < 0 ? start.new_classes : start.taken_classes).push_back(classes[k]);
  }
  std::ranges::copy_if(model.classes, std::back_inserter(start.left_classes),
                       [&](const std::string& name) { return std::ranges::find(classes, name) == classes.end(); });
  return start;
}

}  // namespace snn
