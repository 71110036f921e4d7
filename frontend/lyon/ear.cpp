#include "frontend/lyon/ear.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

#include "frontend/lyon/flush_denormals.h"

namespace ear {

using lyon_model::kFrontRows;

namespace {

PassFactors<ScalarLane> pass_factors(const EarFactors& factors) {
  return {factors.sections.data(),
          static_cast<int>(factors.sections.size()),
          {factors.stages[0], factors.stages[1], factors.stages[2], factors.stages[3]}};
}

}  // namespace

Ear::Ear(const LyonCoeffs& coeffs)
    : factors_(ear_factors(coeffs)),
      low_pass_(low_pass_weights(coeffs.decimation_epsilon, coeffs.decimation)),
      decimation_(coeffs.decimation),
      sections_(coeffs.sections.size()),
      rows_(coeffs.sections.size()),
      u_(coeffs.sections.size()) {
  reset();
}

void Ear::reset() {
  clear<ScalarLane>(pass_factors(factors_), sections_.data(), rows_.data());
  phase_ = 0;
}

void Ear::process(std::span<const double> samples, std::vector<double>& steps) {
  const auto bad = std::find_if_not(samples.begin(), samples.end(), [](double x) { return std::isfinite(x); });
  if (bad != samples.end()) {
    throw std::invalid_argument("sample " + std::to_string(bad - samples.begin()) + " of the block is not finite");
  }
  const FlushDenormals flush;
  for (const double x : samples) sample(x, steps);
}

/// In signal order, one sample.
void Ear::sample(double x, std::vector<double>& steps) {
  const auto factors = pass_factors(factors_);
  const double pass_front = phase_ == 0 ? 0.0 : 1.0;  // Q1
  cascade_pass<ScalarLane, 1>(factors, sections_.data(), &x, &pass_front, u_.data(), factors.n_rows);
  if (factors_.agc) first_gain_pass<ScalarLane>(factors, rows_.data(), u_.data());
  const bool finished = ++phase_ == decimation_;
  if (finished) phase_ = 0;
  if (finished && decimation_ > 1) finish_step(steps);
  const auto output = choose_output_pass<ScalarLane>(factors_.agc, factors_.differ);
  output(factors, rows_.data(), u_.data(), low_pass_.w1[phase_], low_pass_.w2[phase_]);
  if (decimation_ == 1) finish_step(steps);
}

void Ear::finish_step(std::vector<double>& steps) {
  for (auto row = rows_.begin() + kFrontRows; row != rows_.end(); ++row) {
    steps.push_back(row->low_pass.sum1);
    low_pass_next_step<ScalarLane>(low_pass_.keep, low_pass_.cross, row->low_pass);
  }
}

}  // namespace ear
