#pragma once
// The golden intermediates: the signal after every stage of the ear, [row][sample], D = 1 and D = 64.
#include <cmath>
#include <string>

#include "frontend/lyon/design.h"
#include "tests/support/npy.h"

namespace stages {

inline constexpr double kTolerance = 1e-12;  // of the largest value: a hundred samples of rounding in double
inline constexpr int kRows = 88, kSamples = 128;

struct Stages {
  support::Golden golden;
  explicit Stages(int decimation)
      : golden(support::golden_path(support::golden_root("lyon"),
                                    "stage_df" + std::to_string(decimation) + "_noise16k_first128")) {}
  ear::LyonCoeffs coeffs() const { return ear::design_ear({}, 16000); }
};

inline double largest(const support::Array& array) {
  double found = 0.0;
  for (const double value : array.values) found = std::max(found, std::abs(value));
  return found;
}

inline std::vector<double> column(const support::Array& array, int sample) {
  std::vector<double> values;
  for (int row = 0; row < array.dim(0); ++row) values.push_back(array.at(row, sample));
  return values;
}

/// Largest distance of values[i] from the column's element first + i.
inline double distance(const std::vector<double>& values, const support::Array& array, int sample, int first = 0) {
  double found = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    found = std::max(found, std::abs(values[i] - array.at(first + static_cast<int>(i), sample)));
  }
  return found;
}

inline std::vector<double> noise_input() {
  const support::Golden inputs(support::golden_path(support::golden_root("lyon"), "inputs"));
  auto samples = inputs.array("noise_16k").values;
  samples.resize(kSamples);
  return samples;
}

}  // namespace stages
