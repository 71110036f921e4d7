#include "snn/scan/backward_scan.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/scan/properties.h"
#include "tests/snn/scan/rules.h"

using snn::Rule;
using support::kRules;
using support::Neurons;
using support::neurons_of;
using support::RuleCase;
using support::same_bits;
namespace literal = support::literal;

// theta = 1/2, tau_s = 4, u = 0.5, 2, 1.5 (spikes at steps 1 and 2), error 0, 0, 1, bound 8, w_self = 0, rule step with
// the warm-up switched off. a = 0, 1/4, 7/16; carried into the steps: 0, 1/2, 0.
//   t = 2: G = 1/4, du = 1.5, e = (1/4) / 1.5 = 1/6.
//   t = 1: G = 3/16, du = 2 - 1/2, reset = (1/2) 2 (1/6) = 1/6, e = (3/16 + 1/6) / 1.5 = 17/72.
//   t = 0: no spike, e = 17/144.
//   dL/dw_self = e[1] a[0] + e[2] a[1] = 1/24; dL/dtheta = e[1] / 2 = 17/144. Drive: e[2]/4 = 1/24; 3/4 of it + e[1]/4.
TEST_CASE("backward scan: three steps by the step rule", "[ScSr Eq. 14]") {
  Neurons<double> neuron({3}, 1, false);
  neuron.theta = {0.5};
  neuron.u = support::spread({0.5, 2.0, 1.5}, 1);
  neuron.psc = support::spread({0.0, 0.25, 7.0 / 16.0}, 1);
  neuron.n_spikes = {2};
  neuron.psc_error = support::spread({0.0, 0.0, 1.0}, 1);
  neuron.gradient.rule = Rule::kStep;
  neuron.gradient.warm_fraction = 0.0;
  neuron.backward();
  const std::vector<double> delta = support::packed(neuron.delta, 1),
                            drive_error = support::packed(neuron.drive_error, 1);
  CHECK(delta[2] == Approx(1.0 / 6.0));
  CHECK(delta[1] == Approx(17.0 / 72.0));
  CHECK(delta[0] == Approx(17.0 / 144.0));
  CHECK(drive_error[2] == Approx(1.0 / 24.0));
  CHECK(drive_error[1] == Approx(0.75 / 24.0 + 17.0 / 288.0));
  CHECK(neuron.dw_self[0] == Approx(1.0 / 24.0));
  CHECK(neuron.dtheta[0] == Approx(17.0 / 144.0));
}

// Up to 40 terms of the Jacobian's 40 rows, each a chain of powers: 1e-12 of the largest.
TEST_CASE("backward scan: equals the explicit Jacobian for every rule", "[ScSr Eq. 14]") {
  const bool self_connected = GENERATE(false, true);
  for (const RuleCase& rule : kRules) {
    Neurons<double> neurons = neurons_of<double>({40, 17, 1}, 23, rule, self_connected);
    neurons.forward();
    neurons.backward();
    support::check_against_sums(neurons, rule, 1e-12);
  }
}

TEST_CASE("backward scan: with the self-gain bounded it equals the Jacobian so bounded", "[ScSr Eq. 14]") {
  for (const RuleCase& rule : kRules) {
    Neurons<double> neurons = neurons_of<double>({40, 17, 1}, 23, rule);
    for (double& i : neurons.drive) i += 1.0;  // spikes in a row
    neurons.forward();
    neurons.backward();
    const std::vector<double> without = neurons.delta;
    neurons.gradient.self_gain = 0.5;
    neurons.backward();
    support::check_against_sums(neurons, rule, 1e-12);
    CHECK((neurons.delta == without) ==
          (rule.wanted == literal::Rule::kSurrogate || rule.wanted == literal::Rule::kLayerQuiet));
  }
}

// It fires at every step, with u - c = u barely above the threshold of 0.01: q = 8 without the bound, and
// q w_self / tau_s + d = 8 / 4 + 3/4 in front of each step's error; with it 1/4 + 3/4.
TEST_CASE("backward scan: an error cannot grow along spikes where the self-gain is at most one") {
  const auto largest = [](double self_gain) {
    Neurons<double> neurons = neurons_of<double>({60}, 1, {Rule::kLayer, 0.2, literal::Rule::kLayerBusy, ""});
    neurons.theta = {0.75};
    neurons.w_self = {1.0};
    neurons.network.v_th = 0.01;
    neurons.gradient.self_gain = self_gain;
    neurons.u.assign(neurons.shape.size(), 0.02);
    neurons.psc.assign(neurons.shape.size(), 1.0);
    neurons.n_spikes = {60};
    neurons.psc_error.assign(neurons.shape.size(), 0.0);
    neurons.psc_error[neurons.at(0, 59, 0)] = 1.0;
    neurons.backward();
    double most = 0.0;
    for (const double delta : neurons.delta) most = std::max(most, std::abs(delta));
    return most;
  };
  CHECK(largest(0.0) > 1e20);
  CHECK(largest(1.0) < 1.0);
}

TEST_CASE("backward scan: a neuron that fires at every step has no gradient to theta", "[ScSr Eq. 14]") {
  for (const RuleCase& rule : kRules) {
    Neurons<double> neurons = neurons_of<double>({20, 20}, 5, rule);
    for (double& i : neurons.drive) i += 24.0;
    neurons.forward();
    neurons.backward();
    CHECK(neurons.n_spikes == std::vector<int>(10, 20));
    CHECK(neurons.dtheta == std::vector<double>(10, 0.0));
    support::check_against_sums(neurons, rule, 1e-12);
  }
}

