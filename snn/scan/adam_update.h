#pragma once
// One Adam update of all trained parameters.
#include <cstddef>

#include "snn/hd.h"
#include "snn/neuron/adam.h"
#include "snn/scan/reductions.h"
#include "snn/scan/tile.h"

namespace snn {

/// Kinds of parameters that have rates and bounds of their own: weights, self-recurrent weights, theta.
inline constexpr int kAdamKinds = 3;

/// Parameters, moments and gradients, flat, the kinds one behind the other. Nothing changes once a norm was not finite
/// (GradientState). Its extent counts chunks, each of one kind, and numbers within a chunk.
template <class Real>
struct AdamUpdate {
  static constexpr int kChunk = 4096;
  std::size_t ends[kAdamKinds];    // where each kind ends; it starts where the one before ends, the first at 0
  Real* parameters;                // in and out
  Real* m;                         // in and out
  Real* v;                         // in and out
  const Real* gradients;           // before the norm clip
  const GradientState* state;      // with the norm clip's factor
  const AdamCoeffs<Real>* coeffs;  // [kAdamKinds]
  Real* averages = nullptr;        // of the parameters over updates, in and out; or null

  SNN_HD Extent extent() const {
    int n_chunks = 0;
    for (int kind = 0; kind < kAdamKinds; ++kind) n_chunks += chunks_of(kind);
    return {n_chunks, kChunk};
  }

  template <int kWidth>
  SNN_HD void run(int chunk, int first, int last) const {
    if (state->stopped_at != 0) return;
    const Range range = range_of(chunk);
    const std::size_t left = range.end - range.begin;
    const int end = left < static_cast<std::size_t>(last) ? static_cast<int>(left) : last;
    const AdamCoeffs<Real> c = coeffs[range.kind];
    const Real scale = static_cast<Real>(state->factor);
    averages != nullptr ? update<true>(range, first, end, c, scale) : update<false>(range, first, end, c, scale);
  }

 private:
  /// From a chunk's first number to its kind's last one.
  struct Range {
    int kind;
    std::size_t begin, end;
  };
  template <bool kAverages>
  SNN_HD void update(const Range& range, int first, int end, const AdamCoeffs<Real>& c, Real scale) const {
    SNN_ROLLED
    for (int j = first; j < end; ++j) {
      const std::size_t i = range.begin + static_cast<std::size_t>(j);
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
  /// Unrolled, or a GPU would keep the ends in memory of its own to index them.
  SNN_HD Range range_of(int chunk) const {
    Range range{-1, 0, 0};
    SNN_UNROLL
    for (int kind = 0; kind < kAdamKinds; ++kind) {
      if (range.kind < 0 && chunk < chunks_of(kind)) {
        range = {kind, begin_of(kind) + static_cast<std::size_t>(chunk) * kChunk, ends[kind]};
      }
      chunk -= chunks_of(kind);
    }
    return range;
  }
  SNN_HD std::size_t begin_of(int kind) const { return kind == 0 ? 0 : ends[kind - 1]; }
  SNN_HD int chunks_of(int kind) const { return static_cast<int>((ends[kind] - begin_of(kind) + kChunk - 1) / kChunk); }
};

}  // namespace snn
