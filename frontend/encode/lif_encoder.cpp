#include "frontend/encode/lif_encoder.h"

#include <algorithm>

#include "frontend/base/require.h"

namespace ear {

// [LIF Eq. 1.5]
std::vector<std::uint8_t> lif_encode(std::span<const float> values, int n_channels, double dt_ms,
                                     const LifEncoderParams& params) {
  check_fields(params);
  check_value({"dt_ms", above(0)}, dt_ms);
  const int n_steps = raster_steps(count_steps(values.size(), n_channels), n_channels, params.steps);
  require_finite(values, n_channels, params.gain, "gain");
  const double step_ms = dt_ms / params.steps.hold;
  const double fill = -std::expm1(-step_ms / params.tau_ms);
  const double drive = fill * params.gain;
  constexpr double kMaxRefractory_steps = 1e9;
  const auto n_rest = static_cast<int>(std::min(kMaxRefractory_steps, std::round(params.refractory_ms / step_ms)));
  const auto n = static_cast<std::size_t>(n_channels);
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(n_steps) * n);
  std::vector<double> u(n);
  std::vector<int> rest(n);  // steps of silence still to come
  for (int step = 0; step < n_steps; ++step) {
    const float* x = values.data() + static_cast<std::size_t>(step / params.steps.hold) * n;
    std::uint8_t* row = spikes.data() + static_cast<std::size_t>(step) * n;
    for (std::size_t c = 0; c < n; ++c) {
      const double next = u[c] + (drive * x[c] - fill * u[c]);
      const bool resting = rest[c] > 0;
      const bool spike = !resting && next >= params.threshold;
      row[c] = spike ? 1 : 0;
      u[c] = spike || resting ? 0.0 : next;
      rest[c] = spike ? n_rest : rest[c] - (resting ? 1 : 0);
    }
  }
  return spikes;
}

}  // namespace ear
