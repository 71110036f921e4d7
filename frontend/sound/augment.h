#pragma once
// Changes of a recording at the waveform: louder or softer, with noise, faster or slower. What is drawn is a function of
// (seed, key) alone, so order, shards and threads change nothing.
#include <cstdint>
#include <optional>
#include <string>

#include "frontend/sound/sound_file.h"

namespace ear {

enum class NoiseColour {
  kWhite,  ///< equal power in every Hz
  kPink,   ///< equal power in every octave
};

/// Of "white" or "pink". Throws std::invalid_argument for another name.
NoiseColour parse_colour(const std::string& name);

/// Signal-to-noise ratio is uniform in low..high.
struct SnrRange {
  double low_db = 0.0;   ///< -40..100
  double high_db = 0.0;  ///< low_db..100
  bool operator==(const SnrRange&) const = default;
};

/// What a person sets. As it stands, nothing is changed.
struct SoundAugmentParams {
  double gain_db = 0.0;                            ///< 0..40; the gain is uniform in -gain_db..gain_db
  std::optional<SnrRange> snr_db = std::nullopt;   ///< no value: no noise
  NoiseColour noise_colour = NoiseColour::kWhite;  ///< of Gaussian noise, over the recording's own band
  double speed = 0.0;                              ///< 0..0.3; the factor is log-uniform in 1/(1 + speed)..1 + speed
  std::int64_t seed = 1;                           ///< >= 0
  bool operator==(const SoundAugmentParams&) const = default;
};

/// Throws std::invalid_argument naming the field, the range and the value found.
void validate(const SoundAugmentParams& params);

/// Whether any recording is changed.
bool changes_sound(const SoundAugmentParams& params);

/// What befalls one recording.
struct AugmentDraw {
  double gain_db = 0.0;
  std::optional<double> snr_db;  ///< of the power of the whole recording over that of the noise
  double speed = 1.0;            ///< > 1: faster and higher
};

/// [Augment draw] Gain, noise and speed of the recording with this key; none depends on whether the others are wanted.
/// Throws as validate() does.
AugmentDraw draw_sound_augmentation(const std::string& key, const SoundAugmentParams& params);

/// The recording as drawn. Noise of the drawn ratio is added, then gain applied; a silent recording stays silent.
/// Speed: the samples are taken to be of another rate (a multiple of kSpeedGrid_hz, within the rates that resample()
/// takes), so that the front end's resampling does it. It moves pitch and formants alike, as a shorter or longer vocal
/// tract does, and the duration. Without params that change the sound its bits are the same. Samples beyond the range of
/// float become infinite. Throws as validate() does.
Sound augment(Sound sound, const std::string& key, const SoundAugmentParams& params);

/// Rates after a change of speed are multiples of it, at most 0.16 % off at 8 kHz: it divides the usual rates, which
/// keeps the resampler's FFTs short.
inline constexpr int kSpeedGrid_hz = 25;

/// The params in words, for a stream's made_by: "gain_db 6, snr_db 10 to 30, noise pink, speed 0.1, seed 1"; what is
/// off is left out.
std::string describe(const SoundAugmentParams& params);

}  // namespace ear
