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

}  // namespace

Tensors initial_parameters(const NetworkParams& network, const InitParams& init, std::uint64_t seed) {
  validate(init);
  Tensors tensors;
  for (const ParameterInfo& info : parameter_list(network)) {
    const std::int64_t n = info.n_values();
    std::vector<float> values;
    switch (info.kind) {
      case ParameterKind::kWeight:
        values = normals(n, 0.0, init.w_scale * std::sqrt(2.0 / network.sizes[info.from]), seed, info.name);
        break;
      case ParameterKind::kSelfWeight:
        values = normals(n, init.w_self_mean, init.w_self_std, seed, info.name);
        break;
      case ParameterKind::kTheta:
        if (info.trained && init.tau_m_spread > 1.0) {
          values = spread_thetas(n, network.tau_m, init.tau_m_spread, seed, info.name);
          break;
        }
        values.assign(static_cast<std::size_t>(n), static_cast<float>(1.0 - 1.0 / network.tau_m));
        break;
    }
    tensors[info.name] = {info.shape, std::move(values)};
  }
  return tensors;
}

}  // namespace snn
