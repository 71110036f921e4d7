#include "frontend/encode/bsa.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "frontend/base/require.h"

namespace ear {

namespace {

// Loops over channels, which the compiler turns into vector instructions. The arrays do not overlap.

void add_errors(const float* __restrict x, float k, std::size_t n, float* __restrict with_spike,
                float* __restrict without) {
  for (std::size_t c = 0; c < n; ++c) {
    with_spike[c] += std::abs(x[c] - k);
    without[c] += std::abs(x[c]);
  }
}

void take_off(const float* __restrict taken, float k, std::size_t n, float* __restrict x) {
  for (std::size_t c = 0; c < n; ++c) x[c] -= taken[c] * k;
}

}  // namespace

// [BSA kernel]
std::vector<float> bsa_kernel(const BsaParams& params) {
  check_fields(params);
  std::vector<double> bell;
  double sum = 0.0;
  for (int j = 0; j < params.taps; ++j) {
    const double distance = (j - params.taps / 2) / params.kernel_width;
    bell.push_back(std::exp(-distance * distance));
    sum += bell.back();
  }
  std::vector<float> kernel;
  for (const double k : bell) kernel.push_back(static_cast<float>(k / sum));
  return kernel;
}

// [BSA encode]
std::vector<std::uint8_t> bsa_encode(std::span<const float> values, int n_channels, const BsaParams& params) {
  const std::vector<float> kernel = bsa_kernel(params);
  const auto scale = static_cast<float>(params.scale), threshold = static_cast<float>(params.threshold);
  const int n_values = count_steps(values.size(), n_channels);
  const int n_steps = raster_steps(n_values, n_channels, params.steps);
  require_finite(values, n_channels, scale, "scale");
  const auto n = static_cast<std::size_t>(n_channels);
  // What is left of the signal from this step on, as far as the kernel reaches: [tap][channel].
  std::vector<std::vector<float>> window(kernel.size(), std::vector<float>(n));
  auto fill = [&, next = 0LL](std::vector<float>& row) mutable {
    const long long t = next++ / params.steps.hold;
    const float* const from = values.data() + static_cast<std::size_t>(std::min<long long>(t, n_values)) * n;
    for (std::size_t c = 0; c < n; ++c) row[c] = t < n_values ? from[c] * scale : 0.0F;
  };
  std::ranges::for_each(window, std::ref(fill));
  std::vector<float> with_spike(n), without(n), taken(n);  // sums of absolute values; 1 where there is a spike
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(n_steps) * n);
  for (int step = 0; step < n_steps; ++step) {
    std::ranges::fill(with_spike, 0.0F);
    std::ranges::fill(without, 0.0F);
    for (std::size_t j = 0; j < kernel.size(); ++j) {
      add_errors(window[j].data(), kernel[j], n, with_spike.data(), without.data());
    }
    std::uint8_t* const row = spikes.data() + static_cast<std::size_t>(step) * n;
    int n_spikes = 0;
    for (std::size_t c = 0; c < n; ++c) {
      row[c] = with_spike[c] < without[c] - threshold ? 1 : 0;
      taken[c] = row[c];
      n_spikes += row[c];
    }
    for (std::size_t j = 0; n_spikes > 0 && j < kernel.size(); ++j) {
      take_off(taken.data(), kernel[j], n, window[j].data());
    }
    std::rotate(window.begin(), window.begin() + 1, window.end());
    fill(window.back());
  }
  return spikes;
}

// [BSA decode]
std::vector<float> bsa_decode(std::span<const std::uint8_t> spikes, int n_channels, const BsaParams& params) {
  const std::vector<float> kernel = bsa_kernel(params);
  const int n_raster = count_steps(spikes.size(), n_channels);
  const int n_steps = held_steps(n_raster, params.steps);
  const int hold = params.steps.hold;
  std::vector<float> values(static_cast<std::size_t>(n_steps) * static_cast<std::size_t>(n_channels));
  const auto n = static_cast<std::size_t>(n_channels);
  for (int step = 0; step < n_raster; ++step) {
    const auto row = spikes.subspan(static_cast<std::size_t>(step) * n, n);
    const int n_taps = std::min(params.taps, n_raster - step);
    for (std::size_t c = 0; c < n; ++c) {
      if (row[c] == 0) continue;
      float* value = values.data() + static_cast<std::size_t>(step / hold) * n + c;
      for (int j = 0, left = hold - step % hold; j < n_taps; ++j, --left) {  // left: steps of the value, this one too
        if (left == 0) {
          value += n;
          left = hold;
        }
        *value += kernel[static_cast<std::size_t>(j)];
      }
    }
  }
  for (int t = 0; t < n_steps; ++t) {
    const int n_held = std::min(hold, n_raster - t * hold);
    const auto factor = static_cast<float>(1.0 / (params.scale * n_held));
    for (std::size_t c = 0; c < n; ++c) values[static_cast<std::size_t>(t) * n + c] *= factor;
  }
  return values;
}

}  // namespace ear
