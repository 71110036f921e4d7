#pragma once
// Between the gain control and the output: difference of neighbouring channels, and the low-pass before decimation.

namespace ear {

/// [Lyon sec. 8] The row above (at higher frequency) minus the channel's own, not below 0.
template <class L>
[[gnu::always_inline]] inline typename L::Real difference(const typename L::Real& above, const typename L::Real& own) {
  return L::larger(above - own, L::splat(0));
}

/// State of the low-pass of a row: two one-poles of share epsilon = 1 - p each. Within a step only sums are formed:
/// sum1 and sum2 are what the two will hold when the step ends, if silence follows.
template <class L>
struct LowPassState {
  typename L::Real sum1, sum2;
};

/// [Lyon sec. 9] One sample v of weight w1, w2 (low_pass_weights) into the sums.
template <class L>
[[gnu::always_inline]] inline void low_pass_add(const typename L::Real& w1, const typename L::Real& w2,
                                                const typename L::Real& v, LowPassState<L>& state) {
  state.sum1 = w1 * v + state.sum1;
  state.sum2 = w2 * v + state.sum2;
}

/// [Lyon sec. 9] Begins the next step: what the states of now will be at its end. keep = p^D, cross = D epsilon p^(D-1).
template <class L>
[[gnu::always_inline]] inline void low_pass_next_step(const typename L::Real& keep, const typename L::Real& cross,
                                                      LowPassState<L>& state) {
  state.sum1 = keep * state.sum1 + cross * state.sum2;
  state.sum2 = keep * state.sum2;
}

}  // namespace ear
