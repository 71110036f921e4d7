#include "frontend/encode/bsa.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "frontend/base/require.h"

namespace ear {

namespace {

/// What is left of the signal in the window of the kernel: `taps` rows of channels.
class Window {
 public:
  Window(std::span<const float> values, int n_channels, const BsaParams& params)
      : values_(values),
        n_channels_(static_cast<std::size_t>(n_channels)),
        n_steps_(static_cast<long long>(values.size() / n_channels_) * params.steps.hold),
        hold_(params.steps.hold),
        scale_(static_cast<float>(params.scale)),
        data_(n_channels_ * static_cast<std::size_t>(params.taps)) {
    for (int j = 0; j < params.taps; ++j) {
      rows_.push_back(data_.data() + n_channels_ * static_cast<std::size_t>(j));
      fill(rows_.back());
    }
  }

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
  std::vector<float> data_;
  std::vector<float*> rows_;
};

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

/// One step of all channels.
class Spiker {
 public:
  Spiker(std::vector<float> kernel, float threshold, int n_channels)
      : kernel_(std::move(kernel)),
        threshold_(threshold),
        with_spike_(static_cast<std::size_t>(n_channels)),
        without_(with_spike_.size()),
        taken_(with_spike_.size()) {}

  /// Spikes where one brings the window nearer to silence; the kernel is then taken off there.
  void step(std::span<float* const> rows, std::uint8_t* spikes) {
    const std::size_t n = taken_.size();
    std::fill(with_spike_.begin(), with_spike_.end(), 0.0F);
    std::fill(without_.begin(), without_.end(), 0.0F);
    for (std::size_t j = 0; j < rows.size(); ++j) {
      add_errors(rows[j], kernel_[j], n, with_spike_.data(), without_.data());
    }
    int n_spikes = 0;
    for (std::size_t c = 0; c < n; ++c) {
      spikes[c] = with_spike_[c] < without_[c] - threshold_ ? 1 : 0;
      taken_[c] = spikes[c];
      n_spikes += spikes[c];
    }
    if (n_spikes == 0) return;
    for (std::size_t j = 0; j < rows.size(); ++j) take_off(taken_.data(), kernel_[j], n, rows[j]);
  }

 private:
  std::vector<float> kernel_;
  float threshold_;
  std::vector<float> with_spike_, without_;  // sums of absolute values [channel]
  std::vector<float> taken_;                 // 1 where there is a spike, else 0 [channel]
};

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
  std::vector<float> kernel = bsa_kernel(params);
  const int n_steps = raster_steps(count_steps(values.size(), n_channels), n_channels, params.steps);
  require_finite(values, n_channels, static_cast<float>(params.scale), "scale");
  std::vector<std::uint8_t> spikes(static_cast<std::size_t>(n_steps) * static_cast<std::size_t>(n_channels));
  Window window(values, n_channels, params);
  Spiker spiker(std::move(kernel), static_cast<float>(params.threshold), n_channels);
  for (int step = 0; step < n_steps; ++step) {
    spiker.step(window.rows(), spikes.data() + static_cast<std::size_t>(step) * static_cast<std::size_t>(n_channels));
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
