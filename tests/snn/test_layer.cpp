#include "snn/layer.h"

#include <catch2/catch.hpp>

namespace {

/// Layers 0 to 3 of 2, 2, 1 and 2 neurons with the skips 0:2 and 1:3; one utterance of `n_steps` steps. PSCs and errors
/// of every population are set by hand.
class Rig {
 public:
  explicit Rig(int n_steps)
      : params_{.sizes = {2, 2, 1, 2}, .self_recurrent = {2}, .bip = {2}, .skips = {{0, 2}, {1, 3}}},
        layout_(params_),
        backend_(snn::make_backend<double>("cpu", 1)),
        parameters_(*backend_, layout_.n_values()),
        gradients_(*backend_, layout_.n_values()),
        n_valid_(*backend_, 1),
        n_steps_(n_steps) {
    n_valid_.upload(std::vector<int>{n_steps});
    for (const int n : params_.sizes) {
      psc_.emplace_back(*backend_, static_cast<std::size_t>(n * n_steps));
      delta_.emplace_back(*backend_, static_cast<std::size_t>(n * n_steps));
    }
  }

  snn::Layer<double> layer(int index) {
    snn::Layer<double> layer(params_, layout_, index);
    layer.allocate(*backend_, static_cast<std::size_t>(n_steps_), 1);
    layer.set_shape(n_steps_, 1);
    return layer;
  }

  void set(snn::ParameterKind kind, int from, int to, const std::vector<double>& values) {
    const auto* entry = layout_.find(kind, from, to);
    REQUIRE(entry->size == values.size());
    parameters_.upload(values, entry->offset);
  }
  void set_psc(int population, const std::vector<double>& values) { psc_.at(population).upload(values); }
  void set_delta(int population, const std::vector<double>& values) { delta_.at(population).upload(values); }
  std::vector<double> gradient(snn::ParameterKind kind, int from, int to) const {
    const auto* entry = layout_.find(kind, from, to);
    return gradients_.download(entry->offset, entry->size);
  }

  snn::Pass<double> pass() {
    snn::Pass<double> pass{.backend = *backend_,
                           .parameters = parameters_.data(),
                           .gradients = gradients_.data(),
                           .n_valid = n_valid_.data(),
                           .coeffs = snn::derive_coeffs<double>(params_, {}),
                           .gradient = {},
                           .psc = {},
                           .delta = {}};
    for (const auto& psc : psc_) pass.psc.push_back(psc.data());
    for (auto& delta : delta_) pass.delta.push_back(delta.data());
    return pass;
  }

 private:
  snn::NetworkParams params_;
  snn::ArrayLayout layout_;
  std::unique_ptr<snn::Backend<double>> backend_;
  snn::Buffer<double> parameters_, gradients_;
  snn::Buffer<int> n_valid_;
  std::vector<snn::Buffer<double>> psc_, delta_;
  int n_steps_;
};

constexpr auto kWeight = snn::ParameterKind::kWeight;
constexpr auto kSelfWeight = snn::ParameterKind::kSelfWeight;
constexpr auto kTheta = snn::ParameterKind::kTheta;

}  // namespace

// One step: 1 * 0.125 + 2 * 1 along the chain, 4 * 0.5 - 4 * 0.25 along the skip 0:2: u = 3.125, a spike, a = 1/8.
TEST_CASE("layer: the current sums over all connections, skips alike", "[ScSr Eq. 7]") {
  Rig rig(1);
  rig.set(kWeight, 1, 2, {1.0, 2.0});
  rig.set(kWeight, 0, 2, {4.0, -4.0});
  rig.set_psc(0, {0.5, 0.25});
  rig.set_psc(1, {0.125, 1.0});
  snn::Layer<double> layer = rig.layer(2);
  for (int i = 0; i < 2; ++i) {  // a second pass starts anew
    layer.forward(rig.pass());
    CHECK(layer.u().download() == std::vector<double>{3.125});
    CHECK(layer.psc().download() == std::vector<double>{0.125});
    CHECK(layer.n_spikes().download() == std::vector<int>{1});
  }
}

// Layer 2 has delta 3 and weights 1, 2 from layer 1: 3, 6.
TEST_CASE("layer: a hidden layer's error comes from the layer behind it", "[ScSr Eq. 16]") {
  Rig rig(1);
  rig.set(kWeight, 1, 2, {1.0, 2.0});
  rig.set_delta(2, {3.0});
  snn::Layer<double> layer = rig.layer(1);
  layer.gather_error(rig.pass());
  CHECK(layer.delta().download() == std::vector<double>{3.0, 6.0});
}

// Besides, layer 3 has delta 1, -1 and weights [1 0; 2 5] from layer 1: 1 - 2, 0 - 5. Together 2, 1.
TEST_CASE("layer: a skip's target adds to the error", "[ScSr Eq. 19]") {
  Rig rig(1);
  rig.set(kWeight, 1, 2, {1.0, 2.0});
  rig.set(kWeight, 1, 3, {1.0, 0.0, 2.0, 5.0});
  rig.set_delta(2, {3.0});
  rig.set_delta(3, {1.0, -1.0});
  snn::Layer<double> layer = rig.layer(1);
  for (int i = 0; i < 2; ++i) {
    layer.gather_error(rig.pass());
    CHECK(layer.delta().download() == std::vector<double>{2.0, 1.0});
  }
}

// Two steps; delta is what the scan makes of the error 1, 1, and every gradient a sum over both steps: weights with the
// PSC of the same step, the self-weight and theta with what the step before left.
TEST_CASE("layer: gradients pair delta with what the connection carried", "[ScSr Eq. 13]") {
  Rig rig(2);
  rig.set(kWeight, 1, 2, {0.5, 0.25});
  rig.set(kWeight, 0, 2, {2.0, 1.0});
  rig.set(kSelfWeight, 2, 2, {0.5});
  rig.set(kTheta, 2, 2, {0.75});
  rig.set_psc(0, {0.25, 0.125, 0.5, 0.75});
  rig.set_psc(1, {0.5, 0.25, 0.125, 1.0});
  snn::Layer<double> layer = rig.layer(2);
  layer.forward(rig.pass());
  layer.delta().upload(std::vector<double>{1.0, 1.0});
  layer.backward(rig.pass());
  const std::vector<double> delta = layer.delta().download(), u = layer.u().download(), psc = layer.psc().download();
  REQUIRE(u[0] == 0.9375);  // no spike: 0.25 + 0.0625 + 0.5 + 0.125
  REQUIRE(delta[0] != 0.0);
  CHECK(rig.gradient(kWeight, 1, 2) ==
        std::vector<double>{delta[0] * 0.5 + delta[1] * 0.125, delta[0] * 0.25 + delta[1] * 1.0});
  CHECK(rig.gradient(kWeight, 0, 2) ==
        std::vector<double>{delta[0] * 0.25 + delta[1] * 0.5, delta[0] * 0.125 + delta[1] * 0.75});
  CHECK(rig.gradient(kSelfWeight, 2, 2) == std::vector<double>{delta[1] * psc[0]});
  CHECK(rig.gradient(kTheta, 2, 2) == std::vector<double>{delta[1] * u[0]});
  CHECK(rig.gradient(kWeight, 1, 3) == std::vector<double>(4, 0.0));
}
