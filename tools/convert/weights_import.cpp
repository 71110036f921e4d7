#include "tools/convert/weights_import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>
#include <stdexcept>

#include "snn/model/parameter_list.h"
#include "tools/convert/weights_names.h"

namespace tools {

namespace {

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

/// Populations' sizes and skips, as the shapes of w_K_L say.
void take_topology(const Tensors& tensors, snn::NetworkParams& network) {
  std::map<std::pair<int, int>, const Tensor*> connections;
  int last = 0;
  static const std::regex weight(R"(w_(\d{1,4})_(\d{1,4}))"), self(R"(w_self_(\d{1,4}))");
  for (const auto& [name, tensor] : tensors) {
    std::smatch m;
    if (std::regex_match(name, m, self)) network.self_recurrent.push_back(layer_number(m[1]));
    if (!std::regex_match(name, m, weight)) continue;
    if (tensor.shape.size() != 2) {
      throw std::invalid_argument(fmt::format("{}: has the shape {}; wanted is [to][from]", name, shape_text(tensor)));
    }
    const int from = layer_number(m[1]), to = layer_number(m[2]);
    connections[{from, to}] = &tensor;
    last = std::max(last, to);
    if (to != from + 1) network.skips.push_back({from, to});
  }
  std::ranges::sort(network.self_recurrent);
  std::ranges::sort(network.skips, {}, [](const snn::Skip& s) { return std::pair(s.from, s.to); });
  for (int layer = 1; layer <= std::max(last, 1); ++layer) {
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

void take_constants(const ImportContext& context, snn::NetworkParams& network, bool needs_tau_m) {
  const auto need = [&context](const char* name, const char* flag) {
    if (context.constants.values.contains(name) || context.like) return;
    throw std::invalid_argument(
        fmt::format("{} is not given, and weights do not say it; give it, or --like MODEL", flag));
  };
  need("tau_s", "--tau-s");
  need("v_th", "--threshold");
  if (needs_tau_m) need("tau_m", "--tau-m (there are layers without theta_L or tau_m_L)");
  visit_fields(network, [&context]<class T>(const snn::Field& field, T& value) {
    if (const T* choice = snn::given<T>(context.constants, field)) value = *choice;
  });
}

/// One value stands for all n neurons.
void spread(Tensor& tensor, std::size_t n) {
  if (tensor.values.size() != 1) return;
  tensor = {{static_cast<std::int64_t>(n)}, std::vector<float>(n, tensor.values.front())};
}

/// Fills in thetas that are absent, and spreads values that stand for a whole layer.
void complete_layers(Tensors& tensors, const snn::NetworkParams& network) {
  const auto start = static_cast<float>(1.0 - 1.0 / network.tau_m);
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    const auto n = static_cast<std::size_t>(network.sizes[static_cast<std::size_t>(layer)]);
    const std::string name = fmt::format("theta_{}", layer);
    Tensor& theta = tensors.emplace(name, Tensor{{}, {start}}).first->second;
    spread(theta, n);
    if (const auto self = tensors.find(fmt::format("w_self_{}", layer)); self != tensors.end()) spread(self->second, n);
    for (const float value : theta.values) {
      if (value >= 0.0F && value < 1.0F) continue;
      throw std::invalid_argument(fmt::format("{}: holds {}; wanted is 0 to below 1", name, value));
    }
  }
}

std::vector<int> layers_with_own_thetas(const Tensors& tensors, const snn::NetworkParams& network) {
  const auto start = static_cast<float>(1.0 - 1.0 / network.tau_m);
  std::vector<int> layers;
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    const std::vector<float>& values = tensors.at(fmt::format("theta_{}", layer)).values;
    if (std::ranges::any_of(values, [start](float v) { return v != start; })) layers.push_back(layer);
  }
  return layers;
}

void check_ends(const ImportContext& context, const snn::NetworkParams& network) {
  if (context.n_channels != 0 && context.n_channels != network.sizes.front()) {
    throw std::invalid_argument(
        fmt::format("w_0_1: takes {} channels, the stream has {}", network.sizes.front(), context.n_channels));
  }
  if (static_cast<int>(context.classes.size()) != network.sizes.back()) {
    const int last = network.n_layers();
    throw std::invalid_argument(fmt::format("w_{}_{}: gives {} outputs, there are {} classes", last - 1, last,
                                            network.sizes.back(), context.classes.size()));
  }
}

}  // namespace

snn::Model import_weights(const snn::WeightsFile& file, const ImportContext& context) {
  auto [tensors, constants] = name_weights(file, context.names);
  snn::Model model;
  snn::NetworkParams& network = model.training.network;
  if (context.like) {
    model.training = context.like->training;
  } else {
    take_topology(tensors, network);
  }
  bool needs_tau_m = false;
  for (int layer = 1; layer <= network.n_layers(); ++layer)
    needs_tau_m |= !tensors.contains(fmt::format("theta_{}", layer));
  take_constants(context, network, needs_tau_m);
  validate(network);
  check_constants(constants, network);
  check_ends(context, network);
  complete_layers(tensors, network);
  if (!context.like) network.bip = layers_with_own_thetas(tensors, network);
  check_parameters(network, tensors);
  model.classes = context.classes;
  model.input_kind = context.input_kind;
  model.recipe_json = context.recipe_json;
  model.parameters = std::move(tensors);
  return model;
}

}  // namespace tools
