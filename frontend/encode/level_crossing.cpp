#include "frontend/encode/level_crossing.h"

#include "frontend/base/require.h"

namespace ear {

namespace {

// From the number of crossings, so that coder and decoder agree and no rounding adds up.
double level_of(long long n_crossings, const LevelCrossingParams& params) {
  return params.initial + params.delta * static_cast<double>(n_crossings);
}

}  // namespace

// [SendOnDelta encode]
std::vector<std::uint8_t> level_crossing_encode(std::span<const float> values, int n_channels,
                                                const LevelCrossingParams& params) {
  check_fields(params);
  const int n_steps = raster_steps(count_steps(values.size(), n_channels), 2 * n_channels, params.steps);
  const auto n = static_cast<std::size_t>(n_channels);
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(n_steps) * 2 * n);
  std::vector<long long> n_crossings(n);
  for (int step = 0; step < n_steps; ++step) {
    const float* x = values.data() + static_cast<std::size_t>(step / params.steps.hold) * n;
    std::uint8_t* up = spikes.data() + static_cast<std::size_t>(step) * 2 * n;
    for (std::size_t c = 0; c < n; ++c) {
      const double distance = x[c] - level_of(n_crossings[c], params);
      up[c] = distance >= params.delta ? 1 : 0;
      up[n + c] = -distance >= params.delta ? 1 : 0;
      n_crossings[c] += up[c] - up[n + c];
    }
  }
  return spikes;
}

// [SendOnDelta decode]
std::vector<float> level_crossing_decode(std::span<const std::uint8_t> spikes, int n_channels,
                                         const LevelCrossingParams& params) {
  check_fields(params);
  require(n_channels % 2 == 0, "{} channels: wanted an even number, one half for up and one for down", n_channels);
  const int n_raster = count_steps(spikes.size(), n_channels);
  const auto n = static_cast<std::size_t>(n_channels / 2);
  std::vector<float> values(static_cast<std::size_t>(held_steps(n_raster, params.steps)) * n);
  std::vector<long long> n_crossings(n);
  for (int step = 0; step < n_raster; ++step) {
    const std::uint8_t* up = spikes.data() + static_cast<std::size_t>(step) * 2 * n;
    float* level = values.data() + static_cast<std::size_t>(step / params.steps.hold) * n;
    for (std::size_t c = 0; c < n; ++c) {
      n_crossings[c] += up[c] - up[n + c];
      level[c] = static_cast<float>(level_of(n_crossings[c], params));
    }
  }
  return values;
}

}  // namespace ear
