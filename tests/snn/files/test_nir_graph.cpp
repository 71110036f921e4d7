#include "snn/files/nir_graph.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "tests/snn/network_rig.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/gathered.h"
#include "tests/snn/synthetic.h"

using Catch::Contains;

namespace {

using Vector = std::vector<double>;

const snn::NirNode& node_of(const snn::NirGraph& graph, const std::string& name) {
  for (const snn::NirNode& node : graph.nodes) {
    if (node.name == name) return node;
  }
  throw std::out_of_range(name);
}

/// NIR's definitions, node by node in the graph's order: a node behind its source takes this step's output, one before it
/// takes the last step's. Decays are 1 - dt/tau (forward Euler) or exp(-dt/tau).
class Simulator {
 public:
  explicit Simulator(const snn::NirGraph& graph)
      : graph_(graph), dt_(graph.numbers.at("dt")), exact_(graph.texts.at("decays") == "exp(-dt/tau)") {
    for (const snn::NirNode& node : graph.nodes) output_[node.name] = {};
  }

  void step(const Vector& input) {
    for (const snn::NirNode& node : graph_.nodes) {
      Vector sum = node.type == "Input" ? input : Vector{};
      for (const auto& [from, to] : graph_.edges) {
        if (to == node.name) add(output_.at(from), sum);
      }
      output_[node.name] = apply(node, sum);
    }
  }

  const Vector& output(const std::string& name) const { return output_.at(name); }

 private:
  static void add(const Vector& from, Vector& sum) {
    if (from.empty()) return;  // no step before the first one
    sum.resize(from.size());
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += from[i];
  }

  double share(double tau) const { return exact_ ? 1.0 - std::exp(-dt_ / tau) : dt_ / tau; }

  Vector apply(const snn::NirNode& node, const Vector& in) {
    const auto get = [&node](const char* name, std::size_t i) { return node.arrays.at(name).values.at(i); };
    if (node.type == "Input" || node.type == "Output") return in;
    if (node.type == "Linear" || node.type == "Affine") return product(node, in);
    State& state = states_[node.name];
    const std::size_t n = node.arrays.at("r").values.size();
    state.current.resize(n);
    state.voltage.resize(n);
    Vector out(n);
    for (std::size_t i = 0; i < n; ++i) {
      double& current = state.current[i];
      double& voltage = state.voltage[i];
      const double arriving = in.empty() ? 0.0 : in.at(i);
      if (node.type == "LI") {
        voltage += share(get("tau", i)) * ((get("v_leak", i) - voltage) + get("r", i) * arriving);
        out[i] = voltage;
        continue;
      }
      REQUIRE(node.type == "CubaLIF");
      current += share(get("tau_syn", i)) * (get("w_in", i) * arriving - current);
      voltage += share(get("tau_mem", i)) * ((get("v_leak", i) - voltage) + get("r", i) * current);
      out[i] = voltage > get("v_threshold", i) ? 1.0 : 0.0;
      if (out[i] != 0.0) voltage = get("v_reset", i);
    }
    return out;
  }

  static Vector product(const snn::NirNode& node, const Vector& in) {
    const snn::NirArray& w = node.arrays.at("weight");
    const auto n_to = static_cast<std::size_t>(w.shape.at(0)), n_from = static_cast<std::size_t>(w.shape.at(1));
    Vector out(n_to);
    if (node.type == "Affine") out = node.arrays.at("bias").values;
    for (std::size_t i = 0; i < n_to && !in.empty(); ++i) {
      for (std::size_t j = 0; j < n_from; ++j) out[i] += w.values[i * n_from + j] * in.at(j);
    }
    return out;
  }

  struct State {
    Vector current, voltage;
  };

