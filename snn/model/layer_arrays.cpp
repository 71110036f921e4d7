#include "snn/model/layer_arrays.h"

#include <map>

namespace snn {

namespace {

/// The weights of a connection's delays lie one behind the other.
void add_delay(const Connection& weight, std::vector<Connection>& connections) {
  if (connections.empty() || connections.back().population != weight.population) {
    connections.push_back(weight);
  } else {
    connections.back().delays.push_back(weight.delays.front());
  }
}

}  // namespace

LayerArrays::LayerArrays(const NetworkParams& params, const ArrayLayout& layout, int index) {
  const auto size_of = [&params](int population) { return params.sizes.at(static_cast<std::size_t>(population)); };
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    const ParameterInfo& info = entry.info;
    if (info.kind != ParameterKind::kWeight) {
      if (info.to == index) take(entry);
      continue;
    }
    if (info.to == index) add_delay({info.from, size_of(info.from), entry.offset, {info.delay}}, incoming);
    if (info.from == index) add_delay({info.to, size_of(info.to), entry.offset, {info.delay}}, outgoing);
  }
}

void LayerArrays::take(const ArrayLayout::Entry& entry) {
  const std::map<ParameterKind, Offset*> places = {
      {ParameterKind::kLateralWeight, &lateral}, {ParameterKind::kSelfWeight, &w_self},
      {ParameterKind::kTheta, &theta},           {ParameterKind::kBias, &bias},
      {ParameterKind::kAdaptation, &adaptation}, {ParameterKind::kRho, &rho},
      {ParameterKind::kNormGain, &gain},         {ParameterKind::kNormMean, &mean},
      {ParameterKind::kNormVar, &variance}};
  *places.at(entry.info.kind) = entry.offset;
  if (entry.info.kind == ParameterKind::kTheta) trains_theta = entry.info.trained;
}

}  // namespace snn
