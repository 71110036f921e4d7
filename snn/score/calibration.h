#pragma once
// How sure an answer is: C. Guo, G. Pleiss, Y. Sun, K. Weinberger, On Calibration of Modern Neural Networks, ICML 2017, arXiv
// 1706.04599. One temperature, fitted on utterances that were not trained on, turns class sums into probabilities.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "snn/model/calibration.h"
#include "snn/score/evaluate.h"

namespace snn {

/// softmax(z / temperature), z being the class sums [K >= 1], with of_means divided by n_steps >= 1. [K], each 0..1, together 1;
/// all 0 where that cannot be computed, as of an infinite sum: such an answer is not sure. [Guo temperature]
std::vector<double> confidences(const Calibration& calibration, std::span<const float> sums, int n_steps);

/// Limits of a fitted temperature.
inline constexpr double kMinTemperature = 1e-6, kMaxTemperature = 1e6;

/// The temperature of the least negative log likelihood of the labels, and whether sums or their means over the steps give the lower
/// one (sums where they give the same). Utterances without label and silent answers are left out; nothing if no other is left.
/// evaluation: decided by summed PSCs, of `dataset`. The labelled class counts as (n + 1)/(n + 2), n utterances, the others share the rest
/// (J. Platt, Probabilistic outputs for support vector machines, 1999): without that, a validation set of right answers alone would
/// ask for a temperature of 0. The likelihood is convex in 1/temperature, so bisection of its slope finds the one minimum; relative error
/// below 1e-9. [Guo fit]
std::optional<Calibration> fit_calibration(const Evaluation& evaluation, const Dataset& dataset);

/// Expected calibration error over 15 bins of equal width, as many as the paper's tables have.
class CalibrationError {
 public:
  /// The confidence of an answer, 0..1.
  void add(double confidence, bool is_right);
  /// Σ over bins of n_bin/n |accuracy - mean confidence|, 0..1; 0 without answers. Bin m holds (m - 1)/15 < confidence <= m/15. [Guo error]
  double value() const;
  double mean_confidence() const;  ///< 0 without answers
  std::int64_t n() const { return n_; }

 private:
  struct Bin {
    double confidence = 0.0;  // sum
    std::int64_t n_right = 0;
  };
  std::array<Bin, 15> bins_;
  std::int64_t n_ = 0;
};

}  // namespace snn
