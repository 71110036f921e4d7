#pragma once
// Signals for the tests of the encoders.
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace signals {

/// Smooth intensities 0..1 [n_steps][n_channels], each channel another wave.
inline std::vector<float> waves(int n_steps, int n_channels) {
  std::vector<float> values;
  for (int t = 0; t < n_steps; ++t) {
    for (int c = 0; c < n_channels; ++c) {
      values.push_back(static_cast<float>(0.5 + 0.5 * std::sin(0.1 * t + 0.7 * c) * std::cos(0.03 * t * (c % 3))));
    }
  }
  return values;
}

/// Uniform on 0..1.
inline std::vector<float> noise(std::size_t n, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::vector<float> values(n);
  for (float& x : values) x = static_cast<float>(random() >> 8) / 16777216.0F;
  return values;
}

/// Channel c of [T][n_channels].
template <class Number>
std::vector<Number> channel(const std::vector<Number>& values, int n_channels, int c) {
  std::vector<Number> one;
  for (std::size_t i = static_cast<std::size_t>(c); i < values.size(); i += static_cast<std::size_t>(n_channels)) {
    one.push_back(values[i]);
  }
  return one;
}

inline int count(const std::vector<std::uint8_t>& spikes) {
  int n = 0;
  for (const std::uint8_t spike : spikes) n += spike;
  return n;
}

}  // namespace signals
