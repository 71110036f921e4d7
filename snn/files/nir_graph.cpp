#include "snn/files/nir_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <utility>

#include "snn/files/model_json.h"
#include "snn/model/parameter_list.h"

namespace snn {
namespace {

// A decay of e^-100 over a step is none of any float's business, and its time constant is still a number above 0.
constexpr double kMostTausPerStep = 100.0;

const char* const kDecision =
    "the class is the first largest sum over steps of the output neurons' postsynaptic currents, a[t] = (1 - 1/tau_s) "
    "a[t-1] "
    "+ s[t]/tau_s with tau_s = tau_syn/dt and spikes s";

const char* const kReadoutDecision =
    "the class is the first largest sum over steps of the output neurons' potentials, which have no threshold";

/// The time constant in seconds that makes a simulator keep `keep` (0 <= keep < 1) of a state from step to step.
double time_constant(double keep, const NirChoices& choices) {
  if (!choices.exact) return choices.dt_s / (1.0 - keep);
  return choices.dt_s / (keep > 0.0 ? std::min(-std::log(keep), kMostTausPerStep) : kMostTausPerStep);
}

NirArray of_neurons(std::vector<double> values) {
  const auto n = static_cast<std::int64_t>(values.size());
  return {NirType::kFloat64, {n}, std::move(values)};
}

NirArray constant(std::size_t n, double value) {
  return of_neurons(std::vector<double>(n, value));
}

NirNode port(const std::string& name, const std::string& type, int n) {
  return {name, type, {{"shape", {NirType::kInt64, {1}, {static_cast<double>(n)}}}}};
}

/// A matrix [to][from]; exact in float32 where the factor is 1 or the product has a float's digits. bias: of the neurons, or
/// null.
NirNode connection(const std::string& name, NirArray weight, const Tensor* bias, const NirChoices& choices) {
  const bool is_affine = choices.affine || bias != nullptr;
  NirNode node{name, is_affine ? "Affine" : "Linear", {}};
  if (is_affine) {
    std::vector<double> values(static_cast<std::size_t>(weight.shape.front()), 0.0);
    if (bias != nullptr) values.assign(bias->values.begin(), bias->values.end());
    node.arrays["bias"] = {NirType::kFloat32, {weight.shape.front()}, std::move(values)};
  }
  node.arrays["weight"] = std::move(weight);
  return node;
}

NirArray scaled(const Tensor& tensor, double factor) {
  NirArray array{NirType::kFloat32, tensor.shape, {}};
  for (const float value : tensor.values)
    array.values.push_back(static_cast<float>(factor * static_cast<double>(value)));
  return array;
}

NirArray diagonal(const Tensor& tensor) {
  const std::size_t n = tensor.values.size();
  NirArray array{NirType::kFloat32, {tensor.shape.front(), tensor.shape.front()}, std::vector<double>(n * n, 0.0)};
  for (std::size_t i = 0; i < n; ++i) array.values[i * n + i] = static_cast<double>(tensor.values[i]);
  return array;
}

class Builder {
 public:
  Builder(const Model& model, const NirChoices& choices)
      : network_(model.training.network), tensors_(model.parameters), choices_(choices) {}

  NirGraph build() {
    const int last = network_.n_layers();
    graph_.nodes.push_back(port("input", "Input", network_.sizes.front()));
    for (int layer = 1; layer <= last; ++layer) add_layer(layer);
    std::string end = lif_name(last);
    if (choices_.reads_psc && fires(last)) {
      graph_.nodes.push_back(psc(static_cast<std::size_t>(network_.sizes.back())));
      add_edge(end, "psc");
      end = "psc";
    }
    graph_.nodes.push_back(port("output", "Output", network_.sizes.back()));
    add_edge(end, "output");
    return std::move(graph_);
  }

 private:
  static std::string lif_name(int population) { return population == 0 ? "input" : fmt::format("lif_{}", population); }

  bool fires(int layer) const { return layer < network_.n_layers() || network_.output_layer == OutputLayer::kSpiking; }

  double keep_s() const { return 1.0 - 1.0 / network_.tau_s; }

  void add_edge(const std::string& from, const std::string& to) { graph_.edges.emplace_back(from, to); }

