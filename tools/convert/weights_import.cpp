#include "tools/convert/weights_import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

#include "frontend/base/require.h"
#include "snn/model/parameter_list.h"
#include "tools/convert/weights_names.h"

namespace tools {

namespace {

using ear::require;
using snn::Tensor;
using snn::Tensors;

std::string shape_text(const Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.shape, "]["));
}

std::string names_of(const Tensors& tensors) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors) names.push_back(name + " " + shape_text(tensor));
  return first_of(names);
}

/// The first copy of each connection, by its ends.
using Connections = std::map<std::pair<int, int>, const Tensor*>;

/// Layers, skips and delays, as the names say.
Connections take_connections(const Tensors& tensors, snn::NetworkParams& network) {
  static const std::regex weight(R"(w_(\d{1,4})_(\d{1,4})(?:_d(\d{1,5}))?)"),
      of_layer(R"((w_self|w_rec|adapt)_(\d{1,4}))");
  Connections connections;
  std::set<int> input_delays, forward_delays, skip_delays;
  for (const auto& [name, tensor] : tensors) {
    std::smatch m;
    if (std::regex_match(name, m, of_layer)) {
      (m[1] == "adapt"   ? network.adaptive
       : m[1] == "w_rec" ? network.recurrent
                         : network.self_recurrent)
          .push_back(std::stoi(m[2]));
    }
    if (!std::regex_match(name, m, weight)) continue;
    require(tensor.shape.size() == 2, "{}: has the shape {}; wanted is [to][from]", name, shape_text(tensor));
    const int from = std::stoi(m[1]), to = std::stoi(m[2]);
    const bool is_skip = to != from + 1, is_new = connections.try_emplace({from, to}, &tensor).second;
    (is_skip ? skip_delays : from == 0 ? input_delays : forward_delays).insert(m[3].matched ? std::stoi(m[3]) : 0);
    if (is_skip && is_new) network.skips.push_back({from, to});
  }
  const auto take = [](const std::set<int>& found, std::vector<int>& delays) {
    if (!found.empty()) delays.assign(found.begin(), found.end());
  };
  take(input_delays, network.input_delays);
  take(forward_delays, network.forward_delays);
  take(skip_delays, network.skip_delays);
  std::ranges::sort(network.self_recurrent);
  std::ranges::sort(network.adaptive);
  std::ranges::sort(network.recurrent);
  std::ranges::sort(network.skips, {}, [](const snn::Skip& s) { return std::pair(s.from, s.to); });
  return connections;
}

/// The connections, and populations' sizes as their shapes say.
void take_topology(const Tensors& tensors, snn::NetworkParams& network) {
  const Connections connections = take_connections(tensors, network);
  int last = 1;
  for (const auto& [ends, tensor] : connections) last = std::max(last, ends.second);
  for (int layer = 1; layer <= last; ++layer) {
    const auto found = connections.find({layer - 1, layer});
    if (found == connections.end()) {
      throw std::invalid_argument(
          fmt::format("w_{}_{}: no tensor of that name, the weights into layer {}; there are {}; "
                      "--name THEIRS=w_{}_{} names it",
                      layer - 1, layer, layer, names_of(tensors), layer - 1, layer));
    }
    const auto& shape = found->second->shape;
    if (layer == 1) network.sizes.push_back(static_cast<int>(std::min<std::int64_t>(shape[1], INT32_MAX)));
    network.sizes.push_back(static_cast<int>(std::min<std::int64_t>(shape[0], INT32_MAX)));
  }
}

/// Whether its theta is 0, for lack of a membrane.
bool is_mean(const snn::NetworkParams& network, int layer) {
  return layer == network.n_layers() && network.output_layer == snn::OutputLayer::kMean;
}

void take_constants(const ImportContext& context, const Tensors& tensors, snn::NetworkParams& network) {
  visit_fields(network, [&context]<class T>(const snn::Field& field, T& value) {
    if (const T* choice = snn::given<T>(context.constants, field)) value = *choice;
  });
  const auto lacks = [&tensors](const char* name, int layer) {
    return !tensors.contains(fmt::format("{}_{}", name, layer));
  };
  bool lacks_theta = false;
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    lacks_theta |= lacks("theta", layer) && !is_mean(network, layer);
  }
  const auto need = [&context](const char* name, const char* flag) {
    require(context.constants.values.contains(name) || context.is_like,
            "{} is not given, and weights do not say it; give it, or --like MODEL", flag);
  };
  need("tau_s", "--tau-s");
  need("v_th", "--threshold");
  if (lacks_theta) need("tau_m", "--tau-m (there are layers without theta_L or tau_m_L)");
  const bool lacks_rho = std::ranges::any_of(network.adaptive, [&](int layer) { return lacks("rho", layer); });
  if (lacks_rho) need("tau_a", "--tau-a (there are layers with adapt_L and without rho_L)");
  require(lacks_rho || !context.constants.values.contains("tau_a"),
          "--tau-a has no effect: it counts only for layers with adapt_L and without rho_L; leave it out");
}

