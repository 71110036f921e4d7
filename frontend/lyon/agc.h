#pragma once
// The automatic gain control: four stages in series, each coupled to its neighbouring rows. One stage, one step.

namespace ear {

/// What a stage needs. Its state is c = ratio (1 - g), g being the original's gain state, and the signal comes in as
/// u * (epsilon / target) of the stage: the ratio brings it to the scale of the next stage (the last one to scale 1), so
/// that a stage costs one product fewer than with g, and a row that attenuates strongly is rounded ten times finer.
template <class Real>
struct AgcStage {
  Real ratio;  ///< (epsilon / target) of the next stage over that of this one; also the state of silence
  Real rise;   ///< ratio * epsilon
  Real keep;   ///< (1 - epsilon) / 3
  Real floor;  ///< ratio * (1 - kAgcLimit)
};

/// [Lyon sec. 7] One stage, one row: attenuates u by the row's old state and returns the new one, from the old states of
/// the row and its neighbours: before = the row above's plus own, after = the row below's. The original takes the
/// absolute value of the product; both factors are >= 0.
template <class L>
[[gnu::always_inline]] inline typename L::Real agc_stage(const AgcStage<typename L::Real>& f,
                                                         const typename L::Real& before, const typename L::Real& own,
                                                         const typename L::Real& after, typename L::Real& u) {
  u = u * own;
  return L::larger(f.keep * (before + after) + (f.rise - u), f.floor);
}

}  // namespace ear
