// Augmentation at the waveform: each change is what was drawn, and the draw a function of seed and key.
#include "frontend/sound/augment.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <complex>
#include <numbers>
#include <set>

#include "frontend/lyon/front_end.h"
#include "frontend/sound/spectrum.h"

using Catch::Contains;
using ear::augment;
using ear::draw_sound_augmentation;
using ear::NoiseColour;
using ear::Sound;
using ear::SoundAugmentParams;

namespace {

Sound tone(double frequency_hz, int rate_hz = 8000, int n_samples = 8000) {
  Sound sound{{}, rate_hz, 1};
  for (int n = 0; n < n_samples; ++n) {
    sound.samples.push_back(static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * frequency_hz * n / rate_hz)));
  }
  return sound;
}

std::vector<double> difference(const Sound& a, const Sound& b) {
  std::vector<double> values;
  for (std::size_t i = 0; i < a.samples.size(); ++i) {
    values.push_back(static_cast<double>(a.samples[i]) - b.samples[i]);
  }
  return values;
}

template <class Samples>
double energy(const Samples& samples) {
  double sum = 0.0;
  for (const double x : samples) sum += x * x;
  return sum;
}

/// Mean power, in any unit, of the frequencies from low to high, as shares of the sample rate: of 200 of them.
double band_power(const std::vector<double>& samples, double low, double high) {
  constexpr int kFrequencies = 200;
  double sum = 0.0;
  for (int k = 0; k < kFrequencies; ++k) {
    const double turn = 2 * std::numbers::pi * (low + (high - low) * (k + 0.5) / kFrequencies);
    const std::complex<double> step = std::polar(1.0, -turn);
    std::complex<double> at = 1.0, total = 0.0;
    for (const double x : samples) {
      total += x * at;
      at *= step;
    }
    sum += std::norm(total);
  }
  return sum / kFrequencies;
}

/// The noise added to a second of tone, whatever the ratio.
std::vector<double> noise_of(NoiseColour colour, int n_samples) {
  const Sound clean = tone(500, 8000, n_samples);
  return difference(augment(clean, "a", {.snr_db = {{0.0, 0.0}}, .noise_colour = colour}), clean);
}

/// The channel in which a sound is loudest.
int peak_channel(const Sound& sound) {
  const auto heard = ear::FrontEnd({})(sound);
  std::vector<double> sums(static_cast<std::size_t>(heard.n_channels));
  for (std::size_t i = 0; i < heard.values.size(); ++i) sums[i % sums.size()] += heard.values[i];
  return static_cast<int>(std::ranges::max_element(sums) - sums.begin());
}

}  // namespace

TEST_CASE("augment: without params every bit and the rate stay") {
  const Sound clean = tone(440, 8001);  // no multiple of kSpeedGrid_hz
  const Sound same = augment(clean, "a", {.seed = 7});
  CHECK(same.samples == clean.samples);
  CHECK(same.sample_rate_hz == 8001);
  CHECK_FALSE(ear::changes_sound({}));
  CHECK(ear::changes_sound({.gain_db = 1}));
  CHECK(ear::changes_sound({.snr_db = {{30, 30}}}));
  CHECK(ear::changes_sound({.speed = 0.1}));
}

TEST_CASE("augment: every sample is multiplied by the gain drawn [Augment gain]") {
  const Sound clean = tone(440);
  std::set<float> gains;
  for (const std::string key : {"a", "b", "c"}) {
    const SoundAugmentParams params = {.gain_db = 12};
    const double gain = std::pow(10.0, draw_sound_augmentation(key, params).gain_db / 20);
    const Sound loud = augment(clean, key, params);
    REQUIRE(loud.samples.size() == clean.samples.size());
    for (std::size_t i = 0; i < loud.samples.size(); ++i) {
      REQUIRE(loud.samples[i] == static_cast<float>(gain * clean.samples[i]));
    }
    CHECK(loud.sample_rate_hz == 8000);
    gains.insert(loud.samples[1]);
  }
  CHECK(gains.size() == 3);
}

TEST_CASE("augment: the noise has the ratio drawn, before and after a gain [Augment noise]") {
  const Sound clean = tone(440);
  for (const NoiseColour colour : {NoiseColour::kWhite, NoiseColour::kPink}) {
    for (const double gain_db : {0.0, 6.0}) {
      SoundAugmentParams params = {.gain_db = gain_db, .snr_db = {{-5, 25}}, .noise_colour = colour};
      const Sound noisy = augment(clean, "a", params);
      const auto draw = draw_sound_augmentation("a", params);
      params.snr_db.reset();
      const Sound loud = augment(clean, "a", params);
      // Samples are rounded to 24 bits: less than 1e-5 of noise 25 dB down.
      const double snr_db = 10 * std::log10(energy(loud.samples) / energy(difference(noisy, loud)));
      CHECK(snr_db == Approx(*draw.snr_db).margin(1e-3));
    }
  }
}

