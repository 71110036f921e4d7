#include "frontend/spectrum.h"

#include <fftw3.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <numbers>
#include <numeric>
#include <stdexcept>

namespace ear {

namespace {

constexpr long long kGuard = 1024;     // samples at the lower rate; the filter has fallen by more than 130 dB there
constexpr long long kBlock = 1 << 17;  // samples at the higher rate that are resampled at a time
constexpr double kFlatShare = 0.9;     // of the lower Nyquist frequency

// FFTW's planner is one for the whole process; executing a plan is free of that.
std::mutex& planner_mutex() {
  static std::mutex mutex;
  return mutex;
}

struct PlanDeleter {
  void operator()(fftw_plan plan) const {
    const std::lock_guard lock(planner_mutex());
    fftw_destroy_plan(plan);
  }
};
using Plan = std::unique_ptr<std::remove_pointer_t<fftw_plan>, PlanDeleter>;

template <class Element>
struct Buffer {
  explicit Buffer(std::size_t size) : data(static_cast<Element*>(fftw_malloc(size * sizeof(Element)))) {
    if (data == nullptr) throw std::bad_alloc();
  }
  ~Buffer() { fftw_free(data); }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  Element* data;
};

/// Smallest number >= n whose only prime factors are 2, 3 and 5: FFTs of such lengths are fast.
long long smooth_at_least(long long n) {
  for (;; ++n) {
    long long rest = n;
    for (const long long factor : {2, 3, 5}) {
      while (rest % factor == 0) rest /= factor;
    }
    if (rest == 1) return n;
  }
}

/// [Resample sec. 1] Gain at a frequency given as a share of the lower Nyquist frequency.
double gain(double share) {
  if (share <= kFlatShare) return 1.0;
  if (share >= 1.0) return 0.0;
  return 0.5 * (1.0 + std::cos(std::numbers::pi * (share - kFlatShare) / (1.0 - kFlatShare)));
}

/// FFTs of one block: n_in samples in, n_out samples out, the same duration.
class BlockResampler {
 public:
  BlockResampler(long long n_in, long long n_out)
      : n_in_(n_in), n_out_(n_out), time_(std::max(n_in, n_out)), spectrum_(std::max(n_in, n_out) / 2 + 1) {
    const std::lock_guard lock(planner_mutex());
    forward_.reset(fftw_plan_dft_r2c_1d(static_cast<int>(n_in), time_.data, spectrum_.data, FFTW_ESTIMATE));
    backward_.reset(fftw_plan_dft_c2r_1d(static_cast<int>(n_out), spectrum_.data, time_.data, FFTW_ESTIMATE));
  }

  /// Holds n_in samples before run() and n_out after it.
  double* time() { return time_.data; }

  void run() {
    fftw_execute(forward_.get());
    const long long n_lower = std::min(n_in_, n_out_);
    const double scale = 1.0 / static_cast<double>(n_in_);
    for (long long k = 0; k <= n_out_ / 2; ++k) {
      const double factor = scale * gain(2.0 * static_cast<double>(k) / static_cast<double>(n_lower));
      fftw_complex& bin = spectrum_.data[k];
      bin[0] = factor > 0.0 ? bin[0] * factor : 0.0;  // beyond the input's own bins lies no number
      bin[1] = factor > 0.0 ? bin[1] * factor : 0.0;
    }
    fftw_execute(backward_.get());
  }

 private:
  long long n_in_, n_out_;
  Buffer<double> time_;
  Buffer<fftw_complex> spectrum_;
  Plan forward_, backward_;
};

void check_rate(int rate_hz) {
  if (rate_hz < kMinSampleRate_hz || rate_hz > kMaxSampleRate_hz) {
    throw std::invalid_argument(
        fmt::format("sample rate {} Hz: wanted {} to {}", rate_hz, kMinSampleRate_hz, kMaxSampleRate_hz));
  }
}

long long ceil_div(long long a, long long b) {
  return (a + b - 1) / b;
}

}  // namespace

std::vector<float> resample(std::span<const float> samples, int from_hz, int to_hz) {
  check_rate(from_hz);
  check_rate(to_hz);
  if (from_hz == to_hz) return {samples.begin(), samples.end()};
  // Time is counted in units in which both rates have a whole number of samples.
  const int divisor = std::gcd(from_hz, to_hz);
  const long long unit_in = from_hz / divisor, unit_out = to_hz / divisor;
  const auto n_in = static_cast<long long>(samples.size());
  const long long n_out = (2 * n_in * to_hz + from_hz) / (2LL * from_hz);
  const long long guard = ceil_div(kGuard, std::min(unit_in, unit_out));
  const long long longest = std::max(1LL, kBlock / std::max(unit_in, unit_out));
  const long long hop = std::min(longest, std::max(1LL, ceil_div(n_in, unit_in)));
  const long long size = smooth_at_least(hop + 2 * guard);
  BlockResampler block(size * unit_in, size * unit_out);
  std::vector<float> resampled(static_cast<std::size_t>(n_out));
  for (long long first = 0; first * unit_out < n_out; first += hop) {
    const long long start = (first - guard) * unit_in;  // of the block, in input samples
    for (long long i = 0; i < size * unit_in; ++i) {
      const long long at = start + i;
      block.time()[i] = at >= 0 && at < n_in ? static_cast<double>(samples[static_cast<std::size_t>(at)]) : 0.0;
    }
    block.run();
    const long long last = std::min(n_out, (first + hop) * unit_out);
    for (long long i = first * unit_out; i < last; ++i) {
      resampled[static_cast<std::size_t>(i)] = static_cast<float>(block.time()[i - (first - guard) * unit_out]);
    }
  }
  return resampled;
}

}  // namespace ear
