#pragma once
// One Adam update of all trained parameters.
#include <cstddef>

#include "snn/base/hd.h"
#include "snn/neuron/adam.h"
#include "snn/scan/reductions.h"
#include "snn/scan/tile.h"

namespace snn {

/// Kinds of parameters, each with its rates and bounds (ParameterKind).
inline constexpr int kAdamKinds = 10;

/// Parameters, moments and gradients, flat. Nothing changes once a norm was not finite (GradientState). Its extent counts
/// chunks, each of one array, and numbers within a chunk.
template <class Real>
struct AdamUpdate {
  static constexpr int kChunk = SquareSums<Real>::kChunk;
  int n_chunks;
  const Chunk* chunks;    // [n_chunks]
  Real* parameters;       // in and out
  Real* m;                // in and out
  Real* v;                // in and out
  const Real* gradients;  // before the norm clip
  const GradientState* state;
  const ArrayGradient* arrays;     // with the norm clip's factors
  const AdamCoeffs<Real>* coeffs;  // [kAdamKinds]
  Real* averages = nullptr;        // of the parameters over updates, in and out; or null

  SNN_HD Extent extent() const { return {n_chunks, kChunk}; }

  template <int kWidth>
  SNN_HD void run(int chunk, int first, int last) const {
    if (state->stopped_at != 0) return;
    averages != nullptr ? update<true>(chunks[chunk], first, last) : update<false>(chunks[chunk], first, last);
  }

 private:
  template <bool kAverages>
  SNN_HD void update(const Chunk chunk, int first, int last) const {
    const int end = chunk.n_values < last ? chunk.n_values : last;
    const AdamCoeffs<Real> c = coeffs[chunk.kind];
    const Real scale = static_cast<Real>(arrays[chunk.array].factor);
    SNN_ROLLED
    for (int j = first; j < end; ++j) {
      const std::size_t i = chunk.begin + static_cast<std::size_t>(j);
      // All is read before the first is written: a compiler cannot know that the arrays do not overlap.
      const Real before = parameters[i], m_before = m[i], v_before = v[i], g = gradients[i] * scale;
      [[maybe_unused]] const Real average = kAverages ? averages[i] : Real(0);
      const Real m_now = adam_first_moment(c, m_before, g), v_now = adam_second_moment(c, v_before, g);
      m[i] = m_now;
      v[i] = v_now;
      const Real now = adam_step(c, before, m_now, v_now);
      parameters[i] = now;
      if constexpr (kAverages) averages[i] = ema_step(average, now, c.average_rate);
    }
  }
};

}  // namespace snn
