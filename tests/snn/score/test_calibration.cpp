#include "snn/score/calibration.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>

#include "snn/score/answer.h"

using namespace snn;

namespace {

/// Utterances of `steps` steps each with these sums and labels.
struct SureAnswers {
  Evaluation evaluation;
  Dataset dataset;
  void add(const std::vector<float>& sums, int label, int n_steps = 10) {
    evaluation.scores.push_back(sums);
    evaluation.decisions.push_back(0);
    dataset.utterances.push_back(
        {.key = {}, .speaker = {}, .label = label, .label_name = {}, .n_steps = n_steps, .values = {}});
  }
  Calibration fit() const { return fit_calibration(evaluation, dataset).value(); }
};

}  // namespace

TEST_CASE("calibration: confidences by hand [Guo temperature]") {
  const std::vector<float> sums = {20.0F * std::log(2.0F), 0.0F, 20.0F * std::log(5.0F)};
  const std::vector<double> p = confidences({.temperature = 20.0}, sums, 10);  // 2 : 1 : 5
  REQUIRE(p.size() == 3);
  CHECK(p[0] == Approx(0.25));
  CHECK(p[1] == Approx(0.125));
  CHECK(p[2] == Approx(0.625));
  CHECK(confidences({.temperature = 2.0, .of_means = true}, sums, 10)[2] == Approx(0.625));
  CHECK(confidences({.temperature = 1e-6}, sums, 10) == std::vector<double>{0.0, 0.0, 1.0});  // no overflow
  CHECK(confidences({.temperature = 1.0}, std::vector<float>{3.0F}, 1) == std::vector<double>{1.0});
}

TEST_CASE("calibration: what cannot be computed is not sure") {
  const std::vector<float> infinite = {INFINITY, 1.0F}, finite = {2.0F, 1.0F};
  CHECK(confidences({.temperature = 1.0}, infinite, 1) == std::vector<double>{0.0, 0.0});
  CHECK(confidences({.temperature = 1e-320}, finite, 1) == std::vector<double>{0.0, 0.0});
}

TEST_CASE("calibration: the fitted temperature by hand [Guo fit]") {
  // Logits (L, 0) of two classes, 3 of 4 right. With Platt's targets of 5/6 and 1/6 the likelihood is greatest where the first
  // class has (3 * 5/6 + 1/6) / 4 = 2/3, so L/T = log 2.
  SureAnswers answers;
  for (int i = 0; i < 4; ++i) answers.add({8.0F, 0.0F}, i == 3 ? 1 : 0);
  CHECK(answers.fit().temperature == Approx(8.0 / std::log(2.0)).epsilon(1e-9));
  CHECK_FALSE(answers.fit().of_means);  // utterances of one length: the same
  // Neither a silent answer nor one without a label counts.
  answers.add({0.0F, 0.0F}, 1);
  answers.evaluation.decisions.back() = kSilence;
  answers.add({0.0F, 9.0F}, -1);
  CHECK(answers.fit().temperature == Approx(8.0 / std::log(2.0)).epsilon(1e-9));
}

TEST_CASE(
    "calibration: right answers alone ask for no certainty, wrong ones for none at all, and nothing for nothing "
    "[Platt target]") {
  SureAnswers right, wrong, empty;
  for (int i = 0; i < 8; ++i) right.add({8.0F, 0.0F}, 0);
  for (int i = 0; i < 8; ++i) wrong.add({8.0F, 0.0F}, 1);
  CHECK(right.fit().temperature == Approx(8.0 / std::log(9.0)).epsilon(1e-9));  // Laplace's 9 of 10
  CHECK(wrong.fit().temperature == Approx(kMaxTemperature).epsilon(1e-6));
  CHECK(confidences(wrong.fit(), std::vector<float>{8.0F, 0.0F}, 10)[0] == Approx(0.5).margin(1e-4));
  CHECK_FALSE(fit_calibration(empty.evaluation, empty.dataset));
}

TEST_CASE(
    "calibration: labels drawn from a softmax give back its temperature, and of sums or means what they were drawn "
    "by") {
  std::mt19937 random(7);
  std::normal_distribution<float> logit(0.0F, 2.0F);
  for (const bool by_means : {false, true}) {
    SureAnswers answers;
    for (int i = 0; i < 4000; ++i) {
      const int n_steps = i % 2 == 0 ? 10 : 80;
      std::vector<float> z(5), sums(5);
      for (float& value : z) value = logit(random);
      const std::vector<double> p = confidences({.temperature = 1.5}, z, 1);
      const int label = std::discrete_distribution<int>(p.begin(), p.end())(random);
      for (std::size_t k = 0; k < 5; ++k) sums[k] = by_means ? z[k] * static_cast<float>(n_steps) : z[k];
      answers.add(sums, label, n_steps);
    }
    const Calibration fitted = answers.fit();
    CHECK(fitted.of_means == by_means);
    CHECK(fitted.temperature == Approx(1.5).epsilon(0.06));
    CalibrationError error;
    for (std::size_t i = 0; i < 4000; ++i) {
      const auto p = confidences(fitted, answers.evaluation.scores[i], answers.dataset.utterances[i].n_steps);
      const auto best = std::ranges::max_element(p) - p.begin();
      error.add(p[static_cast<std::size_t>(best)], best == answers.dataset.utterances[i].label);
    }
    CHECK(error.value() < 0.03);
  }
}

TEST_CASE("calibration: expected error by hand [Guo error]") {
  CalibrationError error;
  CHECK(error.value() == 0.0);
  CHECK(error.mean_confidence() == 0.0);
  // 14/15 belongs to the bin below, which then holds 1 of 2 right at a mean of 0.92; 0.96 and 1 are in the last one, both right; 0.1 wrong.
  error.add(14.0 / 15.0, true);
  error.add(2.0 * 0.92 - 14.0 / 15.0, false);
  error.add(0.96, true);
  error.add(1.0, true);
  error.add(0.1, false);
  CHECK(error.n() == 5);
  CHECK(error.value() == Approx((2 * std::abs(0.5 - 0.92) + 2 * (1.0 - 0.98) + 0.1) / 5));
  CHECK(error.mean_confidence() == Approx((2 * 0.92 + 1.96 + 0.1) / 5));
}
