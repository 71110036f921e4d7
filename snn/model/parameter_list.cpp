#include "snn/model/parameter_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

namespace snn {
namespace {

/// One for each delay.
void add_weights(const NetworkParams& params, int from, int to, const std::vector<int>& delays,
                 std::vector<ParameterInfo>& list) {
  for (const int delay : delays) {
    list.push_back({.name = fmt::format("w_{}_{}{}", from, to, delay > 0 ? fmt::format("_d{}", delay) : ""),
                    .kind = ParameterKind::kWeight,
                    .from = from,
                    .to = to,
                    .delay = delay,
                    .shape = {params.sizes[to], params.sizes[from]}});
  }
}

void add_lateral(const NetworkParams& params, int layer, std::vector<ParameterInfo>& list) {
  list.push_back({.name = fmt::format("w_rec_{}", layer),
                  .kind = ParameterKind::kLateralWeight,
                  .from = layer,
                  .to = layer,
                  .delay = 1,
                  .shape = {params.sizes[layer], params.sizes[layer]}});
}

/// What every neuron of a layer has one of.
struct OfNeurons {
  ParameterKind kind;
  const char* prefix;
  bool trained = true;
};

ParameterInfo per_neuron(const NetworkParams& params, const OfNeurons& what, int layer) {
  return {.name = fmt::format("{}_{}", what.prefix, layer),
          .kind = what.kind,
          .from = layer,
          .to = layer,
          .shape = {params.sizes[layer]},
          .trained = what.trained};
}

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

void check_array(const ParameterInfo& info, const Tensor& tensor, const std::string& name, float low) {
  if (tensor.shape != info.shape) {
    throw std::invalid_argument(fmt::format("array {} has the shape {}; the network wants {}", name,
                                            shape_text(tensor.shape), shape_text(info.shape)));
  }
  if (static_cast<std::int64_t>(tensor.values.size()) != info.n_values()) {
    throw std::invalid_argument(
        fmt::format("array {} holds {} values; its shape wants {}", name, tensor.values.size(), info.n_values()));
  }
  const auto bad = std::ranges::find_if(tensor.values, [low](float v) { return !std::isfinite(v) || v < low; });
  if (bad != tensor.values.end()) {
    throw std::invalid_argument(fmt::format("array {} holds {} at index {}; wanted are finite values{}", name, *bad,
                                            bad - tensor.values.begin(), low == 0.0F ? ", none below 0" : ""));
  }
}

}  // namespace

std::int64_t ParameterInfo::n_values() const {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::vector<ParameterInfo> parameter_list(const NetworkParams& params) {
  validate(params);
  std::vector<ParameterInfo> list;
  for (int l = 1; l <= params.n_layers(); ++l) {
    add_weights(params, l - 1, l, l == 1 ? params.input_delays : params.forward_delays, list);
  }
  for (const Skip& skip : params.skips) add_weights(params, skip.from, skip.to, params.skip_delays, list);
  for (const int l : params.recurrent) add_lateral(params, l, list);
  const auto add = [&](const OfNeurons& what, const std::vector<int>& layers) {
    for (const int l : layers) list.push_back(per_neuron(params, what, l));
  };
  std::vector<int> all(static_cast<std::size_t>(params.n_layers()));
  std::iota(all.begin(), all.end(), 1);
  std::vector<int> normalised = params.normalised ? all : std::vector<int>{};
  if (params.normalised && params.output_layer != OutputLayer::kSpiking) normalised.pop_back();
  add({ParameterKind::kSelfWeight, "w_self"}, params.self_recurrent);
  for (const int l : all) {
    add({ParameterKind::kTheta, "theta", std::ranges::binary_search(params.bip, l)}, {l});
  }
  add({ParameterKind::kAdaptation, "adapt"}, params.adaptive);
  add({ParameterKind::kRho, "rho"}, params.adaptive);
  add({ParameterKind::kBias, "bias"}, params.bias || params.normalised ? all : std::vector<int>{});
  add({ParameterKind::kNormGain, "norm_gain"}, normalised);
  add({ParameterKind::kNormMean, "norm_mean", false}, normalised);
  add({ParameterKind::kNormVar, "norm_var", false}, normalised);
  for (ParameterInfo& info : list) {
    if (std::ranges::binary_search(params.frozen, info.to)) info.trained = false;
  }
  return list;
}

void check_arrays(std::span<const ParameterInfo> list, const Tensors& tensors, std::string_view prefix, float low) {
  for (const ParameterInfo& info : list) {
    const std::string name = fmt::format("{}{}", prefix, info.name);
    const auto found = tensors.find(info.name);
    if (found == tensors.end()) {
      throw std::invalid_argument(
          fmt::format("array {} is missing; the network wants it as {}", name, shape_text(info.shape)));
    }
    check_array(info, found->second, name, info.kind == ParameterKind::kNormVar ? 0.0F : low);
  }
  for (const auto& [name, tensor] : tensors) {
    if (std::ranges::find(list, name, &ParameterInfo::name) == list.end()) {
      throw std::invalid_argument(fmt::format("array {}{} is not one of the network's", prefix, name.substr(0, 60)));
    }
  }
}

ArrayLayout::ArrayLayout(const NetworkParams& params) {
  for (ParameterInfo& info : parameter_list(params)) {
    const int rows = info.shape.size() > 1 ? static_cast<int>(info.shape.front()) : 1;
    const int columns = static_cast<int>(info.shape.back());
    entries_.push_back({.info = std::move(info), .offset = 0, .rows = rows, .columns = columns});
  }
  for (const bool trained : {true, false}) {
    for (Entry& entry : entries_) {
      if (entry.info.trained != trained) continue;
      entry.offset = n_values_;
      n_values_ += pitched_area(entry.rows, entry.columns);
      if (trained && is_synaptic(entry.info.kind)) n_weights_ = n_values_;
    }
    if (trained) n_trained_ = n_values_;
  }
}

}  // namespace snn
