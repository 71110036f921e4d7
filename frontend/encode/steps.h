#pragma once
// From the steps of a cochleagram to those of a raster.
#include <cstddef>

namespace ear {

/// Common to all encoders.
struct RasterSteps {
  int hold = 1;       ///< H, 1..10,000, steps of the raster for each step of the cochleagram, whose value is held
  int max_steps = 0;  ///< >= 0, steps of the raster that are kept, the first ones; 0: all
  bool operator==(const RasterSteps&) const = default;
};

/// Throws std::invalid_argument naming the field, the range and the value found.
void validate(const RasterSteps& steps);

/// T of an array [T][n_channels]. Throws std::invalid_argument if there is no channel or a broken row.
int count_steps(std::size_t n_values, int n_channels);

/// Steps of the raster of n_steps steps and n_channels channels. Throws std::invalid_argument if it would have more
/// elements than a record may (FORMAT.md 1.5).
int raster_steps(int n_steps, int n_channels, const RasterSteps& steps);

/// Steps of the cochleagram that n_raster_steps steps stand for, the last one perhaps in part.
int held_steps(int n_raster_steps, const RasterSteps& steps);

}  // namespace ear
