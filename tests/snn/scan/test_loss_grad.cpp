#include "snn/scan/loss_grad.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

using snn::LossKind;

namespace {

/// Outputs of K classes with their sums, loss and error.
template <class Real>
struct Output {
  std::vector<int> row_begin;  // [B + 1]
  int n_classes = 0;
  std::vector<Real> psc;    // [rows][K]
  std::vector<int> labels;  // [B]
  snn::LossParams loss{};
  Real keep_s = Real(0.75), gain_s = Real(0.25);
  std::vector<Real> sums{}, error{};
  std::vector<double> parts{};
  std::vector<snn::UtteranceView> mixed_with{};  // [B], or empty

  snn::Shape shape() const { return {row_begin.back(), static_cast<int>(row_begin.size()) - 1, n_classes}; }
  std::size_t at(int b, int t, int k) const { return shape().index(row_begin[static_cast<std::size_t>(b)] + t, k); }

  double run(int width = snn::kTileWidth) {
    const snn::Shape shape = this->shape();
    const auto n = static_cast<std::size_t>(shape.n_batch * shape.n_neurons);
    sums.assign(n, Real(NAN));
    error = support::spread<Real>(std::vector<Real>(snn::area(shape.n_rows, n_classes), Real(NAN)), n_classes);
    parts.assign(n, NAN);
    for (int b = 0; b < shape.n_batch; ++b) {
      for (int k = 0; k < n_classes; ++k) {
        Real sum = Real(0);
        for (int t = 0; t < row_begin[b + 1] - row_begin[b]; ++t) sum += psc[at(b, t, k)];
        sums[shape.batch_index(b, k)] = sum;
      }
    }
    support::run_tiles(snn::LossGrad<Real>{.shape = shape,
                                           .row_begin = row_begin.data(),
                                           .psc = psc.data(),
                                           .sums = sums.data(),
                                           .labels = labels.data(),
                                           .n_labelled = static_cast<int>(
                                               std::ranges::count_if(labels, [](int label) { return label >= 0; })),
                                           .error = error.data(),
                                           .loss = parts.data(),
                                           .kind = loss.kind,
                                           .target_passes = loss.target_passes,
                                           .desired_share = static_cast<Real>(loss.desired_share),
                                           .undesired_share = static_cast<Real>(loss.undesired_share),
                                           .logit_gain = static_cast<Real>(loss.logit_gain),
                                           .label_smoothing = static_cast<Real>(loss.label_smoothing),
                                           .keep_s = keep_s,
                                           .gain_s = gain_s,
                                           .mixed_with = mixed_with.empty() ? nullptr : mixed_with.data()},
                       width);
    return std::accumulate(parts.begin(), parts.end(), 0.0);
  }
};

/// Two utterances of 12 and 5 steps, three classes.
template <class Real>
Output<Real> sample(LossKind kind, double smoothing = 0.0) {
  return {.row_begin = {0, 12, 17},
          .n_classes = 3,
          .psc = support::spread<Real>(support::numbers<Real>(51, 5, 0.0, 1.0), 3),
          .labels = {2, 0},
          .loss = {.kind = kind, .desired_share = 0.6, .undesired_share = 0.3, .label_smoothing = smoothing}};
}

const LossKind kKinds[] = {LossKind::kKernel, LossKind::kCount, LossKind::kSoftmax, LossKind::kMeanSoftmax};

}  // namespace

TEST_CASE("loss: an utterance without a label has neither error nor loss, and does not count in a mean") {
  for (const LossKind kind : kKinds) {
    Output<double> both = sample<double>(kind), one = sample<double>(kind);
    both.labels[1] = -1;
    one.row_begin.pop_back();
    one.labels.pop_back();
    one.psc.resize(48);
    INFO(to_string(kind));
    CHECK(both.run() == one.run());
    CHECK(std::vector<double>(both.error.begin(), both.error.begin() + 48) == one.error);
    CHECK(std::vector<double>(both.error.begin() + 48, both.error.end()) == std::vector<double>(20, 0.0));
  }
}

