#include "snn/scan/forward_scan.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/snn/scan/literal.h"
#include "tests/snn/scan/neurons.h"

using support::Neurons;
using support::same_bits;

namespace {

/// Share of steps with a spike: that a case is neither silent nor saturated.
template <class Real>
double firing_rate(const Neurons<Real>& neurons) {
  return std::accumulate(neurons.n_spikes.begin(), neurons.n_spikes.end(), 0.0) /
         static_cast<double>(neurons.shape.size());
}

}  // namespace

// theta = 1/2, tau_s = 4, w_self = 2, threshold 1, currents 2, 0.75, 0.5, 0:
//   u = 2 fires, a = 1/4; u = 0.75 + 2/4 = 1.25 fires, a = 7/16; u = 0.5 + 7/8 = 1.375 fires, a = 37/64;
//   u = 2 * 37/64 = 1.15625 fires, a = 175/256.
TEST_CASE("forward scan: four steps of a self-connected neuron") {
  Neurons<double> neuron({4, 1, 1});
  neuron.current = {2.0, 0.75, 0.5, 0.0};
  neuron.theta = {0.5};
  neuron.w_self = {2.0};
  neuron.forward();
  CHECK(neuron.u == std::vector<double>{2.0, 1.25, 1.375, 1.15625});
  CHECK(neuron.psc == std::vector<double>{0.25, 7.0 / 16.0, 37.0 / 64.0, 175.0 / 256.0});
  CHECK(neuron.n_spikes == std::vector<int>{4});
}

// About 40 powers and sums of numbers near 1, each off by an epsilon or two: 1e-13.
TEST_CASE("forward scan: equals the sums over all earlier steps") {
  const bool self_connected = GENERATE(false, true);
  Neurons<double> neurons({40, 3, 23}, self_connected);
  neurons.n_valid = {40, 17, 1};
  neurons.forward();
  CHECK(firing_rate(neurons) > 0.05);
  CHECK(firing_rate(neurons) < 0.5);
  for (int b = 0; b < 3; ++b) {
    for (int n = 0; n < 23; ++n) {
      const support::literal::Neuron one{neurons.theta[n], self_connected ? neurons.w_self[n] : 0.0, 4.0, 1.0};
      const auto wanted = support::literal::forward(one, neurons.column(neurons.current, b, n));
      int n_spikes = 0;
      for (int t = 0; t < neurons.n_valid[b]; ++t) {
        const std::size_t i = neurons.shape.index(t, b, n);
        INFO("step " << t << ", utterance " << b << ", neuron " << n);
        CHECK(neurons.u[i] == Approx(wanted.u[t]).margin(1e-13));
        CHECK(neurons.psc[i] == Approx(wanted.psc[t]).margin(1e-13));
        CHECK((neurons.u[i] > 1.0) == wanted.spikes[t]);
        n_spikes += wanted.spikes[t] ? 1 : 0;
      }
      CHECK(neurons.n_spikes[b * 23 + n] == n_spikes);
    }
  }
}

TEST_CASE("forward scan: the width of a tile changes no bit") {
  Neurons<float> wide({30, 2, 100});
  wide.n_valid = {30, 11};
  wide.forward();
  for (const int width : {1, 7}) {
    Neurons<float> narrow = wide;
    narrow.forward(width);
    CHECK(same_bits(narrow.u, wide.u));
    CHECK(same_bits(narrow.psc, wide.psc));
    CHECK(narrow.n_spikes == wide.n_spikes);
  }
}

TEST_CASE("forward scan: silence gives zeros") {
  Neurons<float> neurons({20, 2, 70});
  neurons.current.assign(neurons.current.size(), 0.0F);
  neurons.forward();
  CHECK(neurons.u == neurons.current);
  CHECK(neurons.psc == neurons.current);
  CHECK(neurons.n_spikes == std::vector<int>(140, 0));
}

TEST_CASE("forward scan: a change at a step alters nothing earlier, nor another neuron or utterance") {
  Neurons<float> before({20, 2, 70});
  before.current[before.shape.index(12, 1, 33)] = -3.0F;
  before.forward();
  Neurons<float> after = before;
  after.current[after.shape.index(12, 1, 33)] = 3.0F;
  after.forward();
  CHECK(after.psc[after.shape.index(12, 1, 33)] != before.psc[before.shape.index(12, 1, 33)]);
  for (int t = 0; t < 20; ++t) {
    for (int b = 0; b < 2; ++b) {
      for (int n = 0; n < 70; ++n) {
        if (b == 1 && n == 33 && t >= 12) continue;
        const std::size_t i = after.shape.index(t, b, n);
        REQUIRE(after.u[i] == before.u[i]);
        REQUIRE(after.psc[i] == before.psc[i]);
      }
    }
  }
}

