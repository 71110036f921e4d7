#include "tools/convert/weights_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>
#include <stdexcept>
#include <utility>

#include "frontend/base/require.h"
#include "snn/files/metadata.h"

namespace tools {

namespace {

using ear::require;
using snn::Tensor;
using snn::TensorEntry;

std::string name_of(const TensorEntry& entry) {
  return fmt::format("{} [{}]", snn::shown(entry.name), fmt::join(entry.shape, "]["));
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
  static const std::regex own(R"(w_\d{1,4}_\d{1,4}(_d[1-9]\d{0,4})?|(w_self|w_rec|theta|bias|adapt|rho)_\d{1,4})");
  static const std::regex weight(R"(fc([1-9]\d{0,3})\.weight)"), skip(R"(skip_(\d{1,4}_\d{1,4})\.weight)"),
      bias(R"(fc([1-9]\d{0,3})\.bias)"), self(R"(lif(\d{1,4})\.(?:recurrent\.)?V)"),
      theta(R"(lif(\d{1,4})\.beta|tau_m_(\d{1,4}))");
  std::smatch m;
  if (std::regex_match(name, own)) return name;
  if (std::regex_match(name, m, weight)) return fmt::format("w_{}_{}", std::stoi(m[1]) - 1, std::stoi(m[1]));
  if (std::regex_match(name, m, bias)) return fmt::format("bias_{}", std::stoi(m[1]));
  if (std::regex_match(name, m, skip)) return "w_" + m[1].str();
  if (std::regex_match(name, m, self)) return fmt::format("w_self_{}", std::stoi(m[1]));
  if (std::regex_match(name, m, theta)) return fmt::format("theta_{}", std::stoi(m[1].matched ? m[1] : m[2]));
  return "";
}

/// Takes a tensor under a name that is known. False for another.
bool take(const snn::WeightsFile& file, const TensorEntry& entry, const std::string& name, NamedWeights& taken) {
  static const std::regex state(R"(lif\d{1,4}\.(?:mem|syn|spk))");
  static const std::regex constant(R"(lif\d{1,4}\.(alpha|threshold|graded_spikes_factor|reset_mechanism_val))");
  std::smatch m;
  if (std::regex_match(name, state)) return true;
  if (std::regex_match(name, m, constant)) {
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

}  // namespace

std::string first_of(const std::vector<std::string>& names) {
  constexpr std::size_t kMost = 20;
  const auto end = names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kMost));
  std::string text = fmt::format("{}", fmt::join(names.begin(), end, ", "));
  if (names.size() > kMost) text += fmt::format(" and {} more", names.size() - kMost);
  return text;
}

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
          "is one of w_K_L, w_K_L_dD, w_self_L, w_rec_L, theta_L, tau_m_L, bias_L, adapt_L, rho_L",
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

}  // namespace tools
