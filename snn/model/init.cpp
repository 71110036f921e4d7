#include "snn/model/init.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "snn/base/hash.h"
#include "snn/base/rng.h"
#include "snn/model/lateral_init.h"

namespace snn {
namespace {

std::vector<float> normals(std::int64_t n, double mean, double std_dev, std::uint64_t seed, const std::string& name) {
  Rng rng(seed, Purpose::kInit, fnv1a(name));
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) value = static_cast<float>(mean + std_dev * rng.normal());
  return values;
}

/// 1 - 1/tau of time constants that are log-uniform from tau_m / spread to tau_m * spread, and above 1 step.
std::vector<float> spread_thetas(std::int64_t n, double tau_m, double spread, std::uint64_t seed,
                                 const std::string& name) {
  Rng rng(seed, Purpose::kInit, fnv1a(name));
  const double low = std::log(std::max(1.0, tau_m / spread)), high = std::log(tau_m * spread);
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) {
    const double tau = std::exp(high - (high - low) * rng.uniform());  // uniform() is below 1: above the lower end
    value = static_cast<float>(1.0 - 1.0 / tau);
  }
  return values;
}

/// Sources of a neuron through one connection, all of its delays.
double fan_in(const NetworkParams& network, const ParameterInfo& info) {
  const bool is_skip = info.to > info.from + 1;
  const auto& delays = is_skip ? network.skip_delays : info.from == 0 ? network.input_delays : network.forward_delays;
  return static_cast<double>(network.sizes[info.from]) * static_cast<double>(delays.size());
}

bool has_membrane(const NetworkParams& network, int layer) {
  return layer < network.n_layers() || network.output_layer != OutputLayer::kMean;
}

std::vector<float> initial_values(const NetworkParams& network, const InitParams& init, const ParameterInfo& info,
                                  std::uint64_t seed) {
  const std::int64_t n = info.n_values();
  const auto constant = [n](double value) {
    return std::vector<float>(static_cast<std::size_t>(n), static_cast<float>(value));
  };
  switch (info.kind) {
    case ParameterKind::kWeight:
      return normals(n, 0.0, init.w_scale * std::sqrt(2.0 / fan_in(network, info)), seed, info.name);
    case ParameterKind::kLateralWeight:
      return draw_lateral(network, init, info, seed);
    case ParameterKind::kSelfWeight:
      return normals(n, init.w_self_mean, init.w_self_std, seed, info.name);
    case ParameterKind::kTheta:
      if (info.trained && init.tau_m_spread > 1.0) {
        return spread_thetas(n, network.tau_m, init.tau_m_spread, seed, info.name);
      }
      return constant(has_membrane(network, info.to) ? 1.0 - 1.0 / network.tau_m : 0.0);
    case ParameterKind::kAdaptation:
      return constant(init.adaptation);
    case ParameterKind::kRho:
      return constant(1.0 - 1.0 / network.tau_a);
    case ParameterKind::kNormGain:
    case ParameterKind::kNormVar:
      return constant(1.0);
    case ParameterKind::kBias:
    case ParameterKind::kNormMean:
      return constant(0.0);
  }
  throw std::invalid_argument(info.name + ": an array of no known kind");
}

}  // namespace

Tensors initial_parameters(const NetworkParams& network, const InitParams& init, std::uint64_t seed) {
  validate(init);
  Tensors tensors;
  for (const ParameterInfo& info : parameter_list(network)) {
    tensors[info.name] = {info.shape, initial_values(network, init, info, seed)};
  }
  return tensors;
}

}  // namespace snn
