#pragma once
// The rules of the backward scan beside those of its witness, and the comparison of the two.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "tests/snn/scan/literal.h"
#include "tests/snn/scan/neurons.h"

namespace support {

struct RuleCase {
  snn::Rule rule;
  double firing_rate;
  literal::Rule wanted;
  const char* name;
};
inline const RuleCase kRules[] = {{snn::Rule::kStep, 0.2, literal::Rule::kStep, "step"},
                                  {snn::Rule::kSurrogate, 0.2, literal::Rule::kSurrogate, "surrogate"},
                                  {snn::Rule::kLayer, 0.2, literal::Rule::kLayerBusy, "layer, busy"},
                                  {snn::Rule::kLayer, 0.1, literal::Rule::kLayerQuiet, "layer, quiet"}};

template <class Real>
Neurons<Real> neurons_of(const std::vector<int>& n_steps, int n_neurons, const RuleCase& rule,
                         bool self_connected = true) {
  Neurons<Real> neurons(n_steps, n_neurons, self_connected);
  neurons.gradient.rule = rule.rule;
  neurons.firing_rate = rule.firing_rate;
  return neurons;
}

/// Of neuron n; 0 where no neuron has any.
inline double number_at(const std::vector<double>& numbers, int n) {
  return numbers.empty() ? 0.0 : numbers[n];
}

/// Compares everything with the explicit Jacobian. `limit`: of the largest number in the same neuron.
inline void check_against_sums(const Neurons<double>& neurons, const RuleCase& rule, double limit) {
  const int n_neurons = neurons.shape.n_neurons;
  for (int b = 0; b < neurons.shape.n_batch; ++b) {
    for (int n = 0; n < n_neurons; ++n) {
      const literal::Neuron one{
          neurons.theta[n],           number_at(neurons.w_self, n),     neurons.network.tau_s,    neurons.network.v_th,
          number_at(neurons.bias, n), number_at(neurons.adaptation, n), number_at(neurons.rho, n)};
      const auto response = literal::forward(one, neurons.column(neurons.drive, b, n));
      const auto error = neurons.column(neurons.psc_error, b, n);
      const std::vector<double> none(error.size());
      const auto wanted =
          literal::backward(one, {.rule = rule.wanted, .self_gain = neurons.gradient.self_gain}, response,
                            neurons.of_spikes ? none : error, neurons.of_spikes ? error : none);
      double largest = 1.0;
      for (const double d : wanted.delta) largest = std::max(largest, std::abs(d));
      INFO(rule.name << ", utterance " << b << ", neuron " << n << ", largest delta " << largest);
      for (int t = 0; t < neurons.n_steps(b); ++t) {
        INFO("step " << t);
        CHECK(neurons.delta[neurons.at(b, t, n)] == Approx(wanted.delta[t]).margin(limit * largest));
        CHECK(neurons.drive_error[neurons.at(b, t, n)] == Approx(wanted.drive_error[t]).margin(limit * largest));
      }
      // A sum of up to 40 products with a and c, which are below 1 and about 2, or adaptation, which is below 10.
      const int at = b * n_neurons + n;
      CHECK(neurons.dw_self[at] == Approx(wanted.dw_self).margin(100 * limit * largest));
      CHECK(neurons.dtheta[at] == Approx(wanted.dtheta).margin(100 * limit * largest));
      CHECK(neurons.dbias[at] == Approx(wanted.dbias).margin(100 * limit * largest));
      if (neurons.adaptation.empty()) continue;
      CHECK(neurons.dadaptation[at] == Approx(wanted.dstrength).margin(500 * limit * largest));
      CHECK(neurons.drho[at] == Approx(wanted.drho).margin(500 * limit * largest));
    }
  }
}

}  // namespace support