/// One value stands for all n neurons.
void spread(Tensor& tensor, std::size_t n) {
  if (tensor.values.size() != 1) return;
  tensor = {{static_cast<std::int64_t>(n)}, std::vector<float>(n, tensor.values.front())};
}

/// Decays under that name, filled in where they are absent. Returns whether all are those of the time constant.
bool complete_decays(Tensors& tensors, const std::string& name, std::size_t n, double start) {
  const auto usual = static_cast<float>(start);
  Tensor& decays = tensors.emplace(name, Tensor{{}, {usual}}).first->second;
  spread(decays, n);
  for (const float value : decays.values) {
    require(value >= 0.0F && value < 1.0F, "{}: holds {}; wanted is 0 to below 1", name, value);
  }
  return std::ranges::all_of(decays.values, [usual](float v) { return v == usual; });
}

/// A lateral matrix with zeros is a sparse one: training must not bring its missing connections back.
void take_density(const ImportContext& context, const Tensors& tensors, snn::NetworkParams& network) {
  const bool is_given = context.constants.values.contains("recurrent_density");
  require(!is_given || !network.recurrent.empty(),
          "--recurrent-density has no effect: it counts only for layers with w_rec_L; leave it out");
  std::size_t n_there = 0, n_all = 0;
  for (const int layer : network.recurrent) {
    const std::vector<float>& w = tensors.at(fmt::format("w_rec_{}", layer)).values;
    n_there += w.size() - static_cast<std::size_t>(std::ranges::count(w, 0.0F));
    n_all += w.size();
  }
  if (!is_given && n_there > 0) network.recurrent_density = static_cast<double>(n_there) / static_cast<double>(n_all);
}

/// Fills in decays that are absent, and spreads values that stand for a whole layer. Returns the layers whose thetas are not all
/// those of tau_m.
std::vector<int> complete_layers(Tensors& tensors, const snn::NetworkParams& network) {
  std::vector<int> own;
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    const auto n = static_cast<std::size_t>(network.sizes[static_cast<std::size_t>(layer)]);
    const bool keeps = !is_mean(network, layer);
    const std::string theta = fmt::format("theta_{}", layer);
    const bool is_usual = complete_decays(tensors, theta, n, keeps ? 1.0 - 1.0 / network.tau_m : 0.0);
    require(keeps || is_usual, "{}: is not 0, and an output layer mean has no membrane; --output-layer leaky has one",
            theta);
    if (!is_usual) own.push_back(layer);
    if (std::ranges::binary_search(network.adaptive, layer)) {
      complete_decays(tensors, fmt::format("rho_{}", layer), n, 1.0 - 1.0 / network.tau_a);
    }
    if (const auto self = tensors.find(fmt::format("w_self_{}", layer)); self != tensors.end()) spread(self->second, n);
  }
  return own;
}

/// Biases that are all zeros are none; beside others every layer has some.
void complete_biases(Tensors& tensors, bool is_like, snn::NetworkParams& network) {
  const auto is_bias = [](const auto& item) { return item.first.starts_with("bias_"); };
  const auto counts = std::ranges::find_if(tensors, [&](const auto& item) {
    return is_bias(item) && std::ranges::any_of(item.second.values, [](float v) { return v != 0.0F; });
  });
  if (!is_like) network.bias = counts != tensors.end();
  if (!network.bias) {
    require(counts == tensors.end(), "{}: is a bias that is not zero, and the network of --like has none",
            counts == tensors.end() ? "" : counts->first);
    std::erase_if(tensors, is_bias);
    return;
  }
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    const int n = network.sizes[static_cast<std::size_t>(layer)];
    tensors.try_emplace(fmt::format("bias_{}", layer), Tensor{{n}, std::vector<float>(static_cast<std::size_t>(n))});
  }
}

void check_ends(const ImportContext& context, const snn::NetworkParams& network) {
  require(context.n_channels == 0 || context.n_channels == network.sizes.front(),
          "w_0_1: takes {} channels, the stream has {}", network.sizes.front(), context.n_channels);
  const int last = network.n_layers(), n_outputs = network.sizes.back();
  const std::size_t n_classes = context.target.classes.size();
  require(static_cast<int>(n_classes) == n_outputs, "w_{}_{}: gives {} outputs, there are {} classes", last - 1, last,
          n_outputs, n_classes);
}

}  // namespace

snn::Model import_weights(const snn::WeightsFile& file, const ImportContext& context) {
  auto [tensors, constants] = name_weights(file, context.names);
  snn::Model model = context.target;
  snn::NetworkParams& network = model.training.network;
  if (!context.is_like) take_topology(tensors, network);
  take_constants(context, tensors, network);
  validate(network);
  check_constants(constants, network);
  check_ends(context, network);
  const std::vector<int> own_thetas = complete_layers(tensors, network);
  if (!context.is_like) network.bip = own_thetas;
  if (!context.is_like) take_density(context, tensors, network);
  complete_biases(tensors, context.is_like, network);
  check_parameters(network, tensors);
  model.parameters = std::move(tensors);
  return model;
}

}  // namespace tools
