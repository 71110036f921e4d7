#pragma once
// The ear's own passes on one sound, every stage in double: the witness of the arithmetic that lanes do in float.
#include <vector>

#include "frontend/lyon/design.h"
#include "frontend/lyon/factors.h"
#include "frontend/lyon/flush_denormals.h"
#include "frontend/lyon/passes.h"

namespace scalar {

/// The kind of lanes that is none.
struct Lane {
  using Real = double;  ///< the gain control and what follows
  using Wide = double;  ///< the cascade
  static Real splat(double value) { return value; }
  static Real narrow(Wide value) { return value; }
  static Wide widen(Real value) { return value; }
  static Real larger(Real a, Real b) { return a > b ? a : b; }
};

/// Factors and states of all rows, at first those of silence.
struct Rows {
  ear::EarFactors factors;
  ear::PassFactors<Lane> pass;
  std::vector<ear::SectionState<Lane>> sections;
  std::vector<ear::RowState<Lane>> rows;

  explicit Rows(const ear::LyonCoeffs& coeffs)
      : factors(ear::ear_factors(coeffs)),
        pass{factors.sections.data(),
             static_cast<int>(factors.sections.size()),
             {factors.stages[0], factors.stages[1], factors.stages[2], factors.stages[3]}},
        sections(factors.sections.size()),
        rows(factors.sections.size()) {
    ear::clear<Lane>(pass, sections.data(), rows.data());
  }
};

/// The steps [step][channel] of samples, full scale +-1, with D samples per step.
inline std::vector<double> hear(const ear::LyonCoeffs& coeffs, int decimation, const std::vector<double>& samples) {
  Rows all(coeffs);
  const auto low_pass = ear::low_pass_weights(ear::decimation_epsilon(coeffs.tau_factor, decimation), decimation);
  const auto output = ear::choose_output_pass<Lane>(coeffs.agc, coeffs.differ);
  std::vector<double> steps, u(all.rows.size());
  const auto finish_step = [&] {
    for (auto row = all.rows.begin() + ear::lyon_model::kFrontRows; row != all.rows.end(); ++row) {
      steps.push_back(row->low_pass.sum1);
      ear::low_pass_next_step<Lane>(low_pass.keep, low_pass.cross, row->low_pass);
    }
  };
  const ear::FlushDenormals flush;
  int phase = 0;  // samples of the unfinished step
  for (const double x : samples) {
    const double pass_front = phase == 0 ? 0.0 : 1.0;  // Q1 in ear.h
    ear::cascade_pass<Lane, 1>(all.pass, all.sections.data(), &x, &pass_front, u.data(), all.pass.n_rows);
    if (coeffs.agc) ear::first_gain_pass<Lane>(all.pass, all.rows.data(), u.data());
    phase = (phase + 1) % decimation;
    if (phase == 0 && decimation > 1) finish_step();
    const auto at = static_cast<std::size_t>(phase);
    output(all.pass, all.rows.data(), u.data(), low_pass.w1[at], low_pass.w2[at]);
    if (decimation == 1) finish_step();
  }
  return steps;
}

}  // namespace scalar
