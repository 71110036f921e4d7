#pragma once
// The cascade of second-order sections, and the half-wave rectifier: state and one step of each.
//
// In double also for the float ear: a loud sound is attenuated section by section until float's rounding noise is what
// remains of it in quiet channels, and the gain control lifts that by up to 80 dB. A float cascade was off by 4e-4 of
// the maximum on a chirp, this one by 1e-5.
#include <algorithm>
#include <vector>

#include "frontend/lyon/design.h"
#include "frontend/lyon/vector_loop.h"

namespace ear {

struct CascadeCoeffs {
  std::vector<double> a0, a1, a2, b1, b2;  // each [row]

  explicit CascadeCoeffs(const std::vector<Section>& sections) {
    for (const Section& section : sections) {
      a0.push_back(section.a0);
      a1.push_back(section.a1);
      a2.push_back(section.a2);
      b1.push_back(section.b1);
      b2.push_back(section.b2);
    }
  }
};

struct CascadeState {
  std::vector<double> s1, s2;  // each [row]
};

/// [Lyon sec. 5] One section, one sample (transposed direct form II): returns y for input x.
inline double section_step(double a0, double a1, double a2, double b1, double b2, double x, double& s1, double& s2) {
  const double y = a0 * x + s1;
  s1 = a1 * x - b1 * y + s2;
  s2 = a2 * x - b2 * y;
  return y;
}

/// A wave: the sections first..last-1 each take one sample, x[row] -> y[row]. They do not wait for each other because
/// row i works on the sample that row i - 1 finished one wave before.
inline void cascade_wave(const CascadeCoeffs& coeffs, CascadeState& state, int first, int last, const double* x,
                         double* y) {
  const double* a0 = coeffs.a0.data();
  const double* a1 = coeffs.a1.data();
  const double* a2 = coeffs.a2.data();
  const double* b1 = coeffs.b1.data();
  const double* b2 = coeffs.b2.data();
  double* s1 = state.s1.data();
  double* s2 = state.s2.data();
  OSSICLE_VECTOR_LOOP
  for (int i = first; i < last; ++i) y[i] = section_step(a0[i], a1[i], a2[i], b1[i], b2[i], x[i], s1[i], s2[i]);
}

/// The cascade over a block of samples, as waves, so that rows fill the vector lanes; every number is the one that
/// sample-by-sample order gives. Row i at sample n stands in waves[n * (R + 1) + (i + 1) * (R + 2)], R = number of
/// rows; `waves` holds (n_samples + R) * (R + 1) values.
template <class Sample>
inline void cascade_block(const CascadeCoeffs& coeffs, CascadeState& state, const Sample* samples, int n_samples,
                          double* waves) {
  const int n_rows = static_cast<int>(coeffs.a0.size());
  const int width = n_rows + 1;  // column 0 is the input of row 0, column i + 1 the output of row i
  for (int n = 0; n < n_samples; ++n) waves[static_cast<std::ptrdiff_t>(n) * width] = samples[n];
  for (int wave = 0; wave < n_samples + n_rows - 1; ++wave) {
    double* const before = waves + static_cast<std::ptrdiff_t>(wave) * width;
    cascade_wave(coeffs, state, std::max(0, wave - n_samples + 1), std::min(n_rows, wave + 1), before,
                 before + width + 1);
  }
}

/// [Lyon sec. 6] Half-wave rectifier.
inline double rectify(double y) {
  return y > 0.0 ? y : 0.0;
}

}  // namespace ear
