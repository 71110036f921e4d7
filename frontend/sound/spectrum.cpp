#include "frontend/sound/spectrum.h"

#include <fftw3.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <numeric>

#include "frontend/base/require.h"

namespace ear {

namespace {

constexpr long long kGuard = 1024;     // samples at the lower rate; the filter has fallen by more than 130 dB there
constexpr long long kBlock = 1 << 17;  // samples at the higher rate that are resampled at a time
constexpr long long kKeptSamples = 1 << 20;  // of plans that are kept
constexpr double kFlatShare = 0.9;           // of the lower Nyquist frequency

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

struct FftwFree {
  void operator()(void* memory) const { fftw_free(memory); }
};

/// Smallest number >= n of a ladder, five rungs to an octave, whose only prime factors are 2, 3 and 5: FFTs of such
/// lengths are fast, and recordings of all lengths share few plans.
long long rung_at_least(long long n) {
  if (n <= 6) return n;
  long long octave = 8;
  while (2 * octave < n) octave *= 2;
  for (const long long eighths : {8, 9, 10, 12, 15}) {
    if (octave / 8 * eighths >= n) return octave / 8 * eighths;
  }
  return 2 * octave;
}

/// [Resample sec. 1] Gain at a frequency given as a share of the lower Nyquist frequency.
double gain(double share) {
  if (share <= kFlatShare) return 1.0;
  if (share >= 1.0) return 0.0;
  return 0.5 * (1.0 + std::cos(std::numbers::pi * (share - kFlatShare) / (1.0 - kFlatShare)));
}

/// FFTs of blocks of one length: n_in samples in, n_out samples out, the same duration. Several threads may run it.
class BlockResampler {
 public:
  struct Workspace {
    std::unique_ptr<double, FftwFree> time;  ///< holds n_in samples before run() and n_out after it
    std::unique_ptr<fftw_complex, FftwFree> spectrum;
  };

  BlockResampler(long long n_in, long long n_out) : n_in_(n_in), n_out_(n_out) {
    const Workspace w = workspace();
    const std::lock_guard lock(planner_mutex());
    // Measured plans would differ from run to run, and results with them.
    forward_.reset(fftw_plan_dft_r2c_1d(static_cast<int>(n_in), w.time.get(), w.spectrum.get(), FFTW_ESTIMATE));
    backward_.reset(fftw_plan_dft_c2r_1d(static_cast<int>(n_out), w.spectrum.get(), w.time.get(), FFTW_ESTIMATE));
    const long long n_lower = std::min(n_in, n_out);
    for (long long k = 0; 2 * k < n_lower; ++k) {
      factors_.push_back(gain(2.0 * static_cast<double>(k) / static_cast<double>(n_lower)) / static_cast<double>(n_in));
    }
  }

  Workspace workspace() const {
    const auto longest = static_cast<std::size_t>(std::max(n_in_, n_out_));
    Workspace w;
    w.time.reset(fftw_alloc_real(longest));
    w.spectrum.reset(fftw_alloc_complex(longest / 2 + 1));
    if (!w.time || !w.spectrum) throw std::bad_alloc();
    return w;
  }

  void run(const Workspace& w) const {
    fftw_complex* const spectrum = w.spectrum.get();
    fftw_execute_dft_r2c(forward_.get(), w.time.get(), spectrum);
    for (std::size_t k = 0; k < factors_.size(); ++k) {
      spectrum[k][0] *= factors_[k];
      spectrum[k][1] *= factors_[k];
    }
    // Beyond the input's own bins lies no number.
    const auto n_bins = static_cast<std::size_t>(n_out_ / 2 + 1);
    std::memset(spectrum + factors_.size(), 0, (n_bins - factors_.size()) * sizeof(fftw_complex));
    fftw_execute_dft_c2r(backward_.get(), spectrum, w.time.get());
  }

 private:
  long long n_in_, n_out_;
  std::vector<double> factors_;  // [bin] below the lower Nyquist frequency
  Plan forward_, backward_;
};

/// The resampler of these lengths, kept for the recordings to come: a plan takes longer to make than to execute.
std::shared_ptr<const BlockResampler> block_resampler(long long n_in, long long n_out) {
  static std::mutex mutex;
  static std::map<std::pair<long long, long long>, std::shared_ptr<const BlockResampler>> kept;
  static long long n_kept = 0;  // samples, of which plans take some 20 bytes each
  const std::lock_guard lock(mutex);
  const std::pair lengths(n_in, n_out);
  if (const auto known = kept.find(lengths); known != kept.end()) return known->second;
  if (n_kept > kKeptSamples) {
    kept.clear();
    n_kept = 0;
  }
  auto made = std::make_shared<const BlockResampler>(n_in, n_out);
  if (n_in + n_out <= kKeptSamples) {
    n_kept += n_in + n_out;
    kept.emplace(lengths, made);
  }
  return made;
}

long long ceil_div(long long a, long long b) {
  return (a + b - 1) / b;
}

}  // namespace

void check_sample_rate(int rate_hz) {
  require(rate_hz >= kMinSampleRate_hz && rate_hz <= kMaxSampleRate_hz, "sample rate {} Hz: wanted {} to {}", rate_hz,
          kMinSampleRate_hz, kMaxSampleRate_hz);
}

std::vector<float> resample(std::vector<float> samples, int from_hz, int to_hz) {
  check_sample_rate(from_hz);
  check_sample_rate(to_hz);
  if (from_hz == to_hz) return samples;
  // Time is counted in units in which both rates have a whole number of samples.
  const int divisor = std::gcd(from_hz, to_hz);
  const long long unit_in = from_hz / divisor, unit_out = to_hz / divisor;
  const auto n_in = static_cast<long long>(samples.size());
  const long long n_out = (2 * n_in * to_hz + from_hz) / (2LL * from_hz);
  const long long guard = ceil_div(kGuard, std::min(unit_in, unit_out));
  const long long longest = std::max(1LL, kBlock / std::max(unit_in, unit_out));
  const long long hop = std::min(longest, std::max(1LL, ceil_div(n_in, unit_in)));
  const long long size = rung_at_least(hop + 2 * guard);
  const auto block = block_resampler(size * unit_in, size * unit_out);
  const auto workspace = block->workspace();
  double* const time = workspace.time.get();
  // Fewer samples take the place of those that they were made of; the guard in front of the next block is put by.
  std::vector<float> longer(to_hz > from_hz ? static_cast<std::size_t>(n_out) : 0);
  std::vector<float>& resampled = to_hz > from_hz ? longer : samples;
  const long long n_guard = guard * unit_in;
  std::vector<double> before(static_cast<std::size_t>(n_guard));
  for (long long first = 0; first * unit_out < n_out; first += hop) {
    const long long from = std::min(first * unit_in, n_in), to = std::min(n_in, from + size * unit_in - n_guard);
    std::copy(before.begin(), before.end(), time);
    double* const end = std::copy(samples.begin() + from, samples.begin() + to, time + n_guard);
    std::fill(end, time + size * unit_in, 0.0);
    std::copy_n(time + hop * unit_in, n_guard, before.begin());
    block->run(workspace);
    const long long last = std::min(n_out, (first + hop) * unit_out);
    std::transform(time + guard * unit_out, time + guard * unit_out + (last - first * unit_out),
                   resampled.begin() + first * unit_out, [](double x) { return static_cast<float>(x); });
  }
  resampled.resize(static_cast<std::size_t>(n_out));
  return std::move(resampled);
}

}  // namespace ear
