// Steps of recurrent layers: with nothing between them they are the scans; what arrives is worked out by hand.
#include "snn/scan/lateral_step.h"

#include <catch2/catch.hpp>

#include "tests/snn/scan/rules.h"

using support::Neurons;
using support::same_bits;

namespace {

template <template <class, int> class Tile, class Real, int kWidth>
std::vector<Tile<Real, kWidth>> tiles_of(const snn::Shape& shape) {
  return std::vector<Tile<Real, kWidth>>(snn::area(shape.n_batch, (shape.n_neurons + kWidth - 1) / kWidth));
}

int longest(const std::vector<int>& row_begin) {
  int most = 1;
  for (std::size_t b = 1; b < row_begin.size(); ++b) most = std::max(most, row_begin[b] - row_begin[b - 1]);
  return most;
}

/// Neurons that fire, in steps, without connections between them.
template <int kWidth>
void check_forward(Neurons<float>& neurons) {
  neurons.wants_psc = false;
  neurons.forward();
  const snn::Shape& shape = neurons.shape;
  std::vector<float> u = neurons.drive, fired = neurons.unset(),
                     leaves(snn::pitched_area(shape.n_batch, shape.n_neurons));
  std::vector<int> n_spikes(neurons.n_spikes.size(), -1);
  auto tiles = tiles_of<snn::ForwardTile, float, kWidth>(shape);
  snn::ForwardStep<float> step{.scan = neurons.forward_scan(u.data(), nullptr, nullptr, n_spikes.data()),
                               .state = {tiles.data(), 0, nullptr, leaves.data()},
                               .step = 0};
  step.scan.fired = fired.data();
  for (; step.step < longest(neurons.row_begin) + 2; ++step.step) support::run_tiles<kWidth>(step);
  CHECK(same_bits(u, neurons.u));
  CHECK(same_bits(fired, neurons.fired));
  CHECK(n_spikes == neurons.n_spikes);
}

template <int kWidth>
void check_backward(Neurons<float>& neurons) {
  neurons.wants_psc = true;
  neurons.forward();
  neurons.backward();
  const snn::Shape& shape = neurons.shape;
  std::vector<float> delta = neurons.psc_error, u = neurons.u,
                     leaves(snn::pitched_area(shape.n_batch, shape.n_neurons), NAN);
  std::vector<float> dw_self(neurons.n_spikes.size(), NAN), dtheta = dw_self, dbias = dw_self, dstrength = dw_self,
                                                            drho = dw_self;
  auto tiles = tiles_of<snn::BackwardTile, float, kWidth>(shape);
  snn::BackwardStep<float> step{.scan = neurons.backward_scan(delta.data(), u.data(), dw_self.data(), dtheta.data()),
                                .state = {tiles.data(), 0, nullptr, leaves.data()},
                                .step = longest(neurons.row_begin) + 1};
  step.scan.psc = {neurons.psc.data(), 0, 0, static_cast<std::size_t>(shape.pitch())};
  step.scan.dbias = dbias.data();
  if (!neurons.adaptation.empty()) step.scan.dadaptation = dstrength.data(), step.scan.drho = drho.data();
  for (; step.step >= 0; --step.step) support::run_tiles<kWidth>(step);
  CHECK(same_bits(delta, neurons.delta));
  CHECK(same_bits(u, neurons.drive_error));
  CHECK(same_bits(dw_self, neurons.dw_self));
  CHECK(same_bits(dtheta, neurons.dtheta));
  CHECK(same_bits(dbias, neurons.dbias));
  if (!neurons.adaptation.empty()) CHECK(same_bits(dstrength, neurons.dadaptation));
  if (!neurons.adaptation.empty()) CHECK(same_bits(drho, neurons.drho));
}

const std::vector<int> kSteps = {12, 0, 1, 31, 12};

}  // namespace

