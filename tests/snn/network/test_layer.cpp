#include "snn/network/layer.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "snn/backend/backend.h"
#include "tests/snn/numbers.h"

namespace {

constexpr std::size_t kNeurons = 5;  // of layers 1 to 3

/// Layers 0 to 3 of 2, 2, 1 and 2 neurons with the skips 0:2 and 1:3; one utterance of `n_steps` steps. What every
/// population sends, and its error, are set by hand. tau_s = 8.
class Rig {
 public:
  explicit Rig(int n_steps)
      : params_{.sizes = {2, 2, 1, 2}, .self_recurrent = {2}, .bip = {2}, .skips = {{0, 2}, {1, 3}}, .adaptive = {}},
        layout_(params_),
        backend_(snn::make_cpu_backend<double>(1, "auto")),
        parameters_(*backend_, layout_.n_values()),
        gradients_(*backend_, layout_.n_values()),
        row_begin_(*backend_, 2),
        input_(*backend_, snn::pitched_area(n_steps, 2)),
        spikes_(*backend_, static_cast<std::size_t>(n_steps)),
        n_spikes_(*backend_, kNeurons),
        batch_spikes_(*backend_, kNeurons),
        firing_rates_(*backend_, 3),
        psc_sums_(*backend_, 2),
        parts_(*backend_, layout_.n_trained() - layout_.n_weights()),
        n_steps_(n_steps) {
    row_begin_.upload(std::vector<int>{0, n_steps});
    for (const int n : params_.sizes) delta_.emplace_back(*backend_, snn::pitched_area(n_steps, n));
  }

  snn::Layer<double> layer(int index) {
    snn::Layer<double> layer(params_, layout_, index, snn::Rule::kSurrogate);
    layer.allocate(*backend_, static_cast<std::size_t>(n_steps_), 1, true);
    layer.set_shape(n_steps_, 1);
    return layer;
  }

  void set(snn::ParameterKind kind, int from, int to, const std::vector<double>& values) {
    const snn::ArrayLayout::Entry* entry = find(kind, from, to);
    REQUIRE(static_cast<std::size_t>(entry->info.n_values()) == values.size());
    parameters_.upload(support::spread(values, entry->columns), entry->offset);
  }
  void set_input(const std::vector<double>& values) { input_.upload(support::spread(values, 2)); }
  /// Of population 1: a word for each step.
  void set_spikes(const std::vector<std::uint64_t>& words) { spikes_.upload(words); }
  void set_delta(int population, const std::vector<double>& values) {
    delta_.at(population).upload(support::spread(values, params_.sizes.at(population)));
  }
  /// Spikes of each neuron of all layers.
  std::vector<int> n_spikes() const { return n_spikes_.download(); }
  std::vector<double> gradient(snn::ParameterKind kind, int from, int to) const {
    const snn::ArrayLayout::Entry* entry = find(kind, from, to);
    const std::size_t n_weights = layout_.n_weights();
    if (kind != snn::ParameterKind::kWeight) return parts_.download(entry->offset - n_weights, entry->size());
    return support::packed(gradients_.download(entry->offset, entry->size()), entry->columns);
  }

  const snn::ArrayLayout::Entry* find(snn::ParameterKind kind, int from, int to) const {
    const auto is_it = [=](const snn::ArrayLayout::Entry& entry) {
      return entry.info.kind == kind && entry.info.from == from && entry.info.to == to;
    };
    const auto found = std::ranges::find_if(layout_.entries(), is_it);
    REQUIRE(found != layout_.entries().end());
    return &*found;
  }

  snn::Pass<double> pass() {
    snn::Pass<double> pass{.backend = *backend_,
                           .parameters = parameters_.data(),
                           .gradients = gradients_.data(),
                           .row_begin = row_begin_.data(),
                           .n_steps = 0,
                           .coeffs = snn::derive_coeffs<double>(params_, {}),
                           .gradient = {},
                           .n_utterances = 1,
                           .n_spikes = n_spikes_.data(),
                           .n_spikes_stride = kNeurons,
                           .batch_spikes = batch_spikes_.data(),
                           .firing_rates = firing_rates_.data(),
                           .psc_sums = psc_sums_.data(),
                           .parts = parts_.data(),
                           .part_stride = layout_.n_trained() - layout_.n_weights(),
                           .first_part = layout_.n_weights(),
                           .sources = {{2, input_.data(), nullptr}, {2, nullptr, spikes_.data()}, {}},
                           .delta = {}};
    for (auto& delta : delta_) pass.delta.push_back(delta.data());
    return pass;
  }

 private:
  snn::NetworkParams params_;
  snn::ArrayLayout layout_;
  std::unique_ptr<snn::Backend<double>> backend_;
  snn::Buffer<double> parameters_, gradients_;
  snn::Buffer<int> row_begin_;
  snn::Buffer<double> input_;
  snn::Buffer<std::uint64_t> spikes_;
  snn::Buffer<int> n_spikes_;
  snn::Buffer<std::int64_t> batch_spikes_;
  snn::Buffer<double> firing_rates_, psc_sums_, parts_;
  std::vector<snn::Buffer<double>> delta_;
  int n_steps_;
};

constexpr auto kWeight = snn::ParameterKind::kWeight;
constexpr auto kSelfWeight = snn::ParameterKind::kSelfWeight;
constexpr auto kTheta = snn::ParameterKind::kTheta;

}  // namespace

