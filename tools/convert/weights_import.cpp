#include "tools/convert/weights_import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <stdexcept>

#include "frontend/base/require.h"
#include "snn/files/metadata.h"
#include "snn/model/parameter_list.h"

namespace tools {

namespace {

using ear::require;
using snn::Tensor;
using snn::TensorEntry;
using snn::Tensors;

/// The first names for a message, and how many more there are.
std::string first_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMost));
  std::string text = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > kMost) text += fmt::format(" and {} more", names.size() - kMost);
  return text;
}

/// Of at most four digits, as they stand in a tensor's name.
int layer_number(const std::ssub_match& digits) {
  return std::stoi(digits.str());
}

std::string name_of(const TensorEntry& entry) {
  return fmt::format("{} [{}]", snn::shown(entry.name), fmt::join(entry.shape, "]["));
}

void refuse_bias(const std::string& name, const Tensor& tensor) {
  require(std::ranges::all_of(tensor.values, [](float v) { return v == 0.0F; }),
          "{}: is a bias that is not zero, and the network has none; train without biases", name);
}

Tensor theta_of_tau(const std::string& name, Tensor tensor) {
  for (float& value : tensor.values) {
    require(value >= 1.0F, "{}: holds {}; wanted are time constants of 1 step or more", name, value);
    value = static_cast<float>(1.0 - 1.0 / static_cast<double>(value));
  }
  return tensor;
}

/// Our name for an array that is taken as it is, or after theta_of_tau(); empty if there is none.
std::string our_name(const std::string& name) {
  static const std::regex own(R"(w_\d{1,4}_\d{1,4}|w_self_\d{1,4}|theta_\d{1,4})");
  static const std::regex weight(R"(fc([1-9]\d{0,3})\.weight)"), skip(R"(skip_(\d{1,4}_\d{1,4})\.weight)"),
      self(R"(lif(\d{1,4})\.(?:recurrent\.)?V)"), theta(R"(lif(\d{1,4})\.beta|tau_m_(\d{1,4}))");
  std::smatch m;
  if (std::regex_match(name, own)) return name;
  if (std::regex_match(name, m, weight)) return fmt::format("w_{}_{}", layer_number(m[1]) - 1, layer_number(m[1]));
  if (std::regex_match(name, m, skip)) return "w_" + m[1].str();
  if (std::regex_match(name, m, self)) return fmt::format("w_self_{}", layer_number(m[1]));
  if (std::regex_match(name, m, theta)) return fmt::format("theta_{}", layer_number(m[1].matched ? m[1] : m[2]));
  return "";
}

/// Takes a tensor under a name that is known. False for another.
bool take(const snn::WeightsFile& file, const TensorEntry& entry, const std::string& name, NamedWeights& taken) {
  static const std::regex bias(R"(fc\d{1,4}\.bias)"), state(R"(lif\d{1,4}\.(?:mem|syn|spk))");
  static const std::regex constant(R"(lif\d{1,4}\.(alpha|threshold|graded_spikes_factor|reset_mechanism_val))");
  std::smatch m;
  if (std::regex_match(name, state)) return true;
  if (std::regex_match(name, bias)) {
    refuse_bias(name, file.read(entry));
  } else if (std::regex_match(name, m, constant)) {
    taken.constants.push_back({entry.name, m[1].str(), file.read(entry).values});
  } else if (const std::string ours = our_name(name); !ours.empty()) {
    Tensor tensor = file.read(entry);
    if (name.starts_with("tau_m_")) tensor = theta_of_tau(name, std::move(tensor));
    const auto [first, is_new] = taken.tensors.emplace(ours, tensor);
    // snnTorch stores the weights of one-to-one recurrence under two names.
    require(is_new || first->second.values == tensor.values,
            "{}: a second tensor that would be {}, with other values; --name {}= leaves it out", snn::shown(entry.name),
            ours, snn::shown(entry.name));
  } else {
    return false;
  }
  return true;
}

/// theirs -> ours of THEIRS=OURS.
std::map<std::string, std::string> parse_names(const std::vector<std::string>& names,
                                               const std::vector<TensorEntry>& theirs) {
  std::map<std::string, std::string> parsed;
  for (const std::string& name : names) {
    const std::size_t equals = name.rfind('=');
    require(equals != std::string::npos && equals != 0, "--name {}: wanted is THEIRS=OURS, or THEIRS= to drop a tensor",
            name);
    const std::string from = name.substr(0, equals);
    if (std::ranges::find(theirs, from, &TensorEntry::name) == theirs.end()) {
      std::vector<std::string> there;
      for (const TensorEntry& entry : theirs) there.push_back(name_of(entry));
      throw std::invalid_argument(
          fmt::format("--name {}: there is no tensor {}; there are {}", name, from, first_of(there)));
    }
    require(parsed.emplace(from, name.substr(equals + 1)).second, "--name: {} stands twice", from);
  }
  return parsed;
}