  const snn::NirGraph& graph_;
  double dt_;
  bool exact_;
  std::map<std::string, Vector> output_;
  std::map<std::string, State> states_;
};

/// One input, one self-connected neuron: theta 1/2, tau_s 2, V 1, weights 3 and -2, input times 2.
snn::Model one_neuron() {
  snn::Model model;
  snn::NetworkParams& network = model.training.network;
  network.sizes = {1, 1};
  network.self_recurrent = {1};
  network.tau_m = 2.0;
  network.tau_s = 2.0;
  network.input_scale = 2.0;
  model.classes = {"yes"};
  model.input_kind = "raster";
  model.recipe_json = "[]";
  model.parameters = {{"w_0_1", {{1, 1}, {3.0F}}}, {"w_self_1", {{1}, {-2.0F}}}, {"theta_1", {{1}, {0.5F}}}};
  return model;
}

snn::Model random_model(std::uint64_t seed) {
  snn::Model model;
  model.training = support::small_training();
  snn::NetworkParams& network = model.training.network;
  model.training.init.w_scale = 2.0;
  if (seed % 3 == 1) network.skips = {};
  if (seed % 3 == 2) network.self_recurrent = {1, 2, 3};
  if (seed % 2 == 0) network.recurrent = {1, 2};
  network.tau_s = seed % 2 == 0 ? 8.0 : 3.0;
  model.classes = {"a", "b", "c", "j\xc3\xa4"};
  model.input_kind = "raster";
  model.recipe_json = "[]";
  model.parameters = snn::initial_parameters(network, model.training.init, seed);
  const std::vector<double> thetas = support::numbers<double>(60, static_cast<std::uint32_t>(seed), 0.0, 0.999);
  for (std::size_t layer = 1; layer < network.sizes.size(); ++layer) {
    auto& values = model.parameters.at(fmt::format("theta_{}", layer)).values;
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(thetas[i + layer]);
  }
  model.parameters.at("theta_1").values[0] = 0.0F;
  return model;
}

/// A spike of each layer or its absence in every step, from the network and from the graph of it; in double, where roundings
/// (1e-16) are some ten orders of magnitude below the distance of any potential here from the threshold.
void check_same_spikes(const snn::Model& model, const snn::NirChoices& choices) {
  const snn::NetworkParams& params = model.training.network;
  const auto backend = snn::make_cpu_backend<double>(1, "auto");
  snn::Network<double> network(params, model.training.gradient, *backend);
  network.set_parameters(model.parameters);
  const snn::NirGraph graph = snn::to_nir(model, choices);
  const snn::Dataset data = support::synthetic({.n_utterances = 4, .seed = 7});
  std::vector<std::int64_t> n_spikes(static_cast<std::size_t>(params.n_layers()));
  for (int b = 0; b < 4; ++b) {
    const snn::Batch batch = snn::make_batch(data, std::vector<int>{b});
    const std::vector<double> x = support::gathered<double>(batch);
    network.forward(batch);
    Simulator simulator(graph);
    Vector sums(static_cast<std::size_t>(params.sizes.back()));
    std::vector<std::vector<double>> u;
    for (int layer = 1; layer <= params.n_layers(); ++layer) u.push_back(network.potential(layer));
    for (int t = 0; t < batch.n_rows(); ++t) {
      simulator.step({x.begin() + t * data.n_channels, x.begin() + (t + 1) * data.n_channels});
      for (int layer = 1; layer <= params.n_layers(); ++layer) {
        const int n = params.sizes[static_cast<std::size_t>(layer)];
        const Vector& spikes = simulator.output(fmt::format("lif_{}", layer));
        for (int i = 0; i < n; ++i) {
          INFO("utterance " << b << ", step " << t << ", layer " << layer << ", neuron " << i);
          const double potential = u[static_cast<std::size_t>(layer) - 1][static_cast<std::size_t>(t * n + i)];
          REQUIRE(spikes.at(static_cast<std::size_t>(i)) == (potential > params.v_th ? 1.0 : 0.0));
          n_spikes[static_cast<std::size_t>(layer) - 1] += potential > params.v_th ? 1 : 0;
        }
      }
      const Vector& out = simulator.output("output");
      for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += out.at(k);
    }
    if (!choices.reads_psc) continue;
    const std::vector<double> wanted = network.class_sums();
    for (std::size_t k = 0; k < sums.size(); ++k) CHECK(sums[k] == Approx(wanted[k]).epsilon(1e-12));
  }
  for (const std::int64_t n : n_spikes) CHECK(n >= 20);  // silent or self-less layers would prove little
}

}  // namespace

TEST_CASE("NIR graph: one neuron by hand") {
  const snn::NirGraph graph = snn::to_nir(one_neuron(), {.dt_s = 0.25});
  using Edge = std::pair<std::string, std::string>;
  CHECK(graph.edges ==
        std::vector<Edge>{
            {"input", "w_0_1"}, {"w_0_1", "lif_1"}, {"lif_1", "w_self_1"}, {"w_self_1", "lif_1"}, {"lif_1", "output"}});
  std::vector<std::string> types;
  for (const snn::NirNode& node : graph.nodes) types.push_back(node.name + " " + node.type);
  CHECK(types ==
        std::vector<std::string>{"input Input", "w_0_1 Linear", "w_self_1 Linear", "lif_1 CubaLIF", "output Output"});
  CHECK(node_of(graph, "w_0_1").arrays.at("weight").values == Vector{6.0});  // 3 times the input scale
  CHECK(node_of(graph, "w_self_1").arrays.at("weight").values == Vector{-2.0});
  const auto& lif = node_of(graph, "lif_1").arrays;
  CHECK(lif.at("tau_mem").values == Vector{0.5});  // 1 / (1 - 1/2) steps of 1/4 s
  CHECK(lif.at("tau_syn").values == Vector{0.5});
  CHECK(lif.at("r").values == Vector{2.0});
  CHECK(lif.at("v_threshold").values == Vector{1.0});
  CHECK(lif.at("v_reset").values == Vector{0.0});
  // x = 1 0 0. Step 0: I = 6/2 = 3, u = 3, a spike, c = 0. Step 1: the spike comes back, I = (3 - 2)/2 = 1/2, u = 1/2. Step 2:
  // I = 1/4, u = 1/4 + 1/4 = 1/2.
  Simulator simulator(graph);
  Vector spikes;
  for (const double x : {1.0, 0.0, 0.0}) {
    simulator.step({x});
    spikes.push_back(simulator.output("output").at(0));
  }
  CHECK(spikes == Vector{1.0, 0.0, 0.0});
}

