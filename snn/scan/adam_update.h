#pragma once
// One Adam update of an array of parameters.
#include <cstddef>

#include "snn/hd.h"
#include "snn/neuron/adam.h"
#include "snn/scan/tile.h"

namespace snn {

/// Parameters, moments and gradients of one array, flat.
template <class Real>
struct AdamUpdate {
  static constexpr int kChunk = 4096;
  std::size_t n_values;
  Real* parameters;       // in and out
  Real* m;                // in and out
  Real* v;                // in and out
  const Real* gradients;  // before the norm clip
  const double* factor;   // the norm clip's factor
  AdamCoeffs<Real> coeffs;

  SNN_HD Extent extent() const { return {static_cast<int>((n_values + kChunk - 1) / kChunk), 1}; }

  template <int kWidth>
  SNN_HD void run(int chunk, int, int) const {
    const std::size_t begin = static_cast<std::size_t>(chunk) * kChunk;
    const std::size_t end = begin + kChunk < n_values ? begin + kChunk : n_values;
    const Real scale = static_cast<Real>(*factor);
    for (std::size_t i = begin; i < end; ++i) {
      const Real g = gradients[i] * scale;
      m[i] = adam_first_moment(coeffs, m[i], g);
      v[i] = adam_second_moment(coeffs, v[i], g);
      parameters[i] = adam_step(coeffs, parameters[i], m[i], v[i]);
    }
  }
};

}  // namespace snn
