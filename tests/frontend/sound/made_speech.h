#pragma once
// Signals that are like speech to a segmenter, with edges that are known.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <vector>

namespace ear::test {

/// A signal that grows by the sounds called for, in seconds and dB of full scale.
class MadeSpeech {
 public:
  explicit MadeSpeech(int rate_hz) : rate_hz_(rate_hz) {}

  std::vector<float> samples;

  std::int64_t now() const { return static_cast<std::int64_t>(samples.size()); }
  int rate_hz() const { return rate_hz_; }

  MadeSpeech& silence(double duration_s) {
    samples.resize(samples.size() + count(duration_s));
    return *this;
  }
  /// Harmonics of 120 Hz below 0.4 of the sample rate.
  MadeSpeech& voice(double duration_s, double level_db) {
    constexpr double kPitch_hz = 120;
    const int n_harmonics = std::clamp(static_cast<int>(0.4 * rate_hz_ / kPitch_hz), 1, 20);
    const double amplitude = std::pow(10.0, level_db / 20) * std::sqrt(2.0 / n_harmonics);
    for (std::size_t left = count(duration_s); left > 0; --left) {
      double sum = 0;
      for (int k = 1; k <= n_harmonics; ++k) {
        sum += std::sin(2 * std::numbers::pi * k * (kPitch_hz * static_cast<double>(now()) / rate_hz_ + 0.1 * k));
      }
      samples.push_back(static_cast<float>(amplitude * sum));
    }
    return *this;
  }
  /// White noise.
  MadeSpeech& hiss(double duration_s, double level_db) {
    const double rms = std::pow(10.0, level_db / 20);
    for (std::size_t left = count(duration_s); left > 0; --left) {
      samples.push_back(static_cast<float>(rms * normal_(random_)));
    }
    return *this;
  }
  /// White noise over all that is there, from `from_s` on.
  MadeSpeech& over_all(double level_db, double from_s = 0.0) {
    const double rms = std::pow(10.0, level_db / 20);
    for (std::size_t i = count(from_s); i < samples.size(); ++i)
      samples[i] += static_cast<float>(rms * normal_(random_));
    return *this;
  }

 private:
  std::size_t count(double duration_s) const { return static_cast<std::size_t>(std::llround(duration_s * rate_hz_)); }

  int rate_hz_;
  std::mt19937 random_{1};
  std::normal_distribution<double> normal_;
};

}  // namespace ear::test
