#pragma once
// The automatic gain control: four stages in series, each coupled to its neighbouring rows. State and one step.
#include <array>
#include <cstddef>
#include <vector>

#include "frontend/lyon/design.h"
#include "frontend/lyon/vector_loop.h"

namespace ear {

template <class Real>
struct AgcCoeffs {
  std::array<Real, lyon_model::kAgcStages> drive{};  // epsilon / target
  std::array<Real, lyon_model::kAgcStages> keep{};   // (1 - epsilon) / 3
  Real limit = static_cast<Real>(lyon_model::kAgcLimit);

  explicit AgcCoeffs(const LyonCoeffs& coeffs) {
    for (std::size_t j = 0; j < drive.size(); ++j) {
      drive[j] = static_cast<Real>(coeffs.agc_epsilon[j] / coeffs.agc_target[j]);
      keep[j] = static_cast<Real>((1.0 - coeffs.agc_epsilon[j]) / 3.0);
    }
  }
};

/// Gain states of every stage with one cell more at each end, [stage][1 + row]; and those being computed.
template <class Real>
struct AgcState {
  std::array<std::vector<Real>, lyon_model::kAgcStages> gain, next;
};

/// [Lyon sec. 7] One stage, one row: attenuates u by the row's old state and returns the new one, from the old states
/// of the row and its neighbours. The original takes the absolute value of the product; both factors are >= 0.
template <class Real>
inline Real agc_stage(Real drive, Real keep, Real limit, Real left, Real own, Real right, Real& u) {
  u *= Real(1) - own;
  const Real gain = u * drive + keep * (left + own + right);
  return gain < limit ? gain : limit;
}

/// All stages in series on one sample, u[row] in place. Only old states stand on the right, so rows are independent.
template <class Real>
inline void agc_step(const AgcCoeffs<Real>& coeffs, AgcState<Real>& state, int n_rows, Real* u) {
  static_assert(lyon_model::kAgcStages == 4);
  const auto [k0, k1, k2, k3] = coeffs.drive;
  const auto [c0, c1, c2, c3] = coeffs.keep;
  const Real limit = coeffs.limit;
  const auto& [g0, g1, g2, g3] = state.gain;
  auto& [h0, h1, h2, h3] = state.next;
  const Real *p0 = g0.data(), *p1 = g1.data(), *p2 = g2.data(), *p3 = g3.data();
  Real *q0 = h0.data() + 1, *q1 = h1.data() + 1, *q2 = h2.data() + 1, *q3 = h3.data() + 1;
  OSSICLE_VECTOR_LOOP
  for (int i = 0; i < n_rows; ++i) {
    Real v = u[i];
    q0[i] = agc_stage(k0, c0, limit, p0[i], p0[i + 1], p0[i + 2], v);
    q1[i] = agc_stage(k1, c1, limit, p1[i], p1[i + 1], p1[i + 2], v);
    q2[i] = agc_stage(k2, c2, limit, p2[i], p2[i + 1], p2[i + 2], v);
    q3[i] = agc_stage(k3, c3, limit, p3[i], p3[i + 1], p3[i + 2], v);
    u[i] = v;
  }
  for (auto& next : state.next) {  // a missing neighbour is the row itself
    next.front() = next[1];
    next.back() = next[static_cast<std::size_t>(n_rows)];
  }
  std::swap(state.gain, state.next);
}

}  // namespace ear
