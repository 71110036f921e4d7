#include "snn/scan/loss_grad.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

using snn::LossKind;

namespace {

/// Outputs of K classes with their sums, loss and error.
template <class Real>
struct Output {
  snn::Shape shape;
  std::vector<Real> psc;             // [T][B][K]
  std::vector<int> n_valid, labels;  // [B]
  snn::LossParams loss{};
  Real keep_s = Real(0.75), gain_s = Real(0.25);
  std::vector<Real> sums{}, error{};
  std::vector<double> parts{};

  double run(int width = snn::kTileWidth) {
    const auto n = static_cast<std::size_t>(shape.n_batch * shape.n_neurons);
    sums.assign(n, Real(NAN));
    error.assign(shape.size(), Real(NAN));
    parts.assign(n, NAN);
    support::run_tiles(
        snn::ClassSums<Real>{.shape = shape, .psc = psc.data(), .sums = sums.data(), .n_valid = n_valid.data()}, width);
    support::run_tiles(snn::LossGrad<Real>{.shape = shape,
                                           .psc = psc.data(),
                                           .sums = sums.data(),
                                           .n_valid = n_valid.data(),
                                           .labels = labels.data(),
                                           .error = error.data(),
                                           .loss = parts.data(),
                                           .kind = loss.kind,
                                           .target_passes = loss.target_passes,
                                           .desired_share = static_cast<Real>(loss.desired_share),
                                           .undesired_share = static_cast<Real>(loss.undesired_share),
                                           .keep_s = keep_s,
                                           .gain_s = gain_s},
                       width);
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }
};

/// Two utterances of 12 and 5 steps, three classes.
template <class Real>
Output<Real> sample(LossKind kind) {
  Output<Real> output{.shape = {12, 2, 3},
                      .psc = support::numbers<Real>(72, 5, 0.0, 1.0),
                      .n_valid = {12, 5},
                      .labels = {2, 0},
                      .loss = {.kind = kind, .desired_share = 0.6, .undesired_share = 0.3}};
  for (std::size_t i = output.shape.index(5, 1, 0); i < 72; ++i) {
    if (i / 3 % 2 == 1) output.psc[i] = Real(0);
  }
  return output;
}

}  // namespace

// T = 2 of 3 counts: 0.25 + 0.5, and for the second utterance 1 step.
TEST_CASE("class sums: over an utterance's own steps") {
  Output<double> output{
      .shape = {3, 2, 1}, .psc = {0.25, 1.0, 0.5, 9.0, 9.0, 9.0}, .n_valid = {2, 1}, .labels = {0, 0}};
  output.run();
  CHECK(output.sums == std::vector<double>{0.75, 1.0});
}

// tau_s = 4, ten steps or more: desired spikes at odd steps. The labelled neuron's target: 0, 1/4, 3/16, 9/64 + 1/4 =
// 25/64; filtered again: 0, 1/16, 3/64 + 3/64 = 3/32. A silent output has the error minus target.
TEST_CASE("loss: kernel target of the labelled neuron, filtered once or twice", "[ScSr Eq. 15]") {
  Output<double> output{.shape = {10, 1, 2},
                        .psc = std::vector<double>(20, 0.0),
                        .n_valid = {10},
                        .labels = {1},
                        .loss = {.kind = LossKind::kKernel}};
  output.run();
  const auto error = [&output](int t) { return output.error[output.shape.index(t, 0, 1)]; };
  CHECK(error(0) == 0.0);
  CHECK(error(1) == -0.25);
  CHECK(error(2) == -0.1875);
  CHECK(error(3) == -25.0 / 64.0);
  CHECK(output.error[output.shape.index(3, 0, 0)] == 0.0);
  output.loss.target_passes = 2;
  output.run();
  CHECK(error(1) == -0.0625);
  CHECK(error(2) == -3.0 / 32.0);
}

// tau_s = 8, T = 100: what a silent output costs (two independent programs agree on it to the digits given).
TEST_CASE("loss: the kernel loss of a silent output", "[ScSr Eq. 12]") {
  Output<double> output{.shape = {100, 1, 1},
                        .psc = std::vector<double>(100, 0.0),
                        .n_valid = {100},
                        .labels = {0},
                        .loss = {.kind = LossKind::kKernel},
                        .keep_s = 0.875,
                        .gain_s = 0.125};
  CHECK(output.run() == Approx(11.16).margin(0.005));
  output.loss.target_passes = 2;
  CHECK(output.run() == Approx(9.988).margin(0.0005));
}

