#pragma once
// From a design to the factors of the passes, in double, once.
#include <array>
#include <vector>

#include "frontend/lyon/agc.h"
#include "frontend/lyon/cascade.h"
#include "frontend/lyon/design.h"

namespace ear {

struct EarFactors {
  std::vector<SectionFactors> sections;  ///< [row]; row 0 scaled by epsilon / target of the first stage if agc
  std::array<AgcStage<double>, lyon_model::kAgcStages> stages{};
  bool agc = true;
  bool differ = true;
};

EarFactors ear_factors(const LyonCoeffs& coeffs);

/// The low-pass and decimation of a recording that has D samples per step.
struct LowPassFactors {
  double keep = 0.0, cross = 0.0;  ///< of the sums when a step begins (low_pass_next_step)
  std::vector<double> w1, w2;      ///< [D], weights of the samples of a step, in order
};

/// [Lyon sec. 9] Weights: with p = 1 - epsilon and u samples of the step before it, a sample adds
/// w2 = epsilon p^(D-1-u) to the first one-pole and w1 = (D-1-u) epsilon^2 p^(D-2-u) to the second one by the end of the
/// step. The output of a sample is the second one before that sample enters, so the first sample of a step (u = 0) is
/// the one at which the step before is given out: the last of each D. D = 1 has no low-pass: the output is the sample.
LowPassFactors low_pass_weights(double epsilon, int decimation);

}  // namespace ear
