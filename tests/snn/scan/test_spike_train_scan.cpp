#include "snn/scan/spike_train_scan.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/snn/scan/neurons.h"
#include "tests/snn/scan/properties.h"

using support::Neurons;
using support::same_bits;

namespace {

template <class Real>
Neurons<Real> neurons_of(const std::vector<int>& n_steps, int n_neurons, bool self_connected = true) {
  Neurons<Real> neurons(n_steps, n_neurons, self_connected);
  neurons.gradient.rule = snn::Rule::kSpikeTrain;
  neurons.of_spikes = true;
  return neurons;
}

/// One neuron of an utterance by the papers' sums over pairs of steps, in double.
struct Witness {
  double theta, w_self, tau_s, v_th;
  std::vector<double> u;
  std::vector<int> spikes = {};  // steps
  bool is_called = false;

  /// What a source spike in step k adds to the potentials at all spikes.
  double response(int k) const {
    double sum = 0.0;
    int last = -1;
    std::vector<int> every(u.size());
    std::iota(every.begin(), every.end(), 0);
    for (const int t : is_called ? every : spikes) {
      for (int m = std::max(k, last + 1); m <= t; ++m)
        sum += std::pow(theta, t - m) * std::pow(1.0 - 1.0 / tau_s, m - k) / tau_s;
      last = t;
    }
    return sum;
  }
  double carried(int t) const { return t == 0 || u[t - 1] > v_th ? 0.0 : u[t - 1]; }

  void check(const Neurons<double>& neurons, int b, int n) {
    for (int t = 0; t < static_cast<int>(u.size()); ++t) {
      if (u[t] > v_th) spikes.push_back(t);
    }
    const auto count = static_cast<double>(spikes.size());
    double arriving = 0.0, total = 0.0, self = 0.0, bias = 0.0, to_theta = 0.0;
    int last = -1;
    for (const int t : spikes) {
      total += u[t];
      self += response(t + 1);
      for (int m = last + 1; m <= t; ++m) to_theta += std::pow(theta, t - m) * carried(m);
      last = t;
    }
    for (int t = 0; t < static_cast<int>(u.size()); ++t) {
      if (!neurons.of_spikes || u[t] > v_th) arriving += neurons.psc_error[neurons.at(b, t, n)];
    }
    if (neurons.of_spikes) arriving = spikes.empty() ? 0.0 : arriving / count;
    is_called = spikes.empty() && arriving < 0.0;
    for (int t = 0; t < static_cast<int>(u.size()); ++t) bias += response(t);
    const double share = spikes.empty() ? 0.0 : std::min(0.5, w_self * self / (v_th * count));
    const double error = arriving / v_th / (1.0 - share);
    const double factor = error * (spikes.empty() ? 1.0 : 1.0 + total / (v_th * count));
    const double limit = 1e-12 * std::max(1.0, std::abs(factor));
    for (int t = 0; t < static_cast<int>(u.size()); ++t) {
      CHECK(neurons.delta[neurons.at(b, t, n)] == Approx(error * response(t)).margin(limit));
      CHECK(neurons.drive_error[neurons.at(b, t, n)] == Approx(factor * response(t)).margin(limit));
    }
    const int at = b * neurons.shape.n_neurons + n;
    CHECK(neurons.dw_self[at] == Approx(factor * self).margin(40 * limit));
    CHECK(neurons.dtheta[at] == Approx(factor * to_theta).margin(40 * limit));
    CHECK(neurons.dbias[at] == Approx(factor * bias).margin(40 * limit));
  }
};

}  // namespace

// The spikes, theta and tau_s of test_spike_train.cpp, threshold 1, potentials 1/2, 3/2, 1/2, 5/2, 1/4: o = 2, a = 4, and
// 1 + a/o = 3. Drive: 5/8, 3/4, 1/2, 1/2, 0. Errors of its spikes 2 and 4: of its count 3. Through itself 1/2 + 0, so with
// w_self = 1 the share is 1/4 and the error 4; the weights see 12. theta: 1/2 and 1/2 are carried into the spikes' steps.
TEST_CASE("spike train scan: five steps by hand", "[HM2BP presynaptic][STRSBP recurrent error]") {
  Neurons<double> neuron = neurons_of<double>({5}, 1);
  neuron.network.tau_s = 2.0;
  neuron.theta = {0.5};
  neuron.w_self = {1.0};
  neuron.u = support::spread({0.5, 1.5, 0.5, 2.5, 0.25}, 1);
  neuron.n_spikes = {2};
  neuron.psc_error = support::spread({7.0, 2.0, 7.0, 4.0, 7.0}, 1);
  neuron.backward();
  CHECK(support::packed(neuron.delta, 1) == std::vector<double>{2.5, 3.0, 2.0, 2.0, 0.0});
  CHECK(support::packed(neuron.drive_error, 1) == std::vector<double>{7.5, 9.0, 6.0, 6.0, 0.0});
  CHECK(neuron.dw_self[0] == 6.0);
  CHECK(neuron.dtheta[0] == 12.0);
  CHECK(neuron.dbias[0] == 28.5);
}

