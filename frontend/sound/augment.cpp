#include "frontend/sound/augment.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "frontend/base/checksum.h"
#include "frontend/base/fields.h"
#include "frontend/base/philox.h"
#include "frontend/base/require.h"
#include "frontend/sound/spectrum.h"

namespace ear {

namespace {

constexpr double kMinSnr_db = -40.0, kMaxSnr_db = 100.0;
// What a block of random words is for, the counter's last word. The Poisson encoder has 0.
constexpr std::uint32_t kForDraw = 1, kForNoise = 2;

double from_db(double db) {
  constexpr double kAmplitude = 20.0;
  return std::pow(10.0, db / kAmplitude);
}

/// Uniform in 0..1, symmetrical about the middle and without the ends.
double uniform(std::uint32_t word) {
  return (word + 0.5) / kPhiloxWords;
}

/// Standard normal numbers, one after the other. [Augment white]
class WhiteNoise {
 public:
  WhiteNoise(const std::string& key, std::int64_t seed) : record_(crc32(key)), cipher_key_(philox_key(seed)) {}

  double next() {
    if (used_ == block_.size()) refill();
    return block_[used_++];
  }

 private:
  void refill() {
    const auto words = philox({n_blocks_++, 0, record_, kForNoise}, cipher_key_);
    for (std::size_t i = 0; i < block_.size(); i += 2) {
      const double radius = std::sqrt(-2.0 * std::log(uniform(words[i])));
      const double angle = 2.0 * std::numbers::pi * uniform(words[i + 1]);
      block_[i] = radius * std::cos(angle);
      block_[i + 1] = radius * std::sin(angle);
    }
    used_ = 0;
  }

  std::uint32_t record_;
  std::array<std::uint32_t, 2> cipher_key_;
  std::uint32_t n_blocks_ = 0;  // of four numbers: enough for kMaxFrames
  std::array<double, 4> block_{};
  std::size_t used_ = block_.size();
};

/// White noise through P. Kellet's "refined" filter, a sum of first-order low-passes whose slope is 3 dB an octave
/// within 0.05 dB from 0.0002 to 0.5 times the sample rate (R. Bristow-Johnson, "DSP generation of pink noise").
/// [Augment pink]
class PinkNoise {
 public:
  explicit PinkNoise(WhiteNoise white) : white_(white) {
    constexpr int kSettled = 8192;  // samples, nine time constants of the slowest pole
    for (int i = 0; i < kSettled; ++i) next();
  }

  double next() {
    static constexpr std::array<double, 6> kPole = {0.99886, 0.99332, 0.96900, 0.86650, 0.55000, -0.7616};
    static constexpr std::array<double, 6> kWeight = {0.0555179, 0.0750759, 0.1538520,
                                                      0.3104856, 0.5329522, -0.0168980};
    constexpr double kNow = 0.5362, kBefore = 0.115926;
    const double x = white_.next();
    double sum = kNow * x + kBefore * before_;
    before_ = x;
    for (std::size_t i = 0; i < kPole.size(); ++i) {
      state_[i] = kPole[i] * state_[i] + kWeight[i] * x;
      sum += state_[i];
    }
    return sum;
  }

 private:
  WhiteNoise white_;
  std::array<double, 6> state_{};
  double before_ = 0.0;
};

std::vector<float> noise(std::size_t n, const std::string& key, const SoundAugmentParams& params) {
  std::vector<float> samples(n);
  const auto fill = [&](auto source) {
    std::ranges::generate(samples, [&] { return static_cast<float>(source.next()); });
  };
  const WhiteNoise white(key, params.seed);
  if (params.noise_colour == NoiseColour::kPink) {
    fill(PinkNoise(white));
  } else {
    fill(white);
  }
  return samples;
}

double energy(const std::vector<float>& samples) {
  double sum = 0.0;
  for (const float x : samples) sum += static_cast<double>(x) * x;
  return sum;
}

/// [Augment noise] [Augment gain]
void change_samples(std::vector<float>& samples, const std::string& key, const SoundAugmentParams& params,
                    const AugmentDraw& draw) {
  const double gain = from_db(draw.gain_db);
  if (!draw.snr_db) {
    for (float& x : samples) x = static_cast<float>(gain * x);
    return;
  }
  const std::vector<float> added = noise(samples.size(), key, params);
  const double share = std::sqrt(energy(samples) / energy(added)) / from_db(*draw.snr_db);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i] = static_cast<float>(gain * (samples[i] + share * added[i]));
  }
}

/// [Augment speed]
int changed_rate(int rate_hz, double speed) {
  const auto wanted_hz = static_cast<int>(kSpeedGrid_hz * std::lround(rate_hz * speed / kSpeedGrid_hz));
  return std::clamp(wanted_hz, kMinSampleRate_hz, kMaxSampleRate_hz);
}

const char* colour_name(NoiseColour colour) {
  return colour == NoiseColour::kPink ? "pink" : "white";
}

}  // namespace

NoiseColour parse_colour(const std::string& name) {
  for (const NoiseColour colour : {NoiseColour::kWhite, NoiseColour::kPink}) {
    if (name == colour_name(colour)) return colour;
  }
  throw std::invalid_argument(fmt::format("colour of noise '{}': wanted white or pink", name));
}

void validate(const SoundAugmentParams& params) {
  check_value({"gain_db", {0, 40}}, params.gain_db);
  if (params.snr_db) {
    const auto [low, high] = *params.snr_db;
    require(low >= kMinSnr_db && low <= high && high <= kMaxSnr_db,
            "snr_db {} to {}: wanted {} to {}, the lower one first", low, high, kMinSnr_db, kMaxSnr_db);
  }
  check_value({"speed", {0, 0.3}}, params.speed);
  check_value({"seed", at_least(0)}, params.seed);
}

bool changes_sound(const SoundAugmentParams& params) {
  return params.gain_db > 0.0 || params.snr_db || params.speed > 0.0;
}

// [Augment draw]
AugmentDraw draw_sound_augmentation(const std::string& key, const SoundAugmentParams& params) {
  validate(params);
  const auto words = philox({0, 0, crc32(key), kForDraw}, philox_key(params.seed));
  AugmentDraw draw;
  draw.gain_db = params.gain_db * (2.0 * uniform(words[0]) - 1.0);
  if (params.snr_db) {
    draw.snr_db = params.snr_db->low_db + (params.snr_db->high_db - params.snr_db->low_db) * uniform(words[1]);
  }
  draw.speed = std::exp(std::log1p(params.speed) * (2.0 * uniform(words[2]) - 1.0));
  return draw;
}

Sound augment(Sound sound, const std::string& key, const SoundAugmentParams& params) {
  const AugmentDraw draw = draw_sound_augmentation(key, params);
  if (params.gain_db > 0.0 || params.snr_db) change_samples(sound.samples, key, params, draw);
  if (params.speed > 0.0) sound.sample_rate_hz = changed_rate(sound.sample_rate_hz, draw.speed);
  return sound;
}

std::string describe(const SoundAugmentParams& params) {
  std::string text;
  if (params.gain_db > 0.0) text += fmt::format("gain_db {}, ", params.gain_db);
  if (params.snr_db) {
    text += fmt::format("snr_db {} to {}, noise {}, ", params.snr_db->low_db, params.snr_db->high_db,
                        colour_name(params.noise_colour));
  }
  if (params.speed > 0.0) text += fmt::format("speed {}, ", params.speed);
  return text + fmt::format("seed {}", params.seed);
}

}  // namespace ear