// T = 4, shares 1/2 and 1/4: wanted 2 and at most 1. Sums 1, 2, 0.5 with label 0: D = -1/4, 1/4, 0; loss
// 4/2 (1/16 + 1/16) = 1/4.
TEST_CASE("loss: count over one utterance", "[TSSLBP count loss]") {
  Output<double> output{.shape = {4, 1, 3},
                        .psc = {0.25, 0.5, 0.125, 0.25, 0.5, 0.125, 0.25, 0.5, 0.125, 0.25, 0.5, 0.125},
                        .n_valid = {4},
                        .labels = {0},
                        .loss = {.kind = LossKind::kCount, .desired_share = 0.5, .undesired_share = 0.25}};
  CHECK(output.run() == 0.25);
  for (int t = 0; t < 4; ++t) {
    CHECK(output.error[output.shape.index(t, 0, 0)] == -0.25);
    CHECK(output.error[output.shape.index(t, 0, 1)] == 0.25);
    CHECK(output.error[output.shape.index(t, 0, 2)] == 0.0);
  }
}

// Sums ln 1, ln 2, ln 5 in a batch of one: shares 1/8, 2/8, 5/8.
TEST_CASE("loss: softmax over one utterance", "[TSSLBP softmax loss]") {
  Output<double> output{.shape = {1, 1, 3},
                        .psc = {0.0, std::log(2.0), std::log(5.0)},
                        .n_valid = {1},
                        .labels = {1},
                        .loss = {.kind = LossKind::kSoftmax}};
  CHECK(output.run() == Approx(std::log(4.0)));
  CHECK(output.error[0] == Approx(0.125));
  CHECK(output.error[1] == Approx(-0.75));
  CHECK(output.error[2] == Approx(0.625));
}

// Central differences with h = 1e-5: quadratic losses are exact but for rounding, 1e-15 / 1e-5; softmax is off by h^2
// times a third derivative below 1.
TEST_CASE("loss: the error is the derivative of the loss to every PSC") {
  for (const LossKind kind : {LossKind::kKernel, LossKind::kCount, LossKind::kSoftmax}) {
    Output<double> output = sample<double>(kind);
    const double total = output.run();
    CHECK(total > 0.0);
    const Output<double> at = output;
    for (std::size_t i = 0; i < at.psc.size(); ++i) {
      const auto value = [&](double h) {
        output.psc = at.psc;
        output.psc[i] += h;
        return output.run();
      };
      INFO(to_string(kind) << " element " << i);
      CHECK(at.error[i] == Approx((value(1e-5) - value(-1e-5)) / 2e-5).margin(1e-8));
    }
  }
}

TEST_CASE("loss: padding changes no bit of an utterance's loss and error, and gets none") {
  for (const LossKind kind : {LossKind::kKernel, LossKind::kCount, LossKind::kSoftmax}) {
    Output<float> both = sample<float>(kind);
    for (std::size_t i = both.shape.index(5, 1, 0); i < 72; ++i) {
      if (i / 3 % 2 == 1) both.psc[i] = std::numeric_limits<float>::quiet_NaN();
    }
    both.run();
    for (int b = 0; b < 2; ++b) {
      const int n_steps = both.n_valid[b];
      Output<float> alone{
          .shape = {n_steps, 1, 3}, .psc = {}, .n_valid = {n_steps}, .labels = {both.labels[b]}, .loss = both.loss};
      for (int t = 0; t < n_steps; ++t)
        for (int k = 0; k < 3; ++k) alone.psc.push_back(both.psc[both.shape.index(t, b, k)]);
      alone.run();
      const float share = kind == LossKind::kSoftmax ? 2.0F : 1.0F;  // softmax is a mean over the batch
      INFO(to_string(kind) << " utterance " << b);
      for (int k = 0; k < 3; ++k) {
        CHECK(both.sums[b * 3 + k] == alone.sums[k]);
        CHECK(both.parts[b * 3 + k] * share == alone.parts[k]);
        for (int t = 0; t < 12; ++t) {
          const float wanted = t < n_steps ? alone.error[alone.shape.index(t, 0, k)] : 0.0F;
          CHECK(both.error[both.shape.index(t, b, k)] * share == wanted);
        }
      }
    }
  }
}

TEST_CASE("loss: the width of a tile changes no bit") {
  for (const LossKind kind : {LossKind::kKernel, LossKind::kCount, LossKind::kSoftmax}) {
    Output<float> wide{.shape = {12, 2, 26},
                       .psc = support::numbers<float>(12 * 2 * 26, 6, 0.0, 1.0),
                       .n_valid = {12, 9},
                       .labels = {25, 3},
                       .loss = {.kind = kind}};
    wide.run();
    for (const int width : {1, 7}) {
      Output<float> narrow = wide;
      narrow.run(width);
      CHECK(support::same_bits(narrow.error, wide.error));
      CHECK(support::same_bits(narrow.sums, wide.sums));
      CHECK(support::same_bits(narrow.parts, wide.parts));
    }
  }
}
