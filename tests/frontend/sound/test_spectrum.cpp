#include "frontend/sound/spectrum.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <thread>

namespace {

constexpr double kPi = std::numbers::pi;

std::vector<float> tone(double frequency_hz, int rate_hz, std::size_t n_samples) {
  std::vector<float> samples;
  for (std::size_t n = 0; n < n_samples; ++n) {
    samples.push_back(static_cast<float>(std::sin(2 * kPi * frequency_hz * static_cast<double>(n) / rate_hz)));
  }
  return samples;
}

/// Root mean square in dB of full-scale sine, of the middle half: its hard ends hold every frequency.
double level_db(const std::vector<float>& samples) {
  double sum = 0.0;
  const std::size_t first = samples.size() / 4, last = samples.size() - first;
  for (std::size_t n = first; n < last; ++n) sum += static_cast<double>(samples[n]) * samples[n];
  return 10 * std::log10(2 * sum / static_cast<double>(last - first));
}

struct Rates {
  int from_hz, to_hz;
};
const std::vector<Rates> kRates = {{8000, 12500},  {16000, 12500}, {44100, 12500}, {22050, 12500},
                                   {48000, 12500}, {12500, 48000}, {12501, 12500}, {11025, 16000}};

}  // namespace

TEST_CASE("[Resample sec. 1] Tones up to 90 % of the lower Nyquist frequency keep level and phase") {
  for (const auto& [from_hz, to_hz] : kRates) {
    const double nyquist_hz = std::min(from_hz, to_hz) / 2.0;
    for (const double share : {0.01, 0.3, 0.7, 0.9}) {
      INFO(from_hz << " -> " << to_hz << " at " << share);
      const double frequency_hz = share * nyquist_hz;
      const auto resampled = ear::resample(tone(frequency_hz, from_hz, from_hz), from_hz, to_hz);
      REQUIRE(resampled.size() == static_cast<std::size_t>(to_hz));
      CHECK(std::abs(level_db(resampled)) < 0.1);
      const auto wanted = tone(frequency_hz, to_hz, to_hz);
      double largest = 0.0;
      for (std::size_t n = wanted.size() / 4; n < 3 * wanted.size() / 4; ++n) {
        largest = std::max(largest, static_cast<double>(std::abs(resampled[n] - wanted[n])));
      }
      CHECK(largest < 1e-4);  // -80 dB: what is left of the tone's hard ends and float's rounding
    }
  }
}

TEST_CASE("[Resample sec. 1] Tones above the lower Nyquist frequency are more than 90 dB down") {
  for (const auto& [from_hz, to_hz] : kRates) {
    if (from_hz <= to_hz) continue;
    for (const double share : {0.0, 0.01, 0.3, 0.99}) {
      const double frequency_hz = (to_hz + share * (from_hz - to_hz)) / 2.0;
      INFO(from_hz << " -> " << to_hz << ", tone of " << frequency_hz << " Hz");
      CHECK(level_db(ear::resample(tone(frequency_hz, from_hz, from_hz), from_hz, to_hz)) < -90.0);
    }
  }
}

TEST_CASE("[Resample sec. 1] Going up adds no image above the old Nyquist frequency") {
  const int from_hz = 8000, to_hz = 12500;
  auto resampled = ear::resample(tone(3500, from_hz, from_hz), from_hz, to_hz);
  // The image of 3500 Hz would stand at 4500 Hz: its amplitude under a Hann window.
  std::complex<double> sum = 0.0;
  for (std::size_t n = 0; n < resampled.size(); ++n) {
    const double phase = 2 * kPi * static_cast<double>(n);
    const double hann = 1 - std::cos(phase / static_cast<double>(resampled.size()));
    sum += static_cast<double>(resampled[n]) * hann * std::polar(1.0, -phase * 4500 / to_hz);
  }
  CHECK(20 * std::log10(2 * std::abs(sum) / static_cast<double>(resampled.size())) < -90.0);
}

TEST_CASE("A long recording is resampled in blocks without a seam") {
  const int from_hz = 16000, to_hz = 12500;
  const std::size_t n_samples = 700'000;
  const auto resampled = ear::resample(tone(1234.5, from_hz, n_samples), from_hz, to_hz);
  const auto wanted = tone(1234.5, to_hz, resampled.size());
  REQUIRE(resampled.size() == n_samples * 25 / 32);
  double largest = 0.0;
  for (std::size_t n = 2000; n < wanted.size() - 2000; ++n) {
    largest = std::max(largest, static_cast<double>(std::abs(resampled[n] - wanted[n])));
  }
  CHECK(largest < 1e-5);
}

TEST_CASE("The number of samples is rounded, equal rates change nothing, silence stays silent") {
  CHECK(ear::resample(std::vector<float>(3), 8000, 12500).size() == 5);   // 4.69
  CHECK(ear::resample(std::vector<float>(1), 44100, 12500).empty());      // 0.28
  CHECK(ear::resample(std::vector<float>(2), 44100, 12500).size() == 1);  // 0.57
  CHECK(ear::resample(std::vector<float>{}, 8000, 12500).empty());
  const auto samples = tone(100, 12500, 999);
  CHECK(ear::resample(samples, 12500, 12500) == samples);
  CHECK(ear::resample(std::vector<float>(1000), 8000, 12500) == std::vector<float>(1563));
}

TEST_CASE("Impossible sample rates are refused") {
  const std::vector<float> samples(10);
  for (const int rate_hz : {-1, 0, ear::kMinSampleRate_hz - 1, ear::kMaxSampleRate_hz + 1}) {
    CHECK_THROWS_WITH(ear::resample(samples, rate_hz, 12500), Catch::Contains(std::to_string(rate_hz)));
    CHECK_THROWS_AS(ear::resample(samples, 12500, rate_hz), std::invalid_argument);
  }
}

TEST_CASE("Threads that resample at once get the bits of one") {
  const auto samples = tone(440, 8000, 5000);
  const auto alone = ear::resample(samples, 8000, 12500);
  std::vector<std::vector<float>> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      for (int repeat = 0; repeat < 5; ++repeat) result = ear::resample(samples, 8000, 12500);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) CHECK(result == alone);
}
