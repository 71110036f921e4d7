#include "snn/model/folding.h"

#include <fmt/format.h>

#include "snn/model/parameter_list.h"
#include "snn/neuron/normalisation.h"

namespace snn {

Folded fold_normalisation(const NetworkParams& network, Tensors parameters) {
  if (!network.normalised) return {network, std::move(parameters)};
  Folded folded{network, {}};
  folded.network.normalised = false;
  folded.network.bias = true;
  // factor[l][n] on what comes into neuron n of layer l; 1 where a layer is not normalised.
  const auto factor = [&parameters](int layer, std::size_t n) {
    const auto gain = parameters.find(fmt::format("norm_gain_{}", layer));
    if (gain == parameters.end()) return 1.0;
    const float variance = parameters.at(fmt::format("norm_var_{}", layer)).values[n];
    return double{gain->second.values[n]} * inverse_deviation(double{variance});
  };
  for (const ParameterInfo& info : parameter_list(folded.network)) {
    Tensor tensor = parameters.at(info.name);
    const bool is_bias = info.kind == ParameterKind::kBias;
    const auto mean = parameters.find(fmt::format("norm_mean_{}", info.to));
    const std::size_t n_neurons = static_cast<std::size_t>(info.shape.front());
    const std::size_t n_row = tensor.values.size() / n_neurons;
    for (std::size_t n = 0; n < n_neurons && (is_bias || info.kind == ParameterKind::kWeight); ++n) {
      const double scale = factor(info.to, n);
      for (std::size_t i = n * n_row; i < (n + 1) * n_row; ++i) {
        const double value = double{tensor.values[i]};
        const double bias = mean == parameters.end() ? value : value - scale * double{mean->second.values[n]};
        tensor.values[i] = static_cast<float>(is_bias ? bias : value * scale);
      }
    }
    folded.parameters[info.name] = std::move(tensor);
  }
  return folded;
}

}  // namespace snn
