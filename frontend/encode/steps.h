#pragma once
// From the steps of a cochleagram to those of a raster.
#include <cstddef>

#include "frontend/base/fields.h"

namespace ear {

/// Common to all encoders.
struct RasterSteps {
  int hold = 1;       ///< H
  int max_steps = 0;  ///< the first ones are kept; 0: all
  bool operator==(const RasterSteps&) const = default;
};
template <MaybeConst<RasterSteps> P, class F>
void visit_fields(P& p, F&& f) {
  f({"hold", {1, 10'000}, "Steps of the raster for each step of the cochleagram, whose value is held"}, p.hold);
  f({"max_steps", at_least(0), "Steps of the raster that are kept, the first ones; 0: all"}, p.max_steps);
}

/// T of an array [T][n_channels]. Throws std::invalid_argument if there is no channel or a broken row.
int count_steps(std::size_t n_values, int n_channels);

/// Steps of the raster of n_steps steps and n_channels channels. Throws std::invalid_argument if it would have more
/// elements than a record may (FORMAT.md 1.5).
int raster_steps(int n_steps, int n_channels, const RasterSteps& steps);

/// Steps of the cochleagram that n_raster_steps steps stand for, the last one perhaps in part.
int held_steps(int n_raster_steps, const RasterSteps& steps);

}  // namespace ear