TEST_CASE("forward scan: what stands behind an utterance's end changes nothing before it and gives zeros") {
  Neurons<float> padded({25, 1, 70});
  padded.n_valid = {14};
  for (std::size_t i = padded.shape.index(14, 0, 0); i < padded.current.size(); ++i) padded.current[i] = NAN;
  padded.forward();
  Neurons<float> alone({14, 1, 70});
  alone.current.assign(padded.current.begin(), padded.current.begin() + 14 * 70);
  alone.forward();
  CHECK(same_bits({padded.u.begin(), padded.u.begin() + 14 * 70}, alone.u));
  CHECK(same_bits({padded.psc.begin(), padded.psc.begin() + 14 * 70}, alone.psc));
  CHECK(padded.n_spikes == alone.n_spikes);
  CHECK(std::vector<float>(padded.psc.begin() + 14 * 70, padded.psc.end()) == std::vector<float>(11 * 70, 0.0F));
}

TEST_CASE("forward scan: a self-weight of zero is no self-connection") {
  Neurons<float> without({30, 2, 70}, false), zero({30, 2, 70}, false);
  zero.w_self.assign(70, 0.0F);
  without.forward();
  zero.forward();
  CHECK(same_bits(without.u, zero.u));
  CHECK(same_bits(without.psc, zero.psc));
}

// Spikes are equal as long as no potential comes closer to the threshold than the rounding of 30 steps at |u| < 4,
// 30 * 4 * 6e-8 = 7e-6; a is below 1: 30 roundings of 6e-8.
TEST_CASE("forward scan: float follows double") {
  Neurons<float> single({30, 2, 70});
  Neurons<double> twice({30, 2, 70});
  single.current = support::numbers<float>(single.shape.size(), 9, -0.5, 1.0);
  twice.current.assign(single.current.begin(), single.current.end());
  twice.theta.assign(single.theta.begin(), single.theta.end());
  twice.w_self.assign(single.w_self.begin(), single.w_self.end());
  single.forward();
  twice.forward();
  double closest = 1.0;
  for (const double u : twice.u) closest = std::min(closest, std::abs(u - 1.0));
  REQUIRE(closest > 7e-6);
  for (std::size_t i = 0; i < single.psc.size(); ++i) {
    REQUIRE(std::abs(static_cast<double>(single.psc[i]) - twice.psc[i]) <= 2e-6);
  }
  CHECK(single.n_spikes == twice.n_spikes);
}

// tau_s = 4, scale 2, input 1, 0, 0.5: a = 1/2, 3/8, 9/32 + 1/4 = 17/32; the second utterance ends after one step.
TEST_CASE("input scan: scaled input through the synapse, zeros behind the end") {
  const snn::Shape shape{3, 2, 1};
  std::vector<double> x = {1.0, 1.0, 0.0, 7.0, 0.5, 7.0};
  const std::vector<int> n_valid = {3, 1};
  support::run_tiles(
      snn::InputScan<double>{
          .shape = shape, .x = x.data(), .n_valid = n_valid.data(), .scale = 2.0, .keep_s = 0.75, .gain_s = 0.25},
      snn::kTileWidth);
  CHECK(x == std::vector<double>{0.5, 0.5, 0.375, 0.0, 17.0 / 32.0, 0.0});
}

TEST_CASE("input scan: the width of a tile changes no bit") {
  const snn::Shape shape{20, 3, 78};
  const std::vector<float> input = support::numbers<float>(shape.size(), 4, 0.0, 1.0);
  const std::vector<int> n_valid = {20, 3, 1};
  const auto run = [&](int width) {
    std::vector<float> x = input;
    support::run_tiles(snn::InputScan<float>{.shape = shape,
                                             .x = x.data(),
                                             .n_valid = n_valid.data(),
                                             .scale = 2.0F,
                                             .keep_s = 0.875F,
                                             .gain_s = 0.125F},
                       width);
    return x;
  };
  CHECK(same_bits(run(1), run(64)));
  CHECK(same_bits(run(7), run(64)));
}