TEST_CASE("backward scan: the width of a tile changes no bit") {
  for (const RuleCase& rule : kRules) {
    INFO(rule.name);
    support::check_widths(neurons_of<float>({30, 11}, 100, rule));
  }
}

TEST_CASE("backward scan: no error arriving, no error leaving") {
  for (const RuleCase& rule : kRules) {
    Neurons<float> neurons = neurons_of<float>({20, 20}, 70, rule);
    neurons.forward();
    neurons.psc_error.assign(neurons.psc_error.size(), 0.0F);
    neurons.backward();
    CHECK(neurons.delta == neurons.psc_error);
    CHECK(neurons.drive_error == neurons.psc_error);
    CHECK(neurons.dw_self == std::vector<float>(140, 0.0F));
    CHECK(neurons.dtheta == std::vector<float>(140, 0.0F));
  }
}

TEST_CASE("backward scan: silent neurons have no gradient, and the others do not notice") {
  for (const RuleCase& rule : kRules) {
    INFO(rule.name);
    support::check_silent(neurons_of<float>({20, 13}, 70, rule));
  }
}

TEST_CASE("backward scan: an error at a step alters nothing later, nor another neuron or utterance") {
  for (const RuleCase& rule : kRules) {
    Neurons<float> before = neurons_of<float>({20, 20}, 70, rule);
    before.forward();
    before.backward();
    Neurons<float> after = before;
    after.psc_error[after.at(1, 12, 33)] += 3.0F;
    after.backward();
    INFO(rule.name);
    CHECK_FALSE(same_bits(after.delta, before.delta));
    for (int t = 0; t < 20; ++t) {
      for (int b = 0; b < 2; ++b) {
        for (int n = 0; n < 70; ++n) {
          if (b == 1 && n == 33 && t <= 12) continue;
          const std::size_t i = after.at(b, t, n);
          REQUIRE(after.delta[i] == before.delta[i]);
          REQUIRE(after.drive_error[i] == before.drive_error[i]);
        }
      }
    }
  }
}

TEST_CASE("backward scan: an utterance's neighbours change nothing of it") {
  for (const RuleCase& rule : kRules) {
    Neurons<float> three = neurons_of<float>({5, 14, 8}, 70, rule);
    three.forward();
    for (const int b : {0, 2}) {
      for (std::size_t i = three.at(b, 0, 0); i < three.at(b, three.n_steps(b), 0); ++i) {
        three.u[i] = three.psc[i] = three.psc_error[i] = NAN;
      }
    }
    three.backward();
    Neurons<float> alone = neurons_of<float>({14}, 70, rule);
    alone.drive = three.utterance(three.drive, 1);
    alone.psc_error = three.utterance(three.psc_error, 1);
    alone.forward();
    alone.backward();
    INFO(rule.name);
    CHECK(same_bits(three.utterance(three.delta, 1), alone.delta));
    CHECK(same_bits(three.utterance(three.drive_error, 1), alone.drive_error));
    CHECK(same_bits({three.dw_self.begin() + 70, three.dw_self.begin() + 140}, alone.dw_self));
    CHECK(same_bits({three.dtheta.begin() + 70, three.dtheta.begin() + 140}, alone.dtheta));
  }
}

TEST_CASE("backward scan: a self-weight of zero is no self-connection") {
  for (const RuleCase& rule : kRules) {
    Neurons<float> without = neurons_of<float>({30, 30}, 70, rule, false);
    Neurons<float> zero = without;
    zero.w_self.assign(70, 0.0F);
    for (Neurons<float>* neurons : {&without, &zero}) {
      neurons->forward();
      neurons->backward();
    }
    INFO(rule.name);
    CHECK(same_bits(without.delta, zero.delta));
    CHECK(same_bits(without.dtheta, zero.dtheta));
  }
}

// Spikes are equal (checked). Between delta and its double stand 30 steps, and an error that grows along the spikes of
// a self-connected neuron: at most 7e-7 of the neuron's largest delta measured; 5e-6 is allowed.
TEST_CASE("backward scan: float follows double") {
  for (const RuleCase& rule : kRules) {
    Neurons<float> single = neurons_of<float>({30, 30}, 70, rule);
    Neurons<double> twice = neurons_of<double>({30, 30}, 70, rule);
    twice.drive.assign(single.drive.begin(), single.drive.end());
    twice.psc_error.assign(single.psc_error.begin(), single.psc_error.end());
    twice.theta.assign(single.theta.begin(), single.theta.end());
    twice.w_self.assign(single.w_self.begin(), single.w_self.end());
    single.forward();
    twice.forward();
    REQUIRE(single.n_spikes == twice.n_spikes);
    single.backward();
    twice.backward();
    double worst = 0.0;
    for (int b = 0; b < 2; ++b) {
      for (int n = 0; n < 70; ++n) {
        const auto wanted = twice.column(twice.delta, b, n);
        const auto got = single.column(single.delta, b, n);
        double largest = 0.0, apart = 0.0;
        for (std::size_t t = 0; t < wanted.size(); ++t) {
          largest = std::max(largest, std::abs(wanted[t]));
          apart = std::max(apart, std::abs(static_cast<double>(got[t]) - wanted[t]));
        }
        worst = std::max(worst, apart / largest);
      }
    }
    INFO(rule.name << ": " << worst);
    CHECK(worst <= 5e-6);
  }
}