TEST_CASE("augment: white noise is normal, and no sample knows the next [Augment white]") {
  auto noise = noise_of(NoiseColour::kWhite, 100000);
  const double n = static_cast<double>(noise.size()), sigma = std::sqrt(energy(noise) / n);
  double sum = 0.0, fourth = 0.0, product = 0.0;
  int n_beyond_two = 0;
  for (std::size_t i = 0; i < noise.size(); ++i) {
    const double x = noise[i] / sigma;
    sum += x;
    fourth += x * x * x * x;
    if (i > 0) product += x * noise[i - 1] / sigma;
    n_beyond_two += std::abs(x) > 2 ? 1 : 0;
  }
  // The seed is fixed, so these hold always: three standard deviations of each (the fourth moment's is sqrt(96 / n)).
  CHECK(std::abs(sum) < 3 * std::sqrt(n));
  CHECK(std::abs(product) < 3 * std::sqrt(n));
  CHECK(std::abs(fourth / n - 3) < 3 * std::sqrt(96 / n));
  CHECK(std::abs(n_beyond_two - 0.0455 * n) < 3 * std::sqrt(0.0455 * n));
}

TEST_CASE("augment: an octave holds as much pink noise as the next, and half the white [Augment pink]") {
  const auto white = noise_of(NoiseColour::kWhite, 20000), pink = noise_of(NoiseColour::kPink, 20000);
  const double white_low = band_power(white, 0.001, 0.002), pink_low = band_power(pink, 0.001, 0.002);
  for (const double low : {0.004, 0.016, 0.064, 0.25}) {
    // 200 frequencies of exponential power: a standard deviation of 7 % on either side, at the lowest octave, of which
    // the samples tell 20 apart, of 22 %.
    const double octaves = low / 0.001;
    CHECK(band_power(white, low, 2 * low) / white_low == Approx(1.0).margin(0.75));
    CHECK(band_power(pink, low, 2 * low) / pink_low * octaves == Approx(1.0).margin(0.75));
  }
}

TEST_CASE("augment: speed makes a sound shorter and moves its tones [Augment speed]") {
  const Sound clean = tone(1000);
  const SoundAugmentParams params = {.speed = 0.3};
  int n_faster = 0, n_slower = 0;
  for (int i = 0; i < 10; ++i) {
    const std::string key = "k" + std::to_string(i);
    const double speed = draw_sound_augmentation(key, params).speed;
    const Sound changed = augment(clean, key, params);
    CHECK(changed.samples == clean.samples);
    CHECK(changed.sample_rate_hz % ear::kSpeedGrid_hz == 0);
    CHECK(changed.sample_rate_hz == Approx(8000 * speed).margin(12.5));
    // It sounds as the tone of the other frequency does. The channels lie some 40 Hz apart there.
    const double factor = changed.sample_rate_hz / 8000.0;
    CHECK(std::abs(peak_channel(changed) - peak_channel(tone(1000 * factor))) <= 1);
    if (factor > 1.1) {
      ++n_faster;
      CHECK(peak_channel(changed) < peak_channel(clean));
    } else if (factor < 0.9) {
      ++n_slower;
      CHECK(peak_channel(changed) > peak_channel(clean));
    }
  }
  CHECK(n_faster > 0);
  CHECK(n_slower > 0);
  ear::FrontEndParams by_decimation;
  by_decimation.n_steps = 0;
  by_decimation.decimation = 125;  // 10 ms
  const Sound changed = augment(clean, "k0", params);
  CHECK(ear::FrontEnd(by_decimation)(changed).n_steps == 100 * 8000 / changed.sample_rate_hz);
}

TEST_CASE("augment: a rate stays within those that can be resampled") {
  for (const int rate_hz : {ear::kMinSampleRate_hz, ear::kMaxSampleRate_hz}) {
    for (const std::string key : {"a", "b", "c", "d"}) {
      const Sound changed = augment(tone(100, rate_hz, 2000), key, {.speed = 0.3});
      CHECK_NOTHROW(ear::resample(changed.samples, changed.sample_rate_hz, 12500));
    }
  }
}

