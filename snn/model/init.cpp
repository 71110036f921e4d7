#include "snn/model/init.h"

#include <algorithm>
#include <cmath>

#include "snn/base/hash.h"
#include "snn/base/rng.h"

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

}  // namespace

Tensors initial_parameters(const NetworkParams& network, const InitParams& init, std::uint64_t seed) {
  validate(init);
  Tensors tensors;
  for (const ParameterInfo& info : parameter_list(network)) {
    const std::int64_t n = info.n_values();
    std::vector<float> values;
    const auto constant = [&](double value) { values.assign(static_cast<std::size_t>(n), static_cast<float>(value)); };
    switch (info.kind) {
      case ParameterKind::kWeight:
        values = normals(n, 0.0, init.w_scale * std::sqrt(2.0 / fan_in(network, info)), seed, info.name);
        break;
      case ParameterKind::kSelfWeight:
        values = normals(n, init.w_self_mean, init.w_self_std, seed, info.name);
        break;
      case ParameterKind::kTheta:
        if (info.trained && init.tau_m_spread > 1.0) {
          values = spread_thetas(n, network.tau_m, init.tau_m_spread, seed, info.name);
        } else {
          constant(has_membrane(network, info.to) ? 1.0 - 1.0 / network.tau_m : 0.0);
        }
        break;
      case ParameterKind::kAdaptation:
        constant(init.adaptation);
        break;
      case ParameterKind::kRho:
        constant(1.0 - 1.0 / network.tau_a);
        break;
      case ParameterKind::kNormGain:
      case ParameterKind::kNormVar:
        constant(1.0);
        break;
      case ParameterKind::kBias:
      case ParameterKind::kNormMean:
        constant(0.0);
        break;
    }
    tensors[info.name] = {info.shape, std::move(values)};
  }
  return tensors;
}

}  // namespace snn
