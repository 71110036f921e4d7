#include "snn/init.h"

#include <algorithm>
#include <cmath>

#include "snn/hash.h"
#include "snn/rng.h"

namespace snn {
namespace {

std::vector<float> normals(std::int64_t n, double mean, double std_dev, std::uint64_t seed, const std::string& name) {
  Rng rng(seed, Purpose::kInit, fnv1a(name));
  std::vector<float> values(static_cast<std::size_t>(n));
  for (float& value : values) value = static_cast<float>(mean + std_dev * rng.normal());
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
        values.assign(static_cast<std::size_t>(n), static_cast<float>(1.0 - 1.0 / network.tau_m));
        break;
    }
    tensors[info.name] = {info.shape, std::move(values)};
  }
  return tensors;
}

}  // namespace snn