// No spike in four steps and an error below zero: tau_s = 2 filters four ones backward.
TEST_CASE("spike train scan: an output neuron that should fire counts as one that does at every step",
          "[HM2BP silent label]") {
  Neurons<double> neuron = neurons_of<double>({4}, 1, false);
  neuron.of_spikes = false;
  neuron.network.tau_s = 2.0;
  neuron.u = support::spread({0.5, -0.5, 0.5, 0.25}, 1);
  neuron.n_spikes = {0};
  for (const double sign : {-1.0, 1.0}) {
    neuron.psc_error = support::spread({sign, sign, sign, sign}, 1);
    neuron.backward();
    const std::vector<double> wanted = sign < 0.0 ? std::vector{-3.75, -3.5, -3.0, -2.0} : std::vector<double>(4);
    CHECK(support::packed(neuron.delta, 1) == wanted);
    CHECK(support::packed(neuron.drive_error, 1) == wanted);
    CHECK(neuron.dbias[0] == (sign < 0.0 ? -12.25 : 0.0));
    CHECK(neuron.dtheta[0] == 0.0);
  }
}

TEST_CASE("spike train scan: equals the sums over pairs of steps", "[HM2BP S-PSP][STRSBP self share]") {
  const bool self_connected = GENERATE(false, true), of_spikes = GENERATE(false, true);
  const double v_th = GENERATE(0.25, 1.0);
  Neurons<double> neurons = neurons_of<double>({40, 17, 1}, 23, self_connected);
  neurons.of_spikes = of_spikes;
  neurons.network.v_th = v_th;
  if (self_connected) neurons.w_self = support::numbers<double>(23, 4, -2.0, 4.0);
  neurons.forward();
  neurons.backward();
  for (int b = 0; b < 3; ++b) {
    for (int n = 0; n < 23; ++n) {
      INFO("utterance " << b << ", neuron " << n);
      Witness{.theta = neurons.theta[n],
              .w_self = self_connected ? neurons.w_self[n] : 0.0,
              .tau_s = neurons.network.tau_s,
              .v_th = v_th,
              .u = neurons.column(neurons.u, b, n)}
          .check(neurons, b, n);
    }
  }
}

TEST_CASE("spike train scan: the width of a tile changes no bit") {
  support::check_widths(neurons_of<float>({30, 11}, 100));
}

TEST_CASE("spike train scan: silent neurons have no gradient, and the others do not notice") {
  support::check_silent(neurons_of<float>({20, 13}, 70));
}

TEST_CASE("spike train scan: neurons that never fire have no gradient") {
  Neurons<float> neurons = neurons_of<float>({20, 13}, 70);
  neurons.forward();
  neurons.backward();
  int n_without = 0;
  for (int b = 0; b < 2; ++b) {
    const std::vector<float> nothing(static_cast<std::size_t>(neurons.n_steps(b)), 0.0F);
    for (int n = 0; n < 70; ++n) {
      const auto at = static_cast<std::size_t>(b * 70 + n);
      if (neurons.n_spikes[at] > 0) continue;
      ++n_without;
      INFO("utterance " << b << ", neuron " << n);
      CHECK(neurons.column(neurons.delta, b, n) == nothing);
      CHECK(neurons.column(neurons.drive_error, b, n) == nothing);
      CHECK(neurons.dtheta[at] == 0.0F);
    }
  }
  CHECK(n_without > 5);
}

TEST_CASE("spike train scan: an utterance's neighbours change nothing of it") {
  Neurons<float> three = neurons_of<float>({5, 14, 8}, 70);
  three.forward();
  for (const int b : {0, 2}) {
    for (std::size_t i = three.at(b, 0, 0); i < three.at(b, three.n_steps(b), 0); ++i) {
      three.u[i] = three.psc_error[i] = NAN;
    }
  }
  for (const int width : {1, 64}) {
    three.backward(width);
    Neurons<float> alone = neurons_of<float>({14}, 70);
    alone.drive = three.utterance(three.drive, 1);
    alone.psc_error = three.utterance(three.psc_error, 1);
    alone.forward();
    alone.backward();
    CHECK(same_bits(three.utterance(three.delta, 1), alone.delta));
    CHECK(same_bits(three.utterance(three.drive_error, 1), alone.drive_error));
    CHECK(same_bits({three.dw_self.begin() + 70, three.dw_self.begin() + 140}, alone.dw_self));
  }
}

TEST_CASE("spike train scan: a self-weight of zero is no self-connection") {
  Neurons<float> without = neurons_of<float>({30, 30}, 70, false);
  Neurons<float> zero = without;
  zero.w_self.assign(70, 0.0F);
  for (Neurons<float>* neurons : {&without, &zero}) {
    neurons->forward();
    neurons->backward();
  }
  CHECK(same_bits(without.delta, zero.delta));
  CHECK(same_bits(without.drive_error, zero.drive_error));
}
