#include "snn/scan/forward_scan.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/snn/scan/literal.h"
#include "tests/snn/scan/neurons.h"
#include "tests/snn/scan/properties.h"

using support::Neurons;
using support::same_bits;

namespace {

/// Share of steps with a spike: that a case is neither silent nor saturated.
template <class Real>
double firing_rate(const Neurons<Real>& neurons) {
  return std::accumulate(neurons.n_spikes.begin(), neurons.n_spikes.end(), 0.0) /
         static_cast<double>(neurons.shape.n_rows * neurons.shape.n_neurons);
}

}  // namespace

// theta = 1/2, tau_s = 4, w_self = 2, threshold 1, drive 8, -3, -0.25, -1.5: currents 2, 0.75, 0.5, 0:
//   u = 2 fires, a = 1/4; u = 0.75 + 2/4 = 1.25 fires, a = 7/16; u = 0.5 + 7/8 = 1.375 fires, a = 37/64;
//   u = 2 * 37/64 = 1.15625 fires, a = 175/256.
TEST_CASE("forward scan: four steps of a self-connected neuron") {
  Neurons<double> neuron({4}, 1);
  neuron.drive = support::spread({8.0, -3.0, -0.25, -1.5}, 1);
  neuron.theta = {0.5};
  neuron.w_self = {2.0};
  neuron.forward();
  CHECK(support::packed(neuron.u, 1) == std::vector<double>{2.0, 1.25, 1.375, 1.15625});
  CHECK(support::packed(neuron.psc, 1) == std::vector<double>{0.25, 7.0 / 16.0, 37.0 / 64.0, 175.0 / 256.0});
  CHECK(neuron.n_spikes == std::vector<int>{4});
}

// About 40 powers and sums of numbers near 1, each off by an epsilon or two: 1e-13.
TEST_CASE("forward scan: equals the sums over all earlier steps") {
  const bool self_connected = GENERATE(false, true);
  Neurons<double> neurons({40, 17, 1}, 23, self_connected);
  neurons.forward();
  CHECK(firing_rate(neurons) > 0.05);
  CHECK(firing_rate(neurons) < 0.5);
  for (int b = 0; b < 3; ++b) {
    for (int n = 0; n < 23; ++n) {
      const support::literal::Neuron one{neurons.theta[n], self_connected ? neurons.w_self[n] : 0.0, 4.0, 1.0};
      const auto wanted = support::literal::forward(one, neurons.column(neurons.drive, b, n));
      int n_spikes = 0;
      for (int t = 0; t < neurons.n_steps(b); ++t) {
        const std::size_t i = neurons.at(b, t, n);
        INFO("step " << t << ", utterance " << b << ", neuron " << n);
        CHECK(neurons.u[i] == Approx(wanted.u[t]).margin(1e-13));
        CHECK(neurons.psc[i] == Approx(wanted.psc[t]).margin(1e-13));
        CHECK((neurons.u[i] > 1.0) == wanted.spikes[t]);
        CHECK(neurons.fired[i] == (wanted.spikes[t] ? 1.0 : 0.0));
        n_spikes += wanted.spikes[t] ? 1 : 0;
      }
      CHECK(neurons.n_spikes[b * 23 + n] == n_spikes);
      const std::vector<double> column = neurons.column(neurons.psc, b, n);
      CHECK(neurons.psc_sums[b * 23 + n] == std::accumulate(column.begin(), column.end(), 0.0));
    }
  }
}

TEST_CASE("forward scan: the width of a tile changes no bit") {
  support::check_widths(Neurons<float>({30, 11}, 100));
}

TEST_CASE("forward scan: silence gives zeros") {
  Neurons<float> neurons({20, 20}, 70);
  neurons.drive.assign(neurons.drive.size(), 0.0F);
  neurons.forward();
  CHECK(neurons.u == neurons.drive);
  CHECK(neurons.psc == neurons.drive);
  CHECK(neurons.n_spikes == std::vector<int>(140, 0));
}

TEST_CASE("forward scan: silent neurons never fire, and the others do not notice") {
  support::check_silent(Neurons<float>({20, 13}, 70));
}