// One step, tau_s = 8: 8 for the spike of neuron 1 along the chain, 4 * 4 - 4 * 2 along the skip 0:2: drive 16, current
// and u = 2, a spike.
TEST_CASE("layer: the current sums over all connections, skips alike", "[ScSr Eq. 7]") {
  Rig rig(1);
  rig.set(kWeight, 1, 2, {1.0, 8.0});
  rig.set(kWeight, 0, 2, {4.0, -4.0});
  rig.set_input({4.0, 2.0});
  rig.set_spikes({0b10});
  snn::Layer<double> layer = rig.layer(2);
  for (int i = 0; i < 2; ++i) {  // a second pass starts anew
    layer.forward(rig.pass(), true);
    CHECK(layer.u().download() == support::spread({2.0}, 1));
    CHECK(layer.spikes().download() ==
          std::vector<std::byte>{std::byte{1}, {}, {}, {}, {}, {}, {}, {}});  // a word, the lowest byte first
    CHECK(rig.n_spikes() == std::vector<int>{0, 0, 1, 0, 0});
  }
}

/// One step with potential 1, where the surrogate is 1 / (4 * 0.2): delta is that times 1/8 of the PSC's error.
std::vector<double> delta_of_layer_1(Rig& rig) {
  rig.set(kWeight, 0, 1, {8.0, 0.0, 0.0, 8.0});
  rig.set_input({1.0, 1.0});
  snn::Layer<double> layer = rig.layer(1);
  layer.forward(rig.pass(), true);
  layer.backward(rig.pass());
  return layer.delta().download();
}

constexpr double kSlope = 1.25 / 8.0;

// Layer 2 has delta 3 and weights 1, 2 from layer 1: 3, 6.
TEST_CASE("layer: a hidden layer's error comes from the layer behind it", "[ScSr Eq. 16]") {
  Rig rig(1);
  rig.set(kWeight, 1, 2, {1.0, 2.0});
  rig.set_delta(2, {3.0});
  const std::vector<double> delta = delta_of_layer_1(rig);
  CHECK(delta[0] == Approx(3.0 * kSlope));
  CHECK(delta[1] == Approx(6.0 * kSlope));
}

// Besides, layer 3 has delta 1, -1 and weights [1 0; 2 5] from layer 1: 1 - 2, 0 - 5. Together 2, 1.
TEST_CASE("layer: a skip's target adds to the error", "[ScSr Eq. 19]") {
  Rig rig(1);
  rig.set(kWeight, 1, 2, {1.0, 2.0});
  rig.set(kWeight, 1, 3, {1.0, 0.0, 2.0, 5.0});
  rig.set_delta(2, {3.0});
  rig.set_delta(3, {1.0, -1.0});
  for (int i = 0; i < 2; ++i) {
    const std::vector<double> delta = delta_of_layer_1(rig);
    CHECK(delta[0] == Approx(2.0 * kSlope));
    CHECK(delta[1] == Approx(1.0 * kSlope));
  }
}

// Two steps, no spikes of the layer; delta is what the scan makes of the error. Weights pair delta with what came through
// the synapse (7/8, 1/8): of the input 8, 4 and then 16, 0 it is 1, 1/2 and 23/8, 7/16; of neuron 0, which fires at step
// 0 alone, 1/8 and 7/64.
TEST_CASE("layer: gradients pair delta with what the connection carried", "[ScSr Eq. 13]") {
  Rig rig(2);
  rig.set(kWeight, 1, 2, {0.5, 0.25});
  rig.set(kWeight, 0, 2, {0.125, 0.25});
  rig.set(kWeight, 2, 3, {1.0, 0.0});
  rig.set(kSelfWeight, 2, 2, {0.5});
  rig.set(kTheta, 2, 2, {0.75});
  rig.set_input({8.0, 4.0, 16.0, 0.0});
  rig.set_spikes({0b01, 0b00});
  rig.set_delta(3, {1.0, 0.0, 1.0, 0.0});
  snn::Layer<double> layer = rig.layer(2);
  layer.forward(rig.pass(), true);
  const std::vector<double> u = support::packed(layer.u().download(), 1);
  REQUIRE(u[0] == 0.3125);
  layer.backward(rig.pass());
  const std::vector<double> delta = support::packed(layer.delta().download(), 1);
  REQUIRE(delta[0] != 0.0);
  const auto close = [&](const std::vector<double>& got, const std::vector<double>& wanted) {
    for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(got.at(i) == Approx(wanted[i]));
  };
  close(rig.gradient(kWeight, 1, 2), {delta[0] / 8.0 + delta[1] * 7.0 / 64.0, 0.0});
  close(rig.gradient(kWeight, 0, 2), {delta[0] + delta[1] * 23.0 / 8.0, delta[0] * 0.5 + delta[1] * 7.0 / 16.0});
  CHECK(rig.gradient(kSelfWeight, 2, 2) == std::vector<double>{0.0});
  close(rig.gradient(kTheta, 2, 2), {delta[1] * u[0]});
  CHECK(rig.gradient(kWeight, 1, 3) == std::vector<double>(4, 0.0));
}

TEST_CASE("layer: without the backward pass it keeps neither potentials nor errors") {
  const snn::NetworkParams params{
      .sizes = {2, 2, 1, 2}, .self_recurrent = {}, .bip = {}, .skips = {{0, 2}, {1, 3}}, .adaptive = {}};
  const auto backend = snn::make_cpu_backend<double>(1, "auto");
  snn::Layer<double> layer(params, snn::ArrayLayout(params), 2, snn::Rule::kStep);
  layer.allocate(*backend, 2, 1, false);
  CHECK(layer.u().size() == 0);
  CHECK(layer.delta().size() == 0);
  CHECK(layer.psc().size() == 0);
  CHECK(layer.spikes().size() == 2 * sizeof(std::uint64_t));
}
