// Both scans with what the paper's neurons have not: bias, adaptation, and errors that arrive at spikes.
#include <catch2/catch.hpp>
#include <numeric>

#include "tests/snn/scan/properties.h"
#include "tests/snn/scan/rules.h"

using snn::Rule;
using support::kRules;
using support::Neurons;
using support::neurons_of;
using support::RuleCase;
using support::same_bits;
namespace literal = support::literal;

// theta = 1/2, tau_s = 4, bias 1, drive 7, 5, -3: the synapse takes in 8, 6, -2: currents 2, 3, 7/4. strength 1/2, rho 1/2:
//   u = 2 fires, adaptation 1; u = 3 - 1/2 = 5/2 fires, adaptation 3/2; u = 7/4 - 3/4 = 1 does not fire.
TEST_CASE("extended scan: three steps of a neuron with bias and adaptation") {
  Neurons<double> neuron({3}, 1, false);
  neuron.drive = support::spread({7.0, 5.0, -3.0}, 1);
  neuron.theta = {0.5};
  neuron.bias = {1.0};
  neuron.adaptation = {0.5};
  neuron.rho = {0.5};
  neuron.forward();
  CHECK(support::packed(neuron.u, 1) == std::vector<double>{2.0, 2.5, 1.0});
  CHECK(neuron.n_spikes == std::vector<int>{2});
}

// The same neuron back, by the layer rule above its rate, with an error of 1, 0, 1 at the spikes themselves and no slope above 8.
//   Step 2 has no spike: delta 0. Step 1: nothing arrives, delta 0. Step 0: q = 1/2, delta 1/2, that of the drive 1/8.
// With the error at step 1: q = 1/(5/2), delta 2/5; step 0: trace 1 - (1/2) (2/5) = 4/5, delta 2/5.
//   Drive: 1/10; 3/40 + 1/10. strength: minus delta[1] times the adaptation before it, 1. rho: before step 1 it does not count.
TEST_CASE("extended scan: an error at the spikes stands behind the synapse") {
  Neurons<double> neuron = neurons_of<double>({3}, 1, kRules[2], false);
  neuron.theta = {0.5};
  neuron.adaptation = {0.5};
  neuron.rho = {0.5};
  neuron.of_spikes = true;
  neuron.u = support::spread({2.0, 2.5, 1.0}, 1);
  neuron.psc.assign(neuron.shape.size(), 0.0);
  neuron.n_spikes = {2};
  neuron.psc_error = support::spread({1.0, 0.0, 1.0}, 1);
  neuron.backward();
  CHECK(support::packed(neuron.delta, 1) == std::vector<double>{0.5, 0.0, 0.0});
  CHECK(support::packed(neuron.drive_error, 1) == std::vector<double>{0.125, 0.0, 0.0});
  neuron.psc_error = support::spread({1.0, 1.0, 1.0}, 1);
  neuron.backward();
  CHECK(neuron.delta[neuron.at(0, 1, 0)] == Approx(0.4));
  CHECK(neuron.delta[0] == Approx(0.4));
  CHECK(neuron.drive_error[0] == Approx(0.175));
  CHECK(neuron.dbias[0] == Approx(0.275));
  CHECK(neuron.dadaptation[0] == Approx(-0.4));
  CHECK(neuron.drho[0] == 0.0);
}

TEST_CASE("extended scan: equals the sums over all earlier steps") {
  Neurons<double> neurons({40, 17, 1}, 23, GENERATE(false, true));
  neurons.wants_psc = GENERATE(false, true);
  neurons.extend();
  neurons.forward();
  const int n_spikes = std::accumulate(neurons.n_spikes.begin(), neurons.n_spikes.end(), 0);
  CHECK(n_spikes > 60);  // a twentieth of the steps
  for (int b = 0; b < 3; ++b) {
    for (int n = 0; n < 23; ++n) {
      const literal::Neuron one{
          neurons.theta[n], support::number_at(neurons.w_self, n), 4.0, 1.0, neurons.bias[n], neurons.adaptation[n],
          neurons.rho[n]};
      const auto wanted = literal::forward(one, neurons.column(neurons.drive, b, n));
      for (int t = 0; t < neurons.n_steps(b); ++t) {
        INFO("step " << t << ", utterance " << b << ", neuron " << n);
        CHECK(neurons.u[neurons.at(b, t, n)] == Approx(wanted.u[t]).margin(1e-13));
      }
    }
  }
}

TEST_CASE("extended scan: equals the explicit Jacobian for every rule", "[ScSr Eq. 14]") {
  const bool adapts = GENERATE(false, true), of_spikes = GENERATE(false, true);
  const bool self_connected = GENERATE(false, true);
  for (const RuleCase& rule : kRules) {
    Neurons<double> neurons = neurons_of<double>({40, 17, 1}, 23, rule, self_connected);
    neurons.extend();
    if (!adapts) neurons.adaptation.clear(), neurons.rho.clear();
    neurons.of_spikes = of_spikes;
    neurons.forward();
    neurons.backward();
    support::check_against_sums(neurons, rule, 1e-12);
  }
}

TEST_CASE("extended scan: the width of a tile changes no bit") {
  for (const RuleCase& rule : kRules) {
    for (const bool of_spikes : {false, true}) {
      INFO(rule.name << (of_spikes ? ", error of spikes" : ""));
      Neurons<float> neurons = neurons_of<float>({30, 11}, 100, rule);
      neurons.extend();
      neurons.of_spikes = of_spikes;
      support::check_widths(neurons);
    }
  }
}

TEST_CASE("extended scan: silent neurons have no bias, do not fire and have no gradient") {
  for (const RuleCase& rule : kRules) {
    INFO(rule.name);
    Neurons<float> neurons = neurons_of<float>({20, 13}, 70, rule);
    neurons.extend();
    neurons.bias[8] = 100.0F;
    support::check_silent(neurons);
  }
}

TEST_CASE("extended scan: zeros are no bias and no adaptation") {
  for (const RuleCase& rule : kRules) {
    Neurons<float> without = neurons_of<float>({30, 30}, 70, rule), zero = without;
    zero.bias.assign(70, 0.0F);
    zero.adaptation.assign(70, 0.0F);
    zero.rho.assign(70, 0.5F);
    for (Neurons<float>* neurons : {&without, &zero}) {
      neurons->forward();
      neurons->backward();
    }
    INFO(rule.name);
    CHECK(same_bits(without.u, zero.u));
    CHECK(without.delta == zero.delta);
    CHECK(without.dbias == zero.dbias);
  }
}
