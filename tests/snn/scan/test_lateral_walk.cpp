// The walk of a recurrent layer against its steps, with the product between them worked out here.
#include "snn/scan/lateral_walk.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "tests/snn/scan/rules.h"

using support::Neurons;
using support::same_bits;

namespace {

const std::vector<int> kSteps = {12, 0, 1, 31, 12};
constexpr int kNeurons = 33;

/// The walk of all utterances, each neuron's turn within a step drawn anew: whose turn is first must not matter.
template <class Walk>
void run_walk(const Walk& walk) {
  std::vector<typename Walk::Real> room(Walk::room_size(walk.n_neurons()), NAN);
  for (const int first : {1, 0}) walk.load(room.data(), first, 2);
  std::vector<int> order(static_cast<std::size_t>(walk.n_neurons()));
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random(1);
  for (int b = 0; b < walk.n_batch(); ++b) {
    std::vector<typename Walk::Tile> tiles(order.size());
    for (int k = 0; k < walk.n_steps(b); ++k) {
      std::ranges::shuffle(order, random);
      for (const int n : order) walk.take(b, k, n, room.data(), tiles[static_cast<std::size_t>(n)]);
    }
  }
}

/// Its steps from `step.step` on, `by` at a time, with the products that weight(to, from) gives between them.
template <class Step, class Weight>
void run_steps(Step step, int n_steps, int by, const Weight& weight) {
  const auto& shape = step.scan.shape;
  std::vector<float> arrives(snn::pitched_area(shape.n_batch, shape.n_neurons));
  for (int k = 0; k < n_steps; ++k, step.step += by) {
    support::run_tiles<1>(step);
    for (int b = 0; b < shape.n_batch; ++b) {
      for (int to = 0; to < shape.n_neurons; ++to) {
        float sum = 0.0F;
        for (int from = 0; from < shape.n_neurons; ++from) {
          sum += step.state.leaves[shape.index(b, from)] * weight(to, from);
        }
        arrives[shape.index(b, to)] = sum;
      }
    }
    step.state.arrives = arrives.data();
  }
}

/// Neurons that fire, with what goes between them.
struct Layer {
  Neurons<float> neurons;
  std::vector<float> w = support::numbers<float>(snn::pitched_area(kNeurons, kNeurons), 7, -0.5, 0.5), leaves;

  Layer(const support::RuleCase& rule, bool is_extended) : neurons(support::neurons_of<float>(kSteps, kNeurons, rule)) {
    if (is_extended) neurons.extend();
    neurons.silent.assign(kSteps.size() * kNeurons, 0);
    neurons.silent[5] = neurons.silent[kNeurons * 3 + 32] = 1;
    leaves.assign(snn::pitched_area(neurons.shape.n_batch, kNeurons), 0.0F);
  }
  float weight(int to, int from) const { return w[neurons.shape.index(to, from)]; }
};

/// What a forward pass gives.
struct Forward {
  std::vector<float> u, fired;
  std::vector<int> n_spikes;
  snn::ForwardScan<float> scan;

  explicit Forward(const Neurons<float>& neurons)
      : u(neurons.drive),
        fired(neurons.unset()),
        n_spikes(neurons.silent.size(), -1),
        scan(neurons.forward_scan(u.data(), nullptr, nullptr, n_spikes.data())) {
    scan.fired = fired.data();
  }
};

struct Backward {
  std::vector<float> delta, u, dw_self, dtheta, dbias;
  snn::BackwardScan<float> scan;

  Backward(const Neurons<float>& neurons, const std::vector<float>& potentials)
      : delta(neurons.psc_error),
        u(potentials),
        dw_self(neurons.silent.size(), NAN),
        dtheta(dw_self),
        dbias(dw_self),
        scan(neurons.backward_scan(delta.data(), u.data(), dw_self.data(), dtheta.data())) {
    scan.dbias = dbias.data();
    scan.psc = {neurons.psc.data(), 0, 0, static_cast<std::size_t>(neurons.shape.pitch())};
  }
};

}  // namespace

TEST_CASE("lateral walk: its room holds the matrix and what left in two steps, rows in different banks") {
  CHECK(snn::ForwardWalk<float>::room_size(100) == 100 * 101 + 200);
  CHECK(snn::BackwardWalk<double>::room_size(33) == 33 * 33 + 66);
}

TEST_CASE("lateral walk: the bits of its steps and their products, forward", "[ScSr Eq. 11]") {
  for (const bool is_extended : {false, true}) {
    Layer layer(support::kRules[1], is_extended);
    Forward wanted(layer.neurons), found(layer.neurons);
    std::vector<snn::ForwardTile<float, 1>> tiles(layer.leaves.size());
    run_steps(
        snn::ForwardStep<float>{
            .scan = wanted.scan, .state = {tiles.data(), 0, nullptr, layer.leaves.data()}, .step = 0},
        31, 1, [&](int to, int from) { return layer.weight(to, from); });
    run_walk(snn::ForwardWalk<float>{{.scan = found.scan, .w = layer.w.data()}});
    CHECK(same_bits(found.u, wanted.u));
    CHECK(same_bits(found.fired, wanted.fired));
    CHECK(found.n_spikes == wanted.n_spikes);
    layer.neurons.forward();
    CHECK_FALSE(same_bits(found.u, layer.neurons.u));  // without connections between them
  }
}

TEST_CASE("lateral walk: the bits of its steps and their products, backward", "[Ossicle lateral error]") {
  for (const support::RuleCase& rule : support::kRules) {
    for (const bool of_spikes : {false, true}) {
      for (const bool is_extended : {false, true}) {
        INFO(rule.name << (of_spikes ? ", errors of spikes" : "") << (is_extended ? ", adaptive" : ""));
        Layer layer(rule, is_extended);
        layer.neurons.of_spikes = of_spikes;
        layer.neurons.forward();
        Backward wanted(layer.neurons, layer.neurons.u), found(layer.neurons, layer.neurons.u);
        std::vector<snn::BackwardTile<float, 1>> tiles(layer.leaves.size());
        run_steps(
            snn::BackwardStep<float>{
                .scan = wanted.scan, .state = {tiles.data(), 0, nullptr, layer.leaves.data()}, .step = 30},
            31, -1, [&](int to, int from) { return layer.weight(from, to); });
        run_walk(snn::BackwardWalk<float>{{.scan = found.scan, .w = layer.w.data()}});
        CHECK(same_bits(found.delta, wanted.delta));
        CHECK(same_bits(found.u, wanted.u));
        CHECK(same_bits(found.dw_self, wanted.dw_self));
        CHECK(same_bits(found.dtheta, wanted.dtheta));
        CHECK(same_bits(found.dbias, wanted.dbias));
      }
    }
  }
}
