#include "snn/score/calibration.h"

#include <algorithm>
#include <cmath>

namespace snn {

namespace {

/// A difference of negative log likelihoods, in nats an utterance, that is no mere rounding.
constexpr double kBetter = 1e-6;

struct Case {
  std::vector<double> logits;  // [K], before the temperature
  std::size_t label;
};

std::vector<double> logits_of(std::span<const float> sums, int n_steps, bool of_means) {
  std::vector<double> logits(sums.begin(), sums.end());
  if (of_means) {
    for (double& z : logits) z /= n_steps;
  }
  return logits;
}

struct Softmax {
  std::vector<double> p;   // [K]
  double log_total = 0.0;  // log Σ exp(inverse * logit)
};

Softmax softmax(const std::vector<double>& logits, double inverse_temperature) {
  const double largest = *std::ranges::max_element(logits);
  Softmax out;
  double total = 0.0;
  for (const double z : logits) total += out.p.emplace_back(std::exp(inverse_temperature * (z - largest)));
  for (double& p : out.p) p /= total;
  out.log_total = std::log(total) + inverse_temperature * largest;
  return out;
}

/// Mean over the cases, with its slope in the inverse temperature. [Platt target]
struct Likelihood {
  double negative_log = 0.0;
  double slope = 0.0;
};

Likelihood likelihood(const std::vector<Case>& cases, double inverse_temperature) {
  const auto n = static_cast<double>(cases.size());
  const double rest = 1.0 / (n + 2.0);
  Likelihood out;
  for (const Case& one : cases) {
    const Softmax soft = softmax(one.logits, inverse_temperature);
    const auto n_others = static_cast<double>(one.logits.size() - 1);
    double expected = 0.0, wanted = 0.0;
    for (std::size_t k = 0; k < one.logits.size(); ++k) {
      const double share = k != one.label ? rest / n_others : n_others > 0.0 ? 1.0 - rest : 1.0;
      expected += soft.p[k] * one.logits[k];
      wanted += share * one.logits[k];
    }
    out.negative_log += (soft.log_total - inverse_temperature * wanted) / n;
    out.slope += (expected - wanted) / n;
  }
  return out;
}

/// The temperature of the minimum.
double fit_temperature(const std::vector<Case>& cases) {
  double low = std::log(1.0 / kMaxTemperature), high = std::log(1.0 / kMinTemperature);  // of the inverse
  for (int i = 0; i < 50; ++i) {
    const double middle = 0.5 * (low + high);
    (likelihood(cases, std::exp(middle)).slope < 0.0 ? low : high) = middle;
  }
  return std::exp(-0.5 * (low + high));
}

}  // namespace

std::vector<double> confidences(const Calibration& calibration, std::span<const float> sums, int n_steps) {
  std::vector<double> p = softmax(logits_of(sums, n_steps, calibration.of_means), 1.0 / calibration.temperature).p;
  if (std::ranges::any_of(p, [](double x) { return std::isnan(x); })) std::ranges::fill(p, 0.0);
  return p;
}

std::optional<Calibration> fit_calibration(const Evaluation& evaluation, const Dataset& dataset) {
  std::optional<Calibration> best;
  double least = 0.0;
  for (const bool of_means : {false, true}) {
    std::vector<Case> cases;
    for (std::size_t i = 0; i < dataset.utterances.size(); ++i) {
      const Utterance& utterance = dataset.utterances[i];
      if (utterance.label < 0 || evaluation.decisions.at(i) < 0) continue;
      cases.push_back(
          {logits_of(evaluation.scores.at(i), utterance.n_steps, of_means), static_cast<std::size_t>(utterance.label)});
    }
    if (cases.empty()) return std::nullopt;
    const Calibration found{.temperature = fit_temperature(cases), .of_means = of_means};
    const double reached = likelihood(cases, 1.0 / found.temperature).negative_log;
    if (best && reached > least - kBetter) continue;
    best = found;
    least = reached;
  }
  return best;
}

void CalibrationError::add(double confidence, bool is_right) {
  const auto n_bins = static_cast<double>(bins_.size());
  const double at = std::clamp(std::ceil(confidence * n_bins) - 1.0, 0.0, n_bins - 1.0);
  Bin& bin = bins_[static_cast<std::size_t>(at)];
  bin.confidence += confidence;
  bin.n_right += is_right;
  ++n_;
}

double CalibrationError::value() const {
  double error = 0.0;
  for (const Bin& bin : bins_) error += std::abs(static_cast<double>(bin.n_right) - bin.confidence);
  return n_ == 0 ? 0.0 : error / static_cast<double>(n_);
}

double CalibrationError::mean_confidence() const {
  double sum = 0.0;
  for (const Bin& bin : bins_) sum += bin.confidence;
  return n_ == 0 ? 0.0 : sum / static_cast<double>(n_);
}

}  // namespace snn