TEST_CASE("forward scan: a change at a step alters nothing earlier, nor another neuron or utterance") {
  Neurons<float> before({20, 20}, 70);
  before.drive[before.at(1, 12, 33)] = -12.0F;
  before.forward();
  Neurons<float> after = before;
  after.drive[after.at(1, 12, 33)] = 12.0F;
  after.forward();
  CHECK(after.psc[after.at(1, 12, 33)] != before.psc[before.at(1, 12, 33)]);
  for (int t = 0; t < 20; ++t) {
    for (int b = 0; b < 2; ++b) {
      for (int n = 0; n < 70; ++n) {
        if (b == 1 && n == 33 && t >= 12) continue;
        const std::size_t i = after.at(b, t, n);
        REQUIRE(after.u[i] == before.u[i]);
        REQUIRE(after.psc[i] == before.psc[i]);
      }
    }
  }
}

TEST_CASE("forward scan: an utterance's neighbours change nothing of it") {
  Neurons<float> both({25, 14}, 70);
  for (std::size_t i = 0; i < both.at(1, 0, 0); ++i) both.drive[i] = NAN;
  both.forward();
  Neurons<float> alone({14}, 70);
  alone.drive = both.utterance(both.drive, 1);
  alone.forward();
  CHECK(same_bits(both.utterance(both.u, 1), alone.u));
  CHECK(same_bits(both.utterance(both.psc, 1), alone.psc));
  CHECK(std::vector<int>(both.n_spikes.begin() + 70, both.n_spikes.end()) == alone.n_spikes);
}

TEST_CASE("forward scan: potentials of a part of the rows, and without PSCs, are the same") {
  Neurons<float> neurons({9, 20}, 70), bare = neurons;
  neurons.forward();
  bare.wants_psc = false;
  bare.forward();
  CHECK(same_bits(bare.u, neurons.u));
  std::vector<float> part = neurons.utterance(neurons.drive, 1);
  std::vector<int> n_spikes(140);
  snn::ForwardScan<float>{.shape = neurons.shape,
                          .row_begin = neurons.row_begin.data(),
                          .u = part.data(),
                          .first_row = 9,
                          .psc = nullptr,
                          .psc_sums = nullptr,
                          .fired = nullptr,
                          .n_spikes = n_spikes.data(),
                          .n_spikes_stride = 70,
                          .theta = neurons.theta.data(),
                          .w_self = neurons.self(),
                          .coeffs = neurons.coeffs()}
      .run<snn::kTileWidth>(1, 0, 64);
  for (int t = 0; t < 20; ++t) {
    for (int n = 0; n < 64; ++n) REQUIRE(part[neurons.shape.index(t, n)] == neurons.u[neurons.at(1, t, n)]);
  }
}

TEST_CASE("forward scan: a self-weight of zero is no self-connection") {
  Neurons<float> without({30, 30}, 70, false), zero({30, 30}, 70, false);
  zero.w_self.assign(70, 0.0F);
  without.forward();
  zero.forward();
  CHECK(same_bits(without.u, zero.u));
  CHECK(same_bits(without.psc, zero.psc));
}

// Spikes are equal as long as no potential comes closer to the threshold than the rounding of 30 steps at |u| < 4,
// 30 * 4 * 6e-8 = 7e-6; a is below 1: 30 roundings of 6e-8.
TEST_CASE("forward scan: float follows double") {
  Neurons<float> single({30, 30}, 70);
  Neurons<double> twice({30, 30}, 70);
  single.drive = support::spread<float>(support::numbers<float>(60 * 70, 9, -0.75, 1.5), 70);
  twice.drive.assign(single.drive.begin(), single.drive.end());
  twice.theta.assign(single.theta.begin(), single.theta.end());
  twice.w_self.assign(single.w_self.begin(), single.w_self.end());
  single.forward();
  twice.forward();
  double closest = 1.0;
  for (const double u : support::packed(twice.u, 70)) closest = std::min(closest, std::abs(u - 1.0));
  REQUIRE(closest > 7e-6);
  for (std::size_t i = 0; i < single.psc.size(); ++i) {
    REQUIRE(std::abs(static_cast<double>(single.psc[i]) - twice.psc[i]) <= 2e-6);
  }
  CHECK(single.n_spikes == twice.n_spikes);
}
