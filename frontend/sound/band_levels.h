#pragma once
// The power of a signal in bands, and how periodic it is in the range of voice pitch, every few milliseconds.
#include <array>
#include <vector>

namespace ear {

/// The fundamental and the first formant of a voice; the second formant; the noise of fricatives, of which room noise
/// hides the least. In place of the one low band, 0 to 1 kHz, that ITU-T G.729 Annex B looks at beside the whole.
inline constexpr int kMaxBands = 3;
inline constexpr std::array<double, kMaxBands + 1> kBandEdges_hz = {80.0, 1000.0, 2500.0, 7000.0};

/// One number for each band, the lowest first; those of bands that are not there mean nothing.
using BandValues = std::array<double, kMaxBands>;

/// A Butterworth filter of second order by the bilinear transform.
class SecondOrderFilter {
 public:
  /// 0 < corner_hz < rate_hz / 2
  static SecondOrderFilter low_pass(double corner_hz, double rate_hz) { return {corner_hz, rate_hz, false}; }
  static SecondOrderFilter high_pass(double corner_hz, double rate_hz) { return {corner_hz, rate_hz, true}; }

  double next(double x) {
    const double y = b0_ * x + z1_;
    z1_ = b1_ * x - a1_ * y + z2_;
    z2_ = b0_ * x - a2_ * y;  // b2 is b0
    return y;
  }
  /// Makes 0 of what has died away: arithmetic on denormal numbers is slow.
  void flush();

 private:
  SecondOrderFilter(double corner_hz, double rate_hz, bool is_high_pass);

  double b0_, b1_, a1_, a2_;
  double z1_ = 0.0, z2_ = 0.0;
};

/// Hears sample after sample, in constant memory. The first sample is taken for the signal's constant part, which no
/// band holds.
class BandLevels {
 public:
  /// A frame is that many hops long. Both counts are at least 1.
  BandLevels(int hop_samples, int frame_hops, int sample_rate_hz);

  /// True after each hop, when power() and periodicity() are new.
  bool hear(double sample);

  /// 1..kMaxBands: a band whose lower edge is above 0.45 of the sample rate is not there.
  int n_bands() const { return n_bands_; }
  /// Mean square of the last frame in each band; before the signal was silence.
  BandValues power() const;
  /// Of the lowest band, the highest normalised cross-correlation of a window of 25 ms with the windows 1/400 to 1/60 s
  /// after it, the last of which ends now: -1..1, near 1 for a voice, 0 for silence. (D. Talkin, "A robust algorithm
  /// for pitch tracking", 1995.) Taken at 4,000 to 8,000 samples a second, or at the sample rate where that is less.
  double periodicity() const;

 private:
  struct Band {
    std::vector<SecondOrderFilter> filters;
    double sum = 0.0;             // of the squares in this hop
    std::vector<double> of_hops;  // such sums [hop of the frame], a ring
  };
  void hear_low(double filtered);

  bool is_first_ = true;
  double constant_ = 0.0;
  int hop_samples_, in_hop_ = 0;  // samples
  std::size_t oldest_hop_ = 0;
  int n_bands_ = 0;
  std::array<Band, kMaxBands> bands_;
  SecondOrderFilter pitch_filter_;
  int decimation_, in_step_ = 0;             // samples
  int window_, shortest_lag_, longest_lag_;  // decimated samples
  std::vector<double> low_;                  // the lowest band, decimated, a ring
  std::size_t oldest_low_ = 0;
};

}  // namespace ear
