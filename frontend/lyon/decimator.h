#pragma once
// Between the gain control and the output: difference of neighbouring channels, and the low-pass before decimation.
#include <vector>

#include "frontend/lyon/params.h"
#include "frontend/lyon/vector_loop.h"

namespace ear {

template <class Real>
struct LowPassState {
  std::vector<Real> d1, d2;  // each [channel]
};

/// [Lyon sec. 8] v[channel] from u[row]: the row above (at higher frequency) minus the channel's own, not below 0.
template <class Real>
inline void differ_step(const Real* u, int n_channels, Real* v) {
  const Real* own = u + lyon_model::kFrontRows;
  OSSICLE_VECTOR_LOOP
  for (int c = 0; c < n_channels; ++c) {
    const Real difference = own[c - 1] - own[c];
    v[c] = difference > Real(0) ? difference : Real(0);
  }
}

/// [Lyon sec. 9] One sample through (1-p)^2 z^-2 / (1 - p/z)^2 as two one-poles of share epsilon = 1 - p each, which
/// float holds to 2e-4 of the maximum where the second-order form loses up to 1e-2. The output of a sample is d1 before
/// this step.
template <class Real>
inline void low_pass_step(Real epsilon, const Real* v, LowPassState<Real>& state) {
  Real* d1 = state.d1.data();
  Real* d2 = state.d2.data();
  const int n_channels = static_cast<int>(state.d1.size());
  OSSICLE_VECTOR_LOOP
  for (int c = 0; c < n_channels; ++c) {
    d1[c] += epsilon * (d2[c] - d1[c]);
    d2[c] += epsilon * (v[c] - d2[c]);
  }
}

}  // namespace ear