  /// The connections that end in the layer, then its neurons.
  void add_layer(int layer) {
    bool lacks_bias = true;  // the first connection brings it
    for (const ParameterInfo& info : parameter_list(network_)) {
      const bool is_self = info.kind == ParameterKind::kSelfWeight,
                 is_lateral = info.kind == ParameterKind::kLateralWeight;
      if (info.to != layer || !(is_self || is_synaptic(info.kind))) continue;
      const Tensor& tensor = tensors_.at(info.name);
      NirArray weight = is_self ? diagonal(tensor) : scaled(tensor, info.from == 0 ? network_.input_scale : 1.0);
      const bool has_bias = network_.bias && std::exchange(lacks_bias, false);
      const Tensor* bias = has_bias ? &tensors_.at(fmt::format("bias_{}", layer)) : nullptr;
      graph_.nodes.push_back(connection(info.name, std::move(weight), bias, choices_));
      // A cycle takes the spikes of the step before, which is the lateral connection's delay.
      add_edge(info.delay > 0 && !is_lateral ? add_delay(info) : lif_name(info.from), info.name);
      add_edge(info.name, lif_name(layer));
    }
    graph_.nodes.push_back(neurons(layer));
  }

  /// The source of a connection, some steps later.
  std::string add_delay(const ParameterInfo& info) {
    const std::string name = fmt::format("delay_{}_{}_d{}", info.from, info.to, info.delay);
    graph_.nodes.push_back(
        {name,
         "Delay",
         {{"delay", constant(static_cast<std::size_t>(network_.sizes[info.from]), info.delay * choices_.dt_s)}}});
    add_edge(lif_name(info.from), name);
    return name;
  }

  /// [ScSr Eqs. 4, 5, 6, 20] as NIR's CubaLIF, its current first and its voltage then.
  NirNode neurons(int layer) const {
    const std::string name = fmt::format("theta_{}", layer);
    std::vector<double> tau_mem, r;
    for (const float value : tensors_.at(name).values) {
      const auto theta = static_cast<double>(value);
      if (!(theta >= 0.0 && theta < 1.0)) {
        throw std::invalid_argument(fmt::format(
            "{}: holds {}; a membrane time constant 1 / (1 - theta) wants it from 0 to below 1", name, value));
      }
      tau_mem.push_back(time_constant(theta, choices_));
      r.push_back(1.0 / (1.0 - theta));
    }
    const std::size_t n = r.size();
    NirNode node{lif_name(layer),
                 fires(layer) ? "CubaLIF" : "CubaLI",
                 {{"tau_mem", of_neurons(std::move(tau_mem))},
                  {"tau_syn", constant(n, time_constant(keep_s(), choices_))},
                  {"r", of_neurons(std::move(r))},
                  {"v_leak", constant(n, 0.0)},
                  {"w_in", constant(n, 1.0)}}};
    if (fires(layer)) node.arrays["v_reset"] = constant(n, 0.0);
    if (fires(layer)) node.arrays["v_threshold"] = constant(n, network_.v_th);
    return node;
  }

  /// [ScSr Eq. 6] as NIR's leaky integrator.
  NirNode psc(std::size_t n) const {
    return {"psc",
            "LI",
            {{"tau", constant(n, time_constant(keep_s(), choices_))},
             {"r", constant(n, 1.0)},
             {"v_leak", constant(n, 0.0)}}};
  }

  const NetworkParams& network_;
  const Tensors& tensors_;
  const NirChoices& choices_;
  NirGraph graph_;
};

}  // namespace

NirGraph to_nir(const Model& model, const NirChoices& choices) {
  if (!(choices.dt_s > 0.0 && std::isfinite(choices.dt_s))) {
    throw std::invalid_argument(fmt::format("dt is {} s; wanted is a finite number above 0", choices.dt_s));
  }
  const NetworkParams& network = model.training.network;
  if (!network.adaptive.empty()) {
    throw std::invalid_argument("the network adapts (--adaptive), for which NIR has no neuron; train it without");
  }
  if (network.direct_input) {
    throw std::invalid_argument(
        "the input passes no synapse (--direct-input), which the graph cannot say; train it without");
  }
  check_parameters(network, model.parameters);
  NirGraph graph = Builder(model, choices).build();
  graph.numbers = {{"dt", choices.dt_s}, {"tau_s_steps", network.tau_s}, {"input_scale", network.input_scale}};
  graph.texts = {
      {"units", "seconds: dt, tau_mem, tau_syn, tau; without unit: all other numbers"},
      {"decays", choices.exact ? "exp(-dt/tau)" : "1 - dt/tau"},
      {"order",
       "in each step the current, then the voltage, then spike and reset; cycles take the spikes of the step before"},
      {"input_scale_is", "multiplied into the weights that leave the input"},
      {"input_kind", model.input_kind},
      {"classes", strings_to_json(model.classes)},
      {"decision", network.output_layer == OutputLayer::kSpiking ? kDecision : kReadoutDecision},
      {"recipe", model.recipe_json}};
  return graph;
}

}  // namespace snn
