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

ParameterInfo weight(const NetworkParams& params, int from, int to) {
  return {
      fmt::format("w_{}_{}", from, to), ParameterKind::kWeight, from, to, {params.sizes[to], params.sizes[from]}, true};
}

ParameterInfo per_neuron(const NetworkParams& params, ParameterKind kind, int layer, bool trained) {
  const char* prefix = kind == ParameterKind::kSelfWeight ? "w_self" : "theta";
  return {fmt::format("{}_{}", prefix, layer), kind, layer, layer, {params.sizes[layer]}, trained};
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
  for (int l = 1; l <= params.n_layers(); ++l) list.push_back(weight(params, l - 1, l));
  for (const Skip& skip : params.skips) list.push_back(weight(params, skip.from, skip.to));
  for (int l : params.self_recurrent) list.push_back(per_neuron(params, ParameterKind::kSelfWeight, l, true));
  for (int l = 1; l <= params.n_layers(); ++l) {
    const bool trained = std::binary_search(params.bip.begin(), params.bip.end(), l);
    list.push_back(per_neuron(params, ParameterKind::kTheta, l, trained));
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
    check_array(info, found->second, name, low);
  }
  for (const auto& [name, tensor] : tensors) {
    if (std::ranges::find(list, name, &ParameterInfo::name) == list.end()) {
      throw std::invalid_argument(fmt::format("array {}{} is not one of the network's", prefix, name.substr(0, 60)));
    }
  }
}

ArrayLayout::ArrayLayout(const NetworkParams& params) {
  for (ParameterInfo& info : parameter_list(params)) {
    const auto size = static_cast<std::size_t>(info.n_values());
    entries_.push_back({.info = std::move(info), .offset = 0, .size = size});
  }
  for (const bool trained : {true, false}) {
    for (Entry& entry : entries_) {
      if (entry.info.trained != trained) continue;
      entry.offset = n_values_;
      n_values_ += entry.size;
      if (entry.info.kind == ParameterKind::kWeight) n_weights_ = n_values_;
    }
    if (trained) n_trained_ = n_values_;
  }
}

}  // namespace snn
