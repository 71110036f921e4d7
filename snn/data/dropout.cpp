#include "snn/data/dropout.h"

#include <cmath>

#include "snn/base/hash.h"
#include "snn/base/rng.h"
#include "snn/model/parameter_list.h"

namespace snn {

std::vector<std::uint8_t> draw_silent(const TrainingParams& params, int epoch, const Dataset& dataset,
                                      std::span<const int> indices) {
  std::vector<std::uint8_t> silent;
  const double probability = params.augment.drop_neurons;
  if (probability == 0.0) return silent;
  const auto limit = static_cast<std::uint64_t>(std::ldexp(probability, 32));
  const std::vector<int>& sizes = params.network.sizes;
  for (const int i : indices) {
    const std::string& key = dataset.utterances[static_cast<std::size_t>(i)].key;
    for (std::size_t layer = 1; layer + 1 < sizes.size(); ++layer) {
      Rng rng(params.seed, Purpose::kSilent, Hash().add(static_cast<std::uint64_t>(epoch)).add(key).add(layer).value());
      for (int n = 0; n < sizes[layer]; ++n) silent.push_back(rng.next_u32() < limit ? 1 : 0);
    }
  }
  return silent;
}

namespace {

void scale_hidden_sources(Tensors& parameters, const NetworkParams& network, double factor) {
  for (const ParameterInfo& info : parameter_list(network)) {
    if (!is_synaptic(info.kind) || info.from == 0) continue;
    for (float& w : parameters.at(info.name).values) w = static_cast<float>(w * factor);
  }
}

}  // namespace

void scale_for_scoring(Tensors& parameters, const TrainingParams& params) {
  if (params.augment.drop_neurons == 0.0) return;
  scale_hidden_sources(parameters, params.network, 1.0 - params.augment.drop_neurons);
}

void scale_for_training(Tensors& parameters, const TrainingParams& params) {
  if (params.augment.drop_neurons == 0.0) return;
  scale_hidden_sources(parameters, params.network, 1.0 / (1.0 - params.augment.drop_neurons));
}

}  // namespace snn