/// What the constant must be in a network of ours, and what that means.
std::pair<double, std::string> wanted(const std::string& what, const snn::NetworkParams& network) {
  const double tau_s = network.tau_s, v_th = network.v_th;
  if (what == "alpha") return {1.0 - 1.0 / tau_s, fmt::format("--tau-s {}", tau_s)};
  if (what == "threshold") return {v_th * tau_s, fmt::format("--threshold {} with --tau-s {}", v_th, tau_s)};
  if (what == "graded_spikes_factor") return {1.0, "a network whose spikes are of size 1"};
  return {1.0, "a network that resets to zero (reset_mechanism=\"zero\")"};
}

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
    require(tensor.shape.size() == 2, "{}: has the shape {}; wanted is [to][from]", name, shape_text(tensor));
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
    require(context.constants.values.contains(name) || context.is_like,
            "{} is not given, and weights do not say it; give it, or --like MODEL", flag);
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

/// Fills in thetas that are absent, and spreads values that stand for a whole layer. Returns the layers whose thetas are not all
/// those of tau_m.
std::vector<int> complete_layers(Tensors& tensors, const snn::NetworkParams& network) {
  std::vector<int> own;
  const auto start = static_cast<float>(1.0 - 1.0 / network.tau_m);
  for (int layer = 1; layer <= network.n_layers(); ++layer) {
    const auto n = static_cast<std::size_t>(network.sizes[static_cast<std::size_t>(layer)]);
    const std::string name = fmt::format("theta_{}", layer);
    Tensor& theta = tensors.emplace(name, Tensor{{}, {start}}).first->second;
    spread(theta, n);
    if (const auto self = tensors.find(fmt::format("w_self_{}", layer)); self != tensors.end()) spread(self->second, n);
    for (const float value : theta.values) {
      require(value >= 0.0F && value < 1.0F, "{}: holds {}; wanted is 0 to below 1", name, value);
    }
    if (std::ranges::any_of(theta.values, [start](float v) { return v != start; })) own.push_back(layer);
  }
  return own;
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

NamedWeights name_weights(const snn::WeightsFile& theirs, const std::vector<std::string>& names) {
  const auto renames = parse_names(names, theirs.entries());
  NamedWeights taken;
  for (const TensorEntry& entry : theirs.entries()) {
    const auto found = renames.find(entry.name);
    if (found != renames.end() && found->second.empty()) continue;
    const std::string& name = found == renames.end() ? entry.name : found->second;
    if (!take(theirs, entry, name, taken)) {
      throw std::invalid_argument(fmt::format(
          "{}: not a name that is known, of type {}; --name {}=OURS says what it is, --name {}= drops it; OURS "
          "is one of w_K_L, "
          "w_self_L, theta_L, tau_m_L",
          name_of(entry), snn::shown(entry.dtype), snn::shown(entry.name), snn::shown(entry.name)));
    }
  }
  return taken;
}

void check_constants(const std::vector<StatedConstant>& constants, const snn::NetworkParams& network) {
  for (const StatedConstant& stated : constants) {
    const auto [value, meaning] = wanted(stated.what, network);
    for (const float found : stated.values) {
      require(std::abs(static_cast<double>(found) - value) <= 1e-6 * std::max(1.0, std::abs(value)),
              "{}: holds {}, {} is {:.7g} there; change that, or --name {}= leaves the tensor out", stated.name, found,
              meaning, value, stated.name);
    }
  }
}

snn::Model import_weights(const snn::WeightsFile& file, const ImportContext& context) {
  auto [tensors, constants] = name_weights(file, context.names);
  snn::Model model = context.target;
  snn::NetworkParams& network = model.training.network;
  if (!context.is_like) take_topology(tensors, network);
  bool needs_tau_m = false;
  for (int layer = 1; layer <= network.n_layers(); ++layer)
    needs_tau_m |= !tensors.contains(fmt::format("theta_{}", layer));
  take_constants(context, network, needs_tau_m);
  validate(network);
  check_constants(constants, network);
  check_ends(context, network);
  const std::vector<int> own_thetas = complete_layers(tensors, network);
  if (!context.is_like) network.bip = own_thetas;
  check_parameters(network, tensors);
  model.parameters = std::move(tensors);
  return model;
}

}  // namespace tools
