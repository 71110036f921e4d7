#pragma once
// Batch normalisation (Ioffe and Szegedy 2015, algorithm 1) of a neuron's drive over all steps of a batch.
#include <cmath>

#include "snn/base/hd.h"

namespace snn {

/// Added to variances. [BatchNorm epsilon]
inline constexpr double kNormEpsilon = 1e-5;

/// Mean and 1/sqrt(variance + epsilon) of n numbers from their sum and the sum of their squares, in double: the difference of
/// two large sums loses nothing that float has. [BatchNorm moments]
struct Moments {
  double mean, variance;
};
SNN_HD Moments moments_of(double sum, double squares, double n) {
  const double mean = sum / n, variance = squares / n - mean * mean;
  return {mean, variance > 0.0 ? variance : 0.0};
}

/// 1 / sqrt(variance + epsilon).
SNN_HD double inverse_deviation(double variance) {
  return 1.0 / std::sqrt(variance + kNormEpsilon);
}

/// The drive with mean 0 and variance 1. [BatchNorm normalised]
template <class Real>
SNN_HD Real normalised_drive(Real drive, Real mean, Real inv_deviation) {
  return (drive - mean) * inv_deviation;
}

/// With gain and bias, which are trained. [BatchNorm scaled]
template <class Real>
SNN_HD Real scaled_drive(Real normalised, Real gain, Real bias) {
  return gain * normalised + bias;
}

/// dL/d drive from dL/d scaled drive: mean_error and mean_product are the batch's means of `error` and error times normalised.
/// [BatchNorm error]
template <class Real>
SNN_HD Real unnormalised_error(Real error, Real normalised, Real factor, Real mean_error, Real mean_product) {
  return factor * (error - mean_error - normalised * mean_product);
}

/// By how much mean and variance for scoring follow those of batch n = 1, 2, ...: 0.1, and more in the beginning, so that
/// they do not hang on where they start (as Adam's moments are corrected). [BatchNorm rate]
inline double running_rate(double n) {
  constexpr double kLastRate = 0.1;
  return kLastRate / (1.0 - std::pow(1.0 - kLastRate, n));
}

/// Mean or variance for scoring. [BatchNorm running]
template <class Real>
SNN_HD Real running_step(Real running, Real of_batch, Real rate) {
  return running + rate * (of_batch - running);
}

}  // namespace snn