TEST_CASE("NIR graph: time constants for exact exponentials") {
  snn::Model model = one_neuron();
  const snn::NirGraph graph = snn::to_nir(model, {.dt_s = 0.25, .exact = true});
  const auto& lif = node_of(graph, "lif_1").arrays;
  CHECK(std::exp(-0.25 / lif.at("tau_mem").values[0]) == Approx(0.5).epsilon(1e-15));
  CHECK(std::exp(-0.25 / lif.at("tau_syn").values[0]) == Approx(0.5).epsilon(1e-15));
  CHECK(lif.at("r").values == Vector{2.0});
  model.parameters.at("theta_1").values = {0.0F};  // keeps nothing: e^-100 is as good, and a time constant of 0 is none
  CHECK(node_of(snn::to_nir(model, {.dt_s = 0.25, .exact = true}), "lif_1").arrays.at("tau_mem").values ==
        Vector{0.0025});
}

TEST_CASE("NIR graph: every edge joins equal sizes, every name is there once, the text says how to read it") {
  for (const bool affine : {false, true}) {
    const snn::Model model = random_model(3);
    const snn::NirGraph graph = snn::to_nir(model, {.affine = affine, .reads_psc = true});
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> sizes;  // in, out
    for (const snn::NirNode& node : graph.nodes) {
      const bool is_matrix = node.arrays.contains("weight");
      CHECK(node.arrays.contains("bias") == (is_matrix && affine));
      if (is_matrix) CHECK(node.type == (affine ? "Affine" : "Linear"));
      std::pair<std::int64_t, std::int64_t> size;
      if (is_matrix) {
        const auto& shape = node.arrays.at("weight").shape;
        size = {shape.at(1), shape.at(0)};
      } else if (node.arrays.contains("shape")) {
        size.first = size.second = static_cast<std::int64_t>(node.arrays.at("shape").values.at(0));
      } else {
        size.first = size.second = node.arrays.at("r").shape.at(0);
      }
      REQUIRE(sizes.emplace(node.name, size).second);
    }
    std::set<std::pair<std::string, std::string>> edges(graph.edges.begin(), graph.edges.end());
    CHECK(edges.size() == graph.edges.size());
    for (const auto& [from, to] : edges) CHECK(sizes.at(from).second == sizes.at(to).first);
    CHECK(edges.contains({"w_1_3", "lif_3"}));
    CHECK(edges.contains({"w_0_2", "lif_2"}));
    CHECK(edges.contains({"psc", "output"}));
    CHECK(graph.texts.at("recipe") == model.recipe_json);
    CHECK_THAT(graph.texts.at("classes"), Contains("j\xc3\xa4"));
    CHECK(graph.numbers.at("tau_s_steps") == model.training.network.tau_s);
  }
}

TEST_CASE("NIR graph: a simulator of NIR's equations gives the network's spikes") {
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    INFO("seed " << seed);
    check_same_spikes(random_model(seed), {});
  }
}

TEST_CASE("NIR graph: the same with exact exponentials, Affine nodes and the currents that decide") {
  for (const std::uint64_t seed : {3, 5}) {
    check_same_spikes(random_model(seed), {.dt_s = 0.002, .exact = true, .affine = true, .reads_psc = true});
    check_same_spikes(random_model(seed), {.dt_s = 3.0, .reads_psc = true});
  }
}

TEST_CASE("NIR graph: what has no graph") {
  snn::Model model = one_neuron();
  for (const double dt_s : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    CHECK_THROWS_WITH(snn::to_nir(model, {.dt_s = dt_s}), Contains("dt is"));
  }
  for (const float theta : {1.0F, -0.5F}) {
    model.parameters.at("theta_1").values = {theta};
    CHECK_THROWS_WITH(snn::to_nir(model, {}), Contains("theta_1: holds"));
  }
  model.training.network.direct_input = true;
  CHECK_THROWS_WITH(snn::to_nir(model, {}), Contains("passes no synapse"));
  model.training.network.direct_input = false;
  model.parameters.erase("w_self_1");
  CHECK_THROWS_WITH(snn::to_nir(model, {}), Contains("w_self_1"));
}