// tau_s = 4, ten steps or more: desired spikes at odd steps. The labelled neuron's target: 0, 1/4, 3/16, 9/64 + 1/4 =
// 25/64; filtered again: 0, 1/16, 3/64 + 3/64 = 3/32. A silent output has the error minus target.
TEST_CASE("loss: kernel target of the labelled neuron, filtered once or twice", "[ScSr Eq. 15]") {
  Output<double> output{.row_begin = {0, 10},
                        .n_classes = 2,
                        .psc = std::vector<double>(40, 0.0),
                        .labels = {1},
                        .loss = {.kind = LossKind::kKernel}};
  output.run();
  const auto error = [&output](int t) { return output.error[output.at(0, t, 1)]; };
  CHECK(error(0) == 0.0);
  CHECK(error(1) == -0.25);
  CHECK(error(2) == -0.1875);
  CHECK(error(3) == -25.0 / 64.0);
  CHECK(output.error[output.at(0, 3, 0)] == 0.0);
  output.loss.target_passes = 2;
  output.run();
  CHECK(error(1) == -0.0625);
  CHECK(error(2) == -3.0 / 32.0);
}

// tau_s = 8, T = 100: what a silent output costs (two independent programs agree on it to the digits given).
TEST_CASE("loss: the kernel loss of a silent output", "[ScSr Eq. 12]") {
  Output<double> output{.row_begin = {0, 100},
                        .n_classes = 1,
                        .psc = std::vector<double>(400, 0.0),
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
  Output<double> output{
      .row_begin = {0, 4},
      .n_classes = 3,
      .psc = support::spread({0.25, 0.5, 0.125, 0.25, 0.5, 0.125, 0.25, 0.5, 0.125, 0.25, 0.5, 0.125}, 3),
      .labels = {0},
      .loss = {.kind = LossKind::kCount, .desired_share = 0.5, .undesired_share = 0.25}};
  CHECK(output.run() == 0.25);
  for (int t = 0; t < 4; ++t) {
    CHECK(output.error[output.at(0, t, 0)] == -0.25);
    CHECK(output.error[output.at(0, t, 1)] == 0.25);
    CHECK(output.error[output.at(0, t, 2)] == 0.0);
  }
}

// Sums ln 1, ln 2, ln 5 in a batch of one: shares 1/8, 2/8, 5/8.
TEST_CASE("loss: softmax over one utterance", "[TSSLBP softmax loss]") {
  Output<double> output{.row_begin = {0, 1},
                        .n_classes = 3,
                        .psc = support::spread({0.0, std::log(2.0), std::log(5.0)}, 3),
                        .labels = {1},
                        .loss = {.kind = LossKind::kSoftmax}};
  CHECK(output.run() == Approx(std::log(4.0)));
  CHECK(output.error[0] == Approx(0.125));
  CHECK(output.error[1] == Approx(-0.75));
  CHECK(output.error[2] == Approx(0.625));
}

// Sums of (ln 1)/2, (ln 2)/2, (ln 5)/2 over two steps with a gain of 4, so the logits are ln 1, ln 2, ln 5 and the shares 1/8, 2/8,
// 5/8. Of the target 3/10 for all alike: 0.1, 0.8, 0.1. Each step's error: 4/2 of share less target.
TEST_CASE("loss: mean-softmax with a smoothed label over one utterance",
          "[LabelSmoothing target][Ossicle mean logit]") {
  const double two = std::log(2.0) / 4.0, five = std::log(5.0) / 4.0;
  Output<double> output{.row_begin = {0, 2},
                        .n_classes = 3,
                        .psc = support::spread({0.0, two, five, 0.0, two, five}, 3),
                        .labels = {1},
                        .loss = {.kind = LossKind::kMeanSoftmax, .logit_gain = 4.0, .label_smoothing = 0.3}};
  CHECK(output.run() == Approx(0.1 * std::log(8.0) + 0.8 * std::log(4.0) + 0.1 * std::log(1.6)));
  const double wanted[] = {0.05, -1.1, 1.05};
  for (int i = 0; i < 6; ++i) CHECK(output.error[output.at(0, i / 3, i % 3)] == Approx(wanted[i % 3]));
  output.loss.kind = LossKind::kSoftmax;  // the sums are the logits: their half, and no gain
  const double shares = 1.0 + std::sqrt(2.0) + std::sqrt(5.0);
  output.run();
  CHECK(output.error[1] == Approx(std::sqrt(2.0) / shares - 0.8));
}

// Central differences with h = 1e-5: quadratic losses are exact but for rounding, 1e-15 / 1e-5; softmax is off by h^2
// times a third derivative below 1.
TEST_CASE("loss: the error is the derivative of the loss to every PSC") {
  const double smoothing = GENERATE(0.0, 0.25);
  for (const LossKind kind : kKinds) {
    Output<double> output = sample<double>(kind, smoothing);
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

// Cross-entropy is linear in the targets: loss and error are those of both labels, by their shares.
TEST_CASE("loss: a mixed utterance has both labels, each by its share", "[Mixup mixed]") {
  for (const LossKind kind : {LossKind::kSoftmax, LossKind::kMeanSoftmax}) {
    Output<double> output{.row_begin = {0, 2, 5},
                          .n_classes = 3,
                          .psc = support::spread(support::numbers<double>(15, 3), 3),
                          .labels = {1, 2},
                          .loss = {.kind = kind, .logit_gain = 4.0, .label_smoothing = 0.3}};
    Output<double> swapped = output;
    swapped.labels = {2, 1};
    const double own = output.run(), other = swapped.run();
    Output<double> mixed = output;
    mixed.mixed_with.resize(2);
    for (int b = 0; b < 2; ++b) mixed.mixed_with[b].partner = 1 - b, mixed.mixed_with[b].share = 0.25F;
    CHECK(mixed.run() == Approx(0.75 * own + 0.25 * other));
    for (std::size_t i = 0; i < output.error.size(); ++i) {
      CHECK(mixed.error[i] == Approx(0.75 * output.error[i] + 0.25 * swapped.error[i]).margin(1e-15));
    }
    mixed.mixed_with[0].partner = -1;
    mixed.mixed_with[1].partner = 1;  // itself
    CHECK(mixed.run() == Approx(own));
  }
}

TEST_CASE("loss: an utterance's neighbours change nothing of it") {
  for (const LossKind kind : kKinds) {
    Output<float> both = sample<float>(kind, 0.25);
    both.run();
    for (int b = 0; b < 2; ++b) {
      const int n_steps = both.row_begin[b + 1] - both.row_begin[b];
      const auto begin = both.psc.begin() + static_cast<std::ptrdiff_t>(both.at(b, 0, 0));
      Output<float> alone{.row_begin = {0, n_steps},
                          .n_classes = 3,
                          .psc = {begin, begin + 4 * n_steps},
                          .labels = {both.labels[b]},
                          .loss = both.loss};
      alone.run();
      const float share = is_softmax(kind) ? 2.0F : 1.0F;  // softmax is a mean over the batch
      INFO(to_string(kind) << " utterance " << b);
      for (int k = 0; k < 3; ++k) {
        CHECK(both.sums[b * 3 + k] == alone.sums[k]);
        CHECK(both.parts[b * 3 + k] * share == alone.parts[k]);
        for (int t = 0; t < n_steps; ++t) CHECK(both.error[both.at(b, t, k)] * share == alone.error[alone.at(0, t, k)]);
      }
    }
  }
}

TEST_CASE("loss: the width of a tile changes no bit") {
  for (const LossKind kind : kKinds) {
    Output<float> wide{.row_begin = {0, 12, 21},
                       .n_classes = 26,
                       .psc = support::numbers<float>(21 * 28, 6, 0.0, 1.0),
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