TEST_CASE("augment: draws fill their ranges and are independent of what else is wanted [Augment draw]") {
  const SoundAugmentParams all = {.gain_db = 6, .snr_db = {{10, 30}}, .speed = 0.25};
  double gain = 0.0, snr = 0.0, log_speed = 0.0, gain_snr = 0.0, least = 1.0, most = 1.0;
  const int n = 4000;
  for (int i = 0; i < n; ++i) {
    const auto draw = draw_sound_augmentation(std::to_string(i), all);
    REQUIRE(std::abs(draw.gain_db) <= 6);
    REQUIRE((*draw.snr_db >= 10 && *draw.snr_db <= 30));
    gain += draw.gain_db / 6;
    snr += (*draw.snr_db - 20) / 10;
    gain_snr += draw.gain_db / 6 * (*draw.snr_db - 20) / 10;
    log_speed += std::log(draw.speed) / std::log(1.25);
    least = std::min(least, draw.speed);
    most = std::max(most, draw.speed);
  }
  // Of uniform numbers in -1..1: variance 1/3, of a product of two 1/9. Three standard deviations; seeds are fixed.
  for (const double sum : {gain, snr, log_speed}) CHECK(std::abs(sum) < 3 * std::sqrt(n / 3.0));
  CHECK(std::abs(gain_snr) < 3 * std::sqrt(n / 9.0));
  CHECK(least == Approx(0.8).margin(1e-3));
  CHECK(most == Approx(1.25).margin(1e-3));
  const auto alone = draw_sound_augmentation("a", {.speed = 0.25}), together = draw_sound_augmentation("a", all);
  CHECK(alone.speed == together.speed);
  CHECK(alone.gain_db == 0.0);
  CHECK_FALSE(alone.snr_db);
}

TEST_CASE("augment: a function of seed and key alone") {
  const SoundAugmentParams params = {.gain_db = 6, .snr_db = {{10, 30}}, .speed = 0.2, .seed = 3};
  const Sound clean = tone(440), a = augment(clean, "a", params);
  CHECK(augment(clean, "a", params).samples == a.samples);
  CHECK(augment(clean, "a", params).sample_rate_hz == a.sample_rate_hz);
  CHECK(augment(clean, "b", params).samples != a.samples);
  for (const std::int64_t seed : {std::int64_t{4}, 3 + (std::int64_t{1} << 32)}) {
    SoundAugmentParams other = params;
    other.seed = seed;
    CHECK(augment(clean, "a", other).samples != a.samples);
    CHECK(draw_sound_augmentation("a", other).speed != draw_sound_augmentation("a", params).speed);
    other = {.snr_db = {{10, 10}}, .seed = seed};  // where only the noise is drawn
    CHECK(augment(clean, "a", other).samples != augment(clean, "a", {.snr_db = {{10, 10}}, .seed = 3}).samples);
  }
}

TEST_CASE("augment: silence stays silence") {
  Sound silence{std::vector<float>(3000, 0.0F), 8000, 1};
  const Sound still = augment(silence, "a", {.gain_db = 40, .snr_db = {{-40, -40}}, .speed = 0.1});
  CHECK(still.samples == silence.samples);
  CHECK(augment(Sound{}, "a", {.snr_db = {{0, 0}}}).samples.empty());
}

TEST_CASE("augment: what is out of range is refused by name") {
  const auto refuse = [](const SoundAugmentParams& params, const std::string& message) {
    CHECK_THROWS_WITH(ear::validate(params), Contains(message));
    CHECK_THROWS_AS(augment({}, "a", params), std::invalid_argument);
  };
  refuse({.gain_db = -1}, "gain_db -1: wanted 0 to 40");
  refuse({.gain_db = 40.5}, "gain_db 40.5");
  refuse({.gain_db = NAN}, "gain_db nan");
  refuse({.snr_db = {{20, 10}}}, "snr_db 20 to 10");
  refuse({.snr_db = {{-41, 10}}}, "snr_db -41 to 10: wanted -40 to 100");
  refuse({.snr_db = {{10, 101}}}, "snr_db 10 to 101");
  refuse({.snr_db = {{NAN, 10}}}, "snr_db nan");
  refuse({.speed = 0.31}, "speed 0.31: wanted 0 to 0.3");
  refuse({.speed = -0.1}, "speed -0.1");
  refuse({.seed = -1}, "seed -1");
  CHECK_THROWS_WITH(ear::parse_colour("brown"), Contains("'brown': wanted white or pink"));
  CHECK(ear::parse_colour("pink") == NoiseColour::kPink);
  CHECK(ear::parse_colour("white") == NoiseColour::kWhite);
}

TEST_CASE("augment: in words") {
  CHECK(ear::describe({.gain_db = 6, .snr_db = {{-2.5, 30}}, .noise_colour = NoiseColour::kPink, .speed = 0.1}) ==
        "gain_db 6, snr_db -2.5 to 30, noise pink, speed 0.1, seed 1");
  CHECK(ear::describe({.speed = 0.1, .seed = 2}) == "speed 0.1, seed 2");
}
