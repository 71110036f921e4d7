#include "snn/data/dropout.h"

#include "snn/model/parameter_list.h"

namespace snn {

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
