#include "tools/convert/weights_import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <stdexcept>

#include "snn/parameter_list.h"

namespace tools {

namespace {

using snn::Tensor;
using snn::Tensors;

std::string shape_text(const Tensor& tensor) {
  return fmt::format("[{}]", fmt::join(tensor.shape, "]["));
}

std::string names_of(const Tensors& tensors) {
  std::string text;
  for (const auto& [name, tensor] : tensors)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, shape_text(tensor));
  return text;
}

void refuse_bias(const std::string& name, const Tensor& tensor) {
  if (std::ranges::all_of(tensor.values, [](float v) { return v == 0.0F; })) return;
  throw std::invalid_argument(
      fmt::format("{}: is a bias that is not zero, and the network has none; train without biases", name));
}

Tensor theta_of_tau(const std::string& name, Tensor tensor) {
  for (float& value : tensor.values) {
    if (!(value >= 1.0F)) {
      throw std::invalid_argument(
          fmt::format("{}: holds {}; wanted are time constants of 1 step or more", name, value));
    }
    value = static_cast<float>(1.0 - 1.0 / static_cast<double>(value));
  }
  return tensor;
}

int number(const std::ssub_match& digits) {
  return std::stoi(digits.str());  // at most four of them
}

/// Adds the tensor under our name; nothing for a bias of zeros. False for a name that is not known.
bool add_known(const std::string& name, const Tensor& tensor, Tensors& ours) {
  static const std::regex own(R"(w_\d{1,4}_\d{1,4}|w_self_\d{1,4}|theta_\d{1,4})");
  static const std::regex weight(R"(fc([1-9]\d{0,3})\.weight)"), bias(R"(fc\d{1,4}\.bias)"),
      skip(R"(skip_(\d{1,4}_\d{1,4})\.weight)"), self(R"(lif(\d{1,4})\.(?:recurrent\.)?V)"),
      beta(R"(lif(\d{1,4})\.beta)"), tau(R"(tau_m_(\d{1,4}))");
  std::smatch m;
  std::string our_name;
  Tensor value = tensor;
  if (std::regex_match(name, m, bias)) {
    refuse_bias(name, tensor);
    return true;
  }
  if (std::regex_match(name, m, own)) {
    our_name = name;
  } else if (std::regex_match(name, m, weight)) {
    our_name = fmt::format("w_{}_{}", number(m[1]) - 1, number(m[1]));
  } else if (std::regex_match(name, m, skip)) {
    our_name = "w_" + m[1].str();
  } else if (std::regex_match(name, m, self)) {
    our_name = fmt::format("w_self_{}", number(m[1]));
  } else if (std::regex_match(name, m, beta)) {
    our_name = fmt::format("theta_{}", number(m[1]));
  } else if (std::regex_match(name, m, tau)) {
    our_name = fmt::format("theta_{}", number(m[1]));
    value = theta_of_tau(name, std::move(value));
  } else {
    return false;
  }
  if (!ours.emplace(our_name, std::move(value)).second) {
    throw std::invalid_argument(fmt::format("{}: a second tensor that would be {}", name, our_name));
  }
  return true;
}

/// theirs -> ours of THEIRS=OURS.
std::map<std::string, std::string> parse_names(const std::vector<std::string>& names, const Tensors& theirs) {
  std::map<std::string, std::string> parsed;
  for (const std::string& name : names) {
    const std::size_t equals = name.rfind('=');
    if (equals == std::string::npos || equals == 0) {
      throw std::invalid_argument(fmt::format("--name {}: wanted is THEIRS=OURS, or THEIRS= to drop a tensor", name));
    }
    const std::string from = name.substr(0, equals);
    if (!theirs.contains(from)) {
      throw std::invalid_argument(
          fmt::format("--name {}: there is no tensor {}; there are {}", name, from, names_of(theirs)));
    }
    if (!parsed.emplace(from, name.substr(equals + 1)).second) {
      throw std::invalid_argument(fmt::format("--name: {} stands twice", from));
    }
  }
  return parsed;
}

/// Populations' sizes and skips, as the shapes of w_K_L say.
void take_topology(const Tensors& tensors, snn::NetworkParams& network) {
  std::map<std::pair<int, int>, const Tensor*> connections;
  int last = 0;
  static const std::regex weight(R"(w_(\d{1,4})_(\d{1,4}))"), self(R"(w_self_(\d{1,4}))");
  for (const auto& [name, tensor] : tensors) {
    std::smatch m;
    if (std::regex_match(name, m, self)) network.self_recurrent.push_back(number(m[1]));
    if (!std::regex_match(name, m, weight)) continue;
    if (tensor.shape.size() != 2) {
      throw std::invalid_argument(fmt::format("{}: has the shape {}; wanted is [to][from]", name, shape_text(tensor)));
    }
    const int from = number(m[1]), to = number(m[2]);
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
  const snn::TrainingChoices& c = context.constants;
  const auto need = [&context](const std::optional<double>& value, const char* flag) {
    if (value || context.like) return;
    throw std::invalid_argument(
        fmt::format("{} is not given, and weights do not say it; give it, or --like MODEL", flag));
  };
  need(c.tau_s, "--tau-s");
  need(c.v_th, "--threshold");
  if (needs_tau_m) need(c.tau_m, "--tau-m (there are layers without theta_L or tau_m_L)");
  network.tau_m = c.tau_m.value_or(network.tau_m);
  network.tau_s = c.tau_s.value_or(network.tau_s);
  network.v_th = c.v_th.value_or(network.v_th);
  network.input_scale = c.input_scale.value_or(network.input_scale);
}

/// Fills in thetas that are absent, and spreads those of one value.
void complete_thetas(Tensors& tensors, const snn::NetworkParams& network) {
  const auto start = static_cast<float>(1.0 - 1.0 / network.tau_m);
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    const auto n = static_cast<std::size_t>(network.sizes[static_cast<std::size_t>(layer)]);
    const std::string name = fmt::format("theta_{}", layer);
    Tensor& theta = tensors.emplace(name, Tensor{{}, {start}}).first->second;
    if (theta.values.size() == 1) theta = {{static_cast<std::int64_t>(n)}, std::vector<float>(n, theta.values.front())};
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

snn::Tensors rename(const snn::Tensors& theirs, const std::vector<std::string>& names) {
  const auto renames = parse_names(names, theirs);
  Tensors ours;
  for (const auto& [name, tensor] : theirs) {
    const auto found = renames.find(name);
    if (found != renames.end() && found->second.empty()) continue;
    const std::string& known = found == renames.end() ? name : found->second;
    if (!add_known(known, tensor, ours)) {
      throw std::invalid_argument(fmt::format(
          "{} {}: not a name that is known; --name {}=OURS says what it is, --name {}= drops it; OURS is one of w_K_L, "
          "w_self_L, theta_L, tau_m_L",
          known, shape_text(tensor), name, name));
    }
  }
  return ours;
}

snn::Model import_weights(snn::Tensors tensors, const ImportContext& context) {
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
  check_ends(context, network);
  complete_thetas(tensors, network);
  if (!context.like) network.bip = layers_with_own_thetas(tensors, network);
  check_parameters(network, tensors);
  model.classes = context.classes;
  model.input_kind = context.input_kind;
  model.recipe_json = context.recipe_json;
  model.parameters = std::move(tensors);
  return model;
}

}  // namespace tools
