#pragma once
// The way of a sample through the rows, in signal order: cascade and rectifier; gain control, stages 1 and 2; gain
// control, stages 3 and 4, with difference and low-pass. Each is one pass over all rows, and a function of its own, so that
// what it needs stays in registers. L: the kind of lanes.
#include "frontend/lyon/agc.h"
#include "frontend/lyon/cascade.h"
#include "frontend/lyon/decimator.h"
#include "frontend/lyon/params.h"

// Before a loop over rows: what one row hands to the next then needs no moves between registers (4 % of the time).
#if defined(__clang__)
#define OSSICLE_TWO_AT_A_TIME _Pragma("clang loop unroll_count(2)")
#elif defined(__GNUC__)
#define OSSICLE_TWO_AT_A_TIME _Pragma("GCC unroll 2")
#else
#define OSSICLE_TWO_AT_A_TIME
#endif

namespace ear {

template <class L>
struct SectionState {
  typename L::Wide s1, s2;
};

/// Behind the rectifier.
template <class L>
struct RowState {
  typename L::Real gain[lyon_model::kAgcStages];  ///< c of every stage (agc.h)
  LowPassState<L> low_pass;                       ///< of rows from kFrontRows
};

/// What does not depend on the sample. `sections` in double, gain stages in the lanes' own kind.
template <class L>
struct PassFactors {
  const SectionFactors* sections;  ///< [row]; the first one scaled for the first stage of the gain control
  int n_rows;
  AgcStage<typename L::Real> stages[lyon_model::kAgcStages];
};

/// kSamples samples x through all sections: u[sample][row], `stride` apart, rectified. pass_front[sample] is 0 where the
/// front rows are cleared (Q1 in ear.h), else 1.
template <class L, int kSamples>
[[gnu::noinline]] inline void cascade_pass(const PassFactors<L>& factors, SectionState<L>* __restrict states,
                                           const typename L::Real* x, const typename L::Real* pass_front,
                                           typename L::Real* __restrict u, int stride) {
  typename L::Wide y[kSamples];
  for (int n = 0; n < kSamples; ++n) y[n] = L::widen(x[n]);
  const auto row = [&](int i, bool front) __attribute__((always_inline)) {
    const SectionFactors f = factors.sections[i];
    typename L::Wide s1 = states[i].s1, s2 = states[i].s2;
    for (int n = 0; n < kSamples; ++n) {
      y[n] = section_step<L>(f, y[n], s1, s2);
      const typename L::Real rectified = rectify<L>(L::narrow(y[n]));
      u[n * stride + i] = front ? rectified * pass_front[n] : rectified;
    }
    states[i].s1 = s1;
    states[i].s2 = s2;
  };
  for (int i = 0; i < lyon_model::kFrontRows; ++i) row(i, true);
  OSSICLE_TWO_AT_A_TIME
  for (int i = lyon_model::kFrontRows; i < factors.n_rows; ++i) row(i, false);
}

/// Walks down the rows with the old states of one stage: a missing neighbour is the row itself.
template <class L, int kStage>
struct StageWalk {
  typename L::Real own, before;
  AgcStage<typename L::Real> factors;

  [[gnu::always_inline]] StageWalk(const PassFactors<L>& all, const RowState<L>* rows)
      : own(rows[0].gain[kStage]), before(own + own), factors(all.stages[kStage]) {}

  [[gnu::always_inline]] void step(RowState<L>* rows, int i, bool last, typename L::Real& u) {
    const typename L::Real after = last ? own : rows[i + 1].gain[kStage];
    rows[i].gain[kStage] = agc_stage<L>(factors, before, own, after, u);
    before = own + after;
    own = after;
  }
};

/// Stages 1 and 2 on one sample, u[row] in place.
template <class L>
[[gnu::noinline]] inline void first_gain_pass(const PassFactors<L>& factors, RowState<L>* __restrict rows,
                                              typename L::Real* __restrict u) {
  StageWalk<L, 0> first(factors, rows);
  StageWalk<L, 1> second(factors, rows);
  const auto row = [&](int i, bool last) __attribute__((always_inline)) {
    typename L::Real v = u[i];
    first.step(rows, i, last, v);
    second.step(rows, i, last, v);
    u[i] = v;
  };
  OSSICLE_TWO_AT_A_TIME
  for (int i = 0; i < factors.n_rows - 1; ++i) row(i, false);
  row(factors.n_rows - 1, true);
}

/// Stages 3 and 4 (if kAgc), difference (if kDiffer), and the low-pass's sums with weights w1 and w2, on one sample.
template <class L, bool kAgc, bool kDiffer>
[[gnu::noinline]] inline void output_pass(const PassFactors<L>& factors, RowState<L>* __restrict rows,
                                          const typename L::Real* __restrict u, typename L::Real w1,
                                          typename L::Real w2) {
  StageWalk<L, 2> third(factors, rows);
  StageWalk<L, 3> fourth(factors, rows);
  typename L::Real above = L::splat(0);
  const auto row = [&](int i, bool front, bool last) __attribute__((always_inline)) {
    typename L::Real v = u[i];
    if constexpr (kAgc) {
      third.step(rows, i, last, v);
      fourth.step(rows, i, last, v);
    }
    if (!front) low_pass_add<L>(w1, w2, kDiffer ? difference<L>(above, v) : v, rows[i].low_pass);
    above = v;
  };
  for (int i = 0; i < lyon_model::kFrontRows; ++i) row(i, true, false);
  OSSICLE_TWO_AT_A_TIME
  for (int i = lyon_model::kFrontRows; i < factors.n_rows - 1; ++i) row(i, false, false);
  row(factors.n_rows - 1, false, true);
}

/// The pass for the switches of a design.
template <class L>
using OutputPass = void (*)(const PassFactors<L>&, RowState<L>*, const typename L::Real*, typename L::Real,
                            typename L::Real);

template <class L>
inline OutputPass<L> choose_output_pass(bool agc, bool differ) {
  if (agc) return differ ? output_pass<L, true, true> : output_pass<L, true, false>;
  return differ ? output_pass<L, false, true> : output_pass<L, false, false>;
}

/// Silence everywhere.
template <class L>
inline void clear(const PassFactors<L>& factors, SectionState<L>* sections, RowState<L>* rows) {
  for (int i = 0; i < factors.n_rows; ++i) {
    sections[i].s1 = sections[i].s2 = L::widen(L::splat(0));
    for (int j = 0; j < lyon_model::kAgcStages; ++j) rows[i].gain[j] = factors.stages[j].ratio;
    rows[i].low_pass.sum1 = rows[i].low_pass.sum2 = L::splat(0);
  }
}

}  // namespace ear

#undef OSSICLE_TWO_AT_A_TIME
