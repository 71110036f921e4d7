#include "frontend/encode/bsa.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "frontend/encode/require.h"

namespace ear {

namespace {

constexpr int kMaxTaps = 4096;
constexpr std::size_t kLanes = 16;  // channels whose sums stay in registers

/// What is left of the signal in the window of the kernel: `taps` rows of channels, padded to whole groups of lanes.
class Window {
 public:
  Window(std::span<const float> values, int n_channels, const BsaParams& params)
      : values_(values),
        n_channels_(static_cast<std::size_t>(n_channels)),
        n_steps_(static_cast<long long>(values.size() / n_channels_) * params.steps.hold),
        hold_(params.steps.hold),
        scale_(static_cast<float>(params.scale)),
        n_padded_((n_channels_ + kLanes - 1) / kLanes * kLanes),
        data_(n_padded_ * static_cast<std::size_t>(params.taps)) {
    for (int j = 0; j < params.taps; ++j) {
      rows_.push_back(data_.data() + n_padded_ * static_cast<std::size_t>(j));
      fill(rows_.back());
    }
  }

  std::size_t n_padded() const { return n_padded_; }
  std::span<float* const> rows() const { return rows_; }

  /// One step on.
  void slide() {
    std::rotate(rows_.begin(), rows_.begin() + 1, rows_.end());
    fill(rows_.back());
  }

 private:
  void fill(float* row) {
    if (next_ >= n_steps_) {
      std::fill_n(row, n_channels_, 0.0F);
      return;
    }
    const float* from = values_.data() + static_cast<std::size_t>(next_++ / hold_) * n_channels_;
    for (std::size_t c = 0; c < n_channels_; ++c) row[c] = from[c] * scale_;
  }

  std::span<const float> values_;
  std::size_t n_channels_;
  long long n_steps_;
  long long next_ = 0;  // step of the signal, held values counted, that comes in next
  int hold_;
  float scale_;
  std::size_t n_padded_;
  std::vector<float> data_;
  std::vector<float*> rows_;
};

/// Of a group of channels: those in which a spike now brings the window nearer to silence; the kernel is then taken off.
std::array<std::uint8_t, kLanes> spike_step(std::span<float* const> rows, std::size_t first,
                                            const std::vector<float>& kernel, float threshold) {
  std::array<float, kLanes> with_spike = {}, without = {}, taken;
  for (std::size_t j = 0; j < kernel.size(); ++j) {
    const float* x = rows[j] + first;
    for (std::size_t c = 0; c < kLanes; ++c) {
      with_spike[c] += std::abs(x[c] - kernel[j]);
      without[c] += std::abs(x[c]);
    }
  }
  std::array<std::uint8_t, kLanes> spikes;
  bool any = false;
  for (std::size_t c = 0; c < kLanes; ++c) {
    const bool spike = with_spike[c] < without[c] - threshold;
    spikes[c] = spike ? 1 : 0;
    taken[c] = spike ? 1.0F : 0.0F;
    any |= spike;
  }
  if (!any) return spikes;
  for (std::size_t j = 0; j < kernel.size(); ++j) {
    float* x = rows[j] + first;
    for (std::size_t c = 0; c < kLanes; ++c) x[c] -= taken[c] * kernel[j];
  }
  return spikes;
}

}  // namespace

void validate(const BsaParams& params) {
  require_positive(params.scale, "scale");
  require(params.taps >= 1 && params.taps <= kMaxTaps, "taps {}: wanted 1 to {}", params.taps, kMaxTaps);
  require_positive(params.kernel_width, "kernel_width");
  require(std::isfinite(params.threshold) && params.threshold >= 0.0, "threshold {}: wanted 0 or more",
          params.threshold);
  validate(params.steps);
}

// [BSA kernel]
std::vector<float> bsa_kernel(const BsaParams& params) {
  validate(params);
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
  const int n_steps = raster_steps(count_steps(values.size(), n_channels), n_channels, params.steps);
  require_finite(values, n_channels, static_cast<float>(params.scale), "scale");
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(n_steps) * static_cast<std::size_t>(n_channels));
  Window window(values, n_channels, params);
  const auto n = static_cast<std::size_t>(n_channels);
  for (int step = 0; step < n_steps; ++step) {
    for (std::size_t first = 0; first < window.n_padded(); first += kLanes) {
      const auto found = spike_step(window.rows(), first, kernel, static_cast<float>(params.threshold));
      std::copy_n(found.begin(), std::min(kLanes, n - first),
                  spikes.begin() + static_cast<std::ptrdiff_t>(step * n + first));
    }
    window.slide();
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
    for (std::size_t c = 0; c < n; ++c) {
      if (row[c] == 0) continue;
      const int end = std::min(params.taps, n_raster - step);
      for (int j = 0; j < end; ++j) values[static_cast<std::size_t>((step + j) / hold) * n + c] += kernel[j];
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
