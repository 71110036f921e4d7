#include "frontend/encode/steps.h"

#include <algorithm>
#include <limits>

#include "frontend/base/require.h"
#include "frontend/stream/rules.h"

namespace ear {

int count_steps(std::size_t n_values, int n_channels) {
  require(n_channels >= 1, "{} channels: wanted 1 or more", n_channels);
  const std::size_t n_steps = n_values / static_cast<std::size_t>(n_channels);
  require(n_steps * static_cast<std::size_t>(n_channels) == n_values,
          "{} values are no whole number of steps of {} channels", n_values, n_channels);
  require(n_steps <= std::numeric_limits<int>::max(), "{} steps: too many", n_steps);
  return static_cast<int>(n_steps);
}

int raster_steps(int n_steps, int n_channels, const RasterSteps& steps) {
  const long long all = static_cast<long long>(n_steps) * steps.hold;
  const long long kept = steps.max_steps > 0 ? std::min<long long>(all, steps.max_steps) : all;
  const auto most = static_cast<long long>(kMaxArrayBytes) / n_channels;
  require(kept <= most, "{} steps held {} times are {}, a record of {} channels has at most {}; use a smaller hold",
          n_steps, steps.hold, kept, n_channels, most);
  return static_cast<int>(kept);
}

int held_steps(int n_raster_steps, const RasterSteps& steps) {
  return n_raster_steps / steps.hold + (n_raster_steps % steps.hold > 0 ? 1 : 0);
}

}  // namespace ear
