// The bands of a signal against the filters' formula, and periodicity against signals that have or lack it.
#include "frontend/sound/band_levels.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>
#include <random>

using ear::BandLevels;
using ear::kBandEdges_hz;

namespace {

constexpr double kPi = std::numbers::pi;

/// Power in every band at the end of two seconds of a tone of amplitude 1, over frames of whole periods.
ear::BandValues power_of_tone(double frequency_hz, int rate_hz) {
  BandLevels bands(rate_hz / 100, 10, rate_hz);
  for (int n = 0; n < 2 * rate_hz; ++n) bands.hear(std::sin(2 * kPi * frequency_hz * n / rate_hz));
  return bands.power();
}

/// The share of a tone's power that a Butterworth filter of second order passes, made by the bilinear transform.
double share(double frequency_hz, double corner_hz, double rate_hz, bool is_high_pass) {
  const double ratio = std::tan(kPi * frequency_hz / rate_hz) / std::tan(kPi * corner_hz / rate_hz);
  return 1 / (1 + std::pow(ratio, is_high_pass ? -4 : 4));
}

/// The highest periodicity at any hop from the tenth on, and the mean.
struct Heard {
  double highest = -1, mean = 0;
};
template <class Signal>
Heard periodicity(int rate_hz, Signal signal) {
  BandLevels bands(rate_hz / 100, 2, rate_hz);
  Heard heard;
  int n_hops = 0;
  for (int n = 0; n < rate_hz; ++n) {
    if (!bands.hear(signal(n)) || ++n_hops < 10) continue;
    heard.highest = std::max(heard.highest, bands.periodicity());
    heard.mean += bands.periodicity();
  }
  heard.mean /= n_hops - 9;
  return heard;
}

}  // namespace

TEST_CASE("band levels: each band passes what its filters do") {
  for (const int rate_hz : {8000, 16000, 44100}) {
    for (const double frequency_hz : {20.0, 80.0, 300.0, 1000.0, 1600.0, 2500.0, 3200.0}) {
      const ear::BandValues power = power_of_tone(frequency_hz, rate_hz);
      for (std::size_t b = 0; b < power.size(); ++b) {
        INFO(rate_hz << " Hz, tone of " << frequency_hz << " Hz, band " << b);
        double wanted = 0.5 * share(frequency_hz, kBandEdges_hz[b], rate_hz, true);
        if (kBandEdges_hz[b + 1] < 0.45 * rate_hz) wanted *= share(frequency_hz, kBandEdges_hz[b + 1], rate_hz, false);
        CHECK(power[b] == Approx(wanted).epsilon(1e-3));  // a hop of 44,100 Hz holds no whole periods of all
      }
    }
  }
}

TEST_CASE("band levels: as many bands as the sample rate holds") {
  const auto n_bands = [](int rate_hz) { return BandLevels(rate_hz / 100, 2, rate_hz).n_bands(); };
  CHECK(n_bands(2000) == 1);
  CHECK(n_bands(2222) == 1);
  CHECK(n_bands(2300) == 2);
  CHECK(n_bands(5500) == 2);
  CHECK(n_bands(5600) == 3);
  CHECK(n_bands(192000) == 3);
}

TEST_CASE("band levels: hops end after as many samples, frames hold the last hops") {
  BandLevels bands(40, 3, 8000);
  for (int n = 1; n <= 400; ++n) CHECK(bands.hear(0.0) == (n % 40 == 0));
  CHECK(bands.power()[0] == 0.0);
  for (int n = 0; n < 40; ++n) bands.hear(n == 0 ? 1.0 : 0.0);
  const double with_click = bands.power()[1];
  CHECK(with_click > 0.0);
  for (int n = 0; n < 80; ++n) bands.hear(0.0);
  CHECK(bands.power()[1] == Approx(with_click).epsilon(0.01));  // the filter rings on a little
  for (int n = 0; n < 40; ++n) bands.hear(0.0);
  CHECK(bands.power()[1] < 1e-6 * with_click);
}

TEST_CASE("band levels: a constant part is silence, and silence after a sound is silence to the last bit") {
  BandLevels bands(80, 4, 16000);
  for (int n = 0; n < 16000; ++n) {
    bands.hear(0.7F);
    REQUIRE(bands.power()[0] == 0.0);
  }
  for (int n = 0; n < 16000; ++n) bands.hear(0.7F + std::sin(2 * kPi * 200 * n / 16000));
  CHECK(bands.power()[0] > 0.4);
  for (int n = 0; n < 64000; ++n) bands.hear(0.7F);
  for (const double power : bands.power()) CHECK(power == 0.0);
  CHECK(bands.periodicity() == 0.0);
}

TEST_CASE("band levels: a voice is periodic, noise is not") {
  for (const int rate_hz : {2000, 8000, 11025, 48000, 192000}) {
    INFO(rate_hz);
    for (const double pitch_hz : {70.0, 120.0, 210.0, 390.0}) {
      INFO(pitch_hz);
      const auto voice = [&](int n) {
        double sum = 0;
        for (int k = 1; k * pitch_hz < 0.45 * rate_hz && k <= 20; ++k)
          sum += std::sin(2 * kPi * k * pitch_hz * n / rate_hz) / k;
        return sum;
      };
      CHECK(periodicity(rate_hz, voice).mean > 0.9);
      const auto growing = [&](int n) { return voice(n) * std::exp(n / (0.02 * rate_hz)); };
      CHECK(periodicity(rate_hz, growing).mean > 0.8);
      CHECK(periodicity(rate_hz, growing).highest < 1.0 + 1e-9);
    }
    std::mt19937 random(1);
    std::normal_distribution<double> normal;
    const Heard noise = periodicity(rate_hz, [&](int) { return normal(random); });
    CHECK(noise.mean < 0.5);
    CHECK(noise.highest <= 1.0);
  }
}

TEST_CASE("band levels: periods beyond voice pitch do not count") {
  const auto clicks = [](double frequency_hz) {  // one sample in each period
    return [=](int n) { return n % static_cast<int>(8000 / frequency_hz) == 0 ? 1.0 : 0.0; };
  };
  CHECK(periodicity(8000, clicks(100)).mean > 0.9);
  CHECK(periodicity(8000, clicks(25)).mean < 0.5);  // 40 ms: the windows see one click at the most
}
