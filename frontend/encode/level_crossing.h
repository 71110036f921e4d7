#pragma once
// Send-on-delta: a spike when the signal has moved by delta, on one channel upwards and on another downwards.
// M. Miskowicz, "Send-on-delta concept: an event-based data reporting strategy", Sensors 6 (2006); as level-crossing
// sampling in asynchronous converters.
#include <cstdint>
#include <span>
#include <vector>

#include "frontend/encode/steps.h"

namespace ear {

struct LevelCrossingParams {
  double delta = 0.05;
  double initial = 0.0;
  RasterSteps steps = {};
  bool operator==(const LevelCrossingParams&) const = default;
};
template <MaybeConst<LevelCrossingParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"delta", above(0), "Distance of levels in units of the cochleagram"}, p.delta);
  f({"initial", {}, "Level before the first step"}, p.initial);
  visit_fields(p.steps, f);
}

/// Spikes 0 or 1 [T * hold, or max_steps][2 C] of values [T][C]: channel c of the raster is up, C + c down. At each step
/// the level moves by at most one delta towards the signal, if that is at least delta away. So a signal that changes by
/// no more than hold * delta from step to step is followed to within delta; more than that is caught up later.
/// [SendOnDelta encode] Throws std::invalid_argument for params out of range, a broken row, a raster that is too large.
std::vector<std::uint8_t> level_crossing_encode(std::span<const float> values, int n_channels,
                                                const LevelCrossingParams& params);

/// The cochleagram [ceil(T / hold)][C] of spikes [T][2 C]: the level after the last step of each held value,
/// initial + delta (ups - downs). [SendOnDelta decode] Throws std::invalid_argument as above and for an odd number of
/// channels.
std::vector<float> level_crossing_decode(std::span<const std::uint8_t> spikes, int n_channels,
                                         const LevelCrossingParams& params);

}  // namespace ear