TEST_CASE("lateral step: where nothing arrives, steps have the bits of the forward scan") {
  for (const bool is_extended : {false, true}) {
    Neurons<float> neurons(kSteps, 70);
    if (is_extended) neurons.extend();
    neurons.silent.assign(kSteps.size() * 70, 0);
    neurons.silent[5] = neurons.silent[70 * 3 + 69] = 1;
    check_forward<1>(neurons);
    check_forward<snn::kTileWidth>(neurons);
  }
}

TEST_CASE("lateral step: where nothing arrives, steps have the bits of the backward scan") {
  for (const support::RuleCase& rule : support::kRules) {
    for (const bool of_spikes : {false, true}) {
      for (const bool is_extended : {false, true}) {
        INFO(rule.name << (of_spikes ? ", errors of spikes" : "") << (is_extended ? ", adaptive" : ""));
        auto neurons = support::neurons_of<float>(kSteps, 70, rule);
        if (is_extended) neurons.extend();
        neurons.of_spikes = of_spikes;
        neurons.silent.assign(kSteps.size() * 70, 0);
        neurons.silent[5] = neurons.silent[70 * 3 + 69] = 1;
        check_backward<1>(neurons);
        check_backward<snn::kTileWidth>(neurons);
      }
    }
  }
}

TEST_CASE("lateral step: what arrives joins the drive, what leaves are the step's spikes", "[ScSr Eq. 11]") {
  // tau_s 4: a drive of 8 in one step is a current of 2 there and 1.5 in the next.
  Neurons<double> neurons({2, 1}, 2, false);
  neurons.theta = {0.5, 0.5};
  std::vector<double> u = support::spread({8, 0, /**/ -6, 4, /**/ 0, 0}, 2), leaves(8, -1.0);
  std::vector<int> n_spikes(4, -1);
  auto tiles = tiles_of<snn::ForwardTile, double, 7>(neurons.shape);
  snn::ForwardStep<double> step{.scan = neurons.forward_scan(u.data(), nullptr, nullptr, n_spikes.data()),
                                .state = {tiles.data(), 0, nullptr, leaves.data()},
                                .step = 0};
  support::run_tiles<7>(step);
  CHECK(support::packed(leaves, 2) == std::vector<double>{1, 0, 0, 0});
  const std::vector<double> arrives = support::spread({0, 2, 9, 9}, 2);  // the second utterance has ended
  step.state.arrives = arrives.data();
  step.step = 1;
  support::run_tiles<7>(step);
  CHECK(support::packed(u, 2) == std::vector<double>{2, 0, /**/ 0, 1.5, /**/ 0, 0});
  CHECK(support::packed(leaves, 2) == std::vector<double>{0, 1, 0, 0});
  CHECK(n_spikes == std::vector<int>{1, 1, 0, 0});
}

TEST_CASE("lateral step: what arrives joins the error, what leaves is delta or the drive's error",
          "[Ossicle lateral error]") {
  for (const bool of_spikes : {false, true}) {
    auto neurons = support::neurons_of<double>({1, 1}, 1, support::kRules[1], false);
    neurons.of_spikes = of_spikes;
    const double bare = 0.5, more = 0.25;
    neurons.drive = support::spread({3.0, 3.0}, 1);
    neurons.psc_error = support::spread({bare, bare + more}, 1);
    neurons.forward(), neurons.backward();
    std::vector<double> delta = support::spread({bare, bare}, 1), u = neurons.u, leaves = neurons.unset(), dtheta(2);
    const std::vector<double> arrives = support::spread({0.0, more}, 1);
    auto tiles = tiles_of<snn::BackwardTile, double, 7>(neurons.shape);
    snn::BackwardStep<double> step{.scan = neurons.backward_scan(delta.data(), u.data(), nullptr, dtheta.data()),
                                   .state = {tiles.data(), 0, arrives.data(), leaves.data()},
                                   .step = 0};
    support::run_tiles<7>(step);
    CHECK(delta == neurons.delta);
    CHECK(delta[0] != delta[4]);
    CHECK(leaves == (of_spikes ? neurons.drive_error : neurons.delta));
  }
}
