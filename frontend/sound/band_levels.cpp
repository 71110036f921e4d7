#include "frontend/sound/band_levels.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace ear {

namespace {

constexpr double kUsableShare = 0.45;  // of the sample rate: below its half, where a filter has no room left
constexpr double kPitchRate_hz = 4000.0;
constexpr double kLowestPitch_hz = 60.0, kHighestPitch_hz = 400.0;
constexpr double kPitchWindow_s = 0.025;  // RAPT takes 7.5 ms: of noise, longer windows correlate less by chance
constexpr double kDead = 1e-30;

}  // namespace

SecondOrderFilter::SecondOrderFilter(double corner_hz, double rate_hz, bool is_high_pass) {
  const double k = std::tan(std::numbers::pi * corner_hz / rate_hz);
  const double norm = 1.0 / (1.0 + std::numbers::sqrt2 * k + k * k);
  b0_ = is_high_pass ? norm : k * k * norm;
  b1_ = is_high_pass ? -2.0 * b0_ : 2.0 * b0_;
  a1_ = 2.0 * (k * k - 1.0) * norm;
  a2_ = (1.0 - std::numbers::sqrt2 * k + k * k) * norm;
}

void SecondOrderFilter::flush() {
  if (std::abs(z1_) < kDead) z1_ = 0.0;
  if (std::abs(z2_) < kDead) z2_ = 0.0;
}

BandLevels::BandLevels(int hop_samples, int frame_hops, int sample_rate_hz)
    : hop_samples_(hop_samples),
      pitch_filter_(
          SecondOrderFilter::low_pass(std::min(kBandEdges_hz[1], kUsableShare * sample_rate_hz), sample_rate_hz)),
      decimation_(std::max(1, static_cast<int>(sample_rate_hz / kPitchRate_hz))) {
  const double usable_hz = kUsableShare * sample_rate_hz;
  while (n_bands_ < kMaxBands && kBandEdges_hz[n_bands_] < usable_hz) {
    Band& band = bands_[n_bands_];
    band.filters.push_back(SecondOrderFilter::high_pass(kBandEdges_hz[n_bands_], sample_rate_hz));
    const double top_hz = kBandEdges_hz[++n_bands_];
    if (top_hz < usable_hz) band.filters.push_back(SecondOrderFilter::low_pass(top_hz, sample_rate_hz));
    band.of_hops.resize(static_cast<std::size_t>(frame_hops));
  }
  const double rate_hz = static_cast<double>(sample_rate_hz) / decimation_;
  window_ = static_cast<int>(kPitchWindow_s * rate_hz);
  shortest_lag_ = static_cast<int>(rate_hz / kHighestPitch_hz);
  longest_lag_ = static_cast<int>(rate_hz / kLowestPitch_hz);
  low_.resize(static_cast<std::size_t>(window_ + longest_lag_));
}

void BandLevels::hear_low(double filtered) {
  const double smooth = pitch_filter_.next(filtered);
  if (++in_step_ < decimation_) return;
  in_step_ = 0;
  low_[oldest_low_] = smooth;
  oldest_low_ = (oldest_low_ + 1) % low_.size();
}

bool BandLevels::hear(double sample) {
  if (is_first_) constant_ = sample;
  is_first_ = false;
  for (int b = 0; b < n_bands_; ++b) {
    double y = sample - constant_;
    for (SecondOrderFilter& filter : bands_[b].filters) y = filter.next(y);
    bands_[b].sum += y * y;
    if (b == 0) hear_low(y);
  }
  if (++in_hop_ < hop_samples_) return false;
  in_hop_ = 0;
  for (int b = 0; b < n_bands_; ++b) {
    Band& band = bands_[b];
    for (SecondOrderFilter& filter : band.filters) filter.flush();
    band.of_hops[oldest_hop_] = band.sum;
    band.sum = 0.0;
  }
  pitch_filter_.flush();
  oldest_hop_ = (oldest_hop_ + 1) % bands_[0].of_hops.size();
  return true;
}

BandValues BandLevels::power() const {
  BandValues mean{};
  for (int b = 0; b < n_bands_; ++b) {
    const std::vector<double>& of_hops = bands_[b].of_hops;
    for (const double sum : of_hops) mean[b] += sum;
    mean[b] /= static_cast<double>(hop_samples_) * static_cast<double>(of_hops.size());
  }
  return mean;
}

double BandLevels::periodicity() const {
  std::vector<double> x(low_.size());
  std::ranges::rotate_copy(low_, low_.begin() + static_cast<std::ptrdiff_t>(oldest_low_), x.begin());
  const auto product = [&](int at, int lag) {
    double sum = 0.0;
    for (int i = at; i < at + window_; ++i) sum += x[i] * x[i + lag];
    return sum;
  };
  const double energy = product(0, 0);
  if (!(energy > 0.0)) return 0.0;
  double best = -1.0;
  for (int lag = shortest_lag_; lag <= longest_lag_; ++lag) {
    const double moved = product(lag, 0);
    if (moved > 0.0) best = std::max(best, product(0, lag) / std::sqrt(energy * moved));
  }
  return best;
}

}  // namespace ear
