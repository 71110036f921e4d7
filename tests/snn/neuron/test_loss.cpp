#include "snn/neuron/loss.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <string>

using namespace snn;

TEST_CASE("loss: the desired spikes of long and short utterances", "[TSSLBP target]") {
  const auto pattern = [](int n_steps) {
    std::string text;
    for (int t = 0; t < n_steps; ++t) text += desired_spike(t, n_steps) ? '1' : '0';
    return text;
  };
  CHECK(pattern(10) == "0101010101");
  CHECK(pattern(13) == "0101010101010");
  CHECK(pattern(9) == "011110111");
  CHECK(pattern(5) == "01111");
  CHECK(pattern(1) == "0");
}

TEST_CASE("loss: half the square of a step's error", "[ScSr Eq. 12]") {
  CHECK(kernel_loss(3.0) == 4.5);
  CHECK(kernel_loss(-3.0) == 4.5);
  CHECK(kernel_loss(0.0) == 0.0);
}

TEST_CASE("loss: the output's error is actual minus desired", "[ScSr Eq. 15]") {
  CHECK(kernel_error(0.75, 0.25) == 0.5);
  CHECK(kernel_error(0.0F, 0.5F) == -0.5F);
}

// T = 4, wanted 2. Labelled neuron with sum 1: D = -1/4, pulls; with sum 3: nothing. Another neuron with sum 3: 1/4,
// with sum 1: nothing.
TEST_CASE("loss: the count loss pulls the labelled neuron up and the others down", "[TSSLBP count error]") {
  CHECK(count_error(1.0, 2.0, true, 0.25) == -0.25);
  CHECK(count_error(3.0, 2.0, true, 0.25) == 0.0);
  CHECK(count_error(3.0, 2.0, false, 0.25) == 0.25);
  CHECK(count_error(1.0, 2.0, false, 0.25) == 0.0);
  CHECK(count_error(2.0F, 2.0F, true, 0.25F) == 0.0F);
}

TEST_CASE("loss: the count loss is half the steps times the squared difference", "[TSSLBP count loss]") {
  CHECK(count_loss(4.0, -0.25) == 0.125);
  CHECK(count_loss(100.0, 0.0) == 0.0);
}

// Of four classes, a fifth of the target for all alike: 1/20 for each, and 4/5 more for the label.
TEST_CASE("loss: of two utterances each gets its share", "[Mixup mixed]") {
  CHECK(snn::mixed(2.0, 10.0, 0.25) == 4.0);
  CHECK(snn::mixed(2.0F, 10.0F, 0.0F) == 2.0F);
}

TEST_CASE("loss: label smoothing spreads a share of the target over all classes", "[LabelSmoothing target]") {
  CHECK(smoothed_target(true, 0.2, 4) == Approx(0.85));
  CHECK(smoothed_target(false, 0.2, 4) == Approx(0.05));
  CHECK(smoothed_target(true, 0.0F, 7) == 1.0F);
  CHECK(smoothed_target(false, 0.0F, 7) == 0.0F);
}

TEST_CASE("loss: a mean logit is the gain times the mean over the steps", "[Ossicle mean logit]") {
  CHECK(mean_logit(6.0, 3.0, 4.0) == 4.5);
  CHECK(mean_logit(-8.0F, 0.5F, 16.0F) == -0.25F);
}

// Three classes with equal weights: 1/3 - 1 for the label, 1/3 for the others, over a batch of 2.
TEST_CASE("loss: the softmax error is the share less one for the label", "[TSSLBP softmax error]") {
  CHECK(softmax_error(1.0, 3.0, 1.0, 0.5) == Approx(-1.0 / 3.0));
  CHECK(softmax_error(1.0, 3.0, 0.0, 0.5) == Approx(1.0 / 6.0));
  CHECK(softmax_error(1.0, 3.0, 0.8, 0.5) == Approx(0.5 * (1.0 / 3.0 - 0.8)));
  CHECK(softmax_error(1.0F, 1.0F, 1.0F, 1.0F) == 0.0F);
}

// Sums 0 and ln 3 with the label on the first: -log(1/4) = ln 4; relative to the largest, weights 1/3 and 1, total 4/3,
// below -ln 3.
TEST_CASE("loss: the softmax loss is minus the log of the label's share", "[TSSLBP softmax loss]") {
  CHECK(softmax_loss(4.0 / 3.0, -std::log(3.0), 1.0, 1.0) == Approx(std::log(4.0)));
  CHECK(softmax_loss(4.0 / 3.0, -std::log(3.0), 1.0, 0.5) == Approx(0.5 * std::log(4.0)));
  CHECK(softmax_loss(4.0 / 3.0, -std::log(3.0), 0.25, 0.5) == Approx(0.125 * std::log(4.0)));
  CHECK(softmax_loss(1.0, 0.0, 1.0, 1.0) == 0.0);
}
