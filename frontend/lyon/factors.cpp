#include "frontend/lyon/factors.h"

#include <cmath>

namespace ear {

EarFactors ear_factors(const LyonCoeffs& coeffs) {
  EarFactors factors;
  factors.agc = coeffs.agc;
  factors.differ = coeffs.differ;
  for (const Section& s : coeffs.sections) {
    factors.sections.push_back({s.a0, s.a1 - s.b1 * s.a0, s.a2 - s.b2 * s.a0, s.b1, s.b2});
  }
  std::array<double, lyon_model::kAgcStages + 1> drive{};
  for (int j = 0; j < lyon_model::kAgcStages; ++j) drive[j] = coeffs.agc_epsilon[j] / coeffs.agc_target[j];
  drive.back() = 1.0;
  for (int j = 0; j < lyon_model::kAgcStages; ++j) {
    const double epsilon = coeffs.agc_epsilon[j];
    const double ratio = drive[j + 1] / drive[j];
    factors.stages[j] = {ratio, ratio * epsilon, (1.0 - epsilon) / 3.0, ratio * (1.0 - lyon_model::kAgcLimit)};
  }
  if (coeffs.agc) {
    SectionFactors& first = factors.sections.front();
    for (double* numerator : {&first.a0, &first.q1, &first.q2}) *numerator *= drive[0];
  }
  return factors;
}

LowPassFactors low_pass_weights(double epsilon, int decimation) {
  if (decimation == 1) return {0.0, 0.0, {1.0}, {0.0}};
  const auto d = static_cast<std::size_t>(decimation);
  LowPassFactors factors{0.0, 0.0, std::vector<double>(d), std::vector<double>(d)};
  const double p = 1.0 - epsilon;
  double power = 1.0;  // p^(D-2-u)
  factors.w2[d - 1] = epsilon;
  for (std::size_t u = d - 1; u-- > 0;) {
    factors.w1[u] = static_cast<double>(d - 1 - u) * epsilon * epsilon * power;
    power *= p;
    factors.w2[u] = epsilon * power;
  }
  factors.keep = power * p;
  factors.cross = decimation * epsilon * power;
  return factors;
}

}  // namespace ear
