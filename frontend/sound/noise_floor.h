#pragma once
// The level of the noise under a signal in bands, followed while nobody speaks and found again when it has changed.
#include <vector>

#include "frontend/base/fields.h"
#include "frontend/sound/band_levels.h"

namespace ear {

/// What a person sets. Chosen as SegmenterParams are (segmenter.h), quiet_db and memory_s also by 1,800 recordings of
/// the validation part of Arabic Speech Commands, their own noise prolonged into pauses: how many became one segment
/// each, 93.6 % with a hang-over of 0.2 s, 96.7 % with 0.15 s.
struct NoiseFloorParams {
  double quiet_db = -70.0;  ///< lower levels count as this one; at -80, 90.1 % become one in place of 93.6 %
  double follow_s = 0.3;    ///< time constant of the mean of what is not speech; half and twice do alike
  double steady_db = 3.0;   ///< levels that for 0.3 s differ by no more, and are no voice, are noise; 2 to 5 do alike
  double memory_s = 0.8;    ///< what a band has not fallen below for so long is noise too, also a vowel. With 0.6 s
                            ///< 98.3 % become one, with 1 s 86.6 %. R. Martin (2001) takes 1.5 s
  bool operator==(const NoiseFloorParams&) const = default;
};
template <MaybeConst<NoiseFloorParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"quiet_db", {-150, 0}, "Level below which all is silence, dB of full scale"}, p.quiet_db);
  f({"follow_s", {0.01, 60}, "How fast the noise floor follows, s"}, p.follow_s);
  f({"steady_db", {0, 20}, "Sound whose level stays within this for 0.3 s, and is no voice, is noise; dB"},
    p.steady_db);
  f({"memory_s", {0.3, 60}, "The lowest level of so long is noise, s"}, p.memory_s);
}

/// Hears the power of one hop after the other, in constant memory.
///
/// Three rules, each a band for itself. While nobody speaks, the floor is the running mean of the level in dB (as in
/// ITU-T G.729 Annex B). Noise that begins or grows looks like speech to that rule, so two more look at the mean power
/// of blocks of 0.1 s: the floor is the mean of the last three if they are steady in all bands and without a voice, and
/// it is never below the lowest of the last memory_s (the minimum of R. Martin, "Noise power spectral density
/// estimation based on optimal smoothing and minimum statistics", 2001; after so long a mean it needs no compensation
/// of bias).
class NoiseFloor {
 public:
  /// hop_s: time between the calls of hear(), at most 0.1. The floor begins at quiet_db.
  NoiseFloor(const NoiseFloorParams& params, double hop_s, int n_bands);

  /// `power` as BandLevels gives it; whether it is a voice; whether it may be taken for noise.
  void hear(const BandValues& power, bool is_voice, bool is_noise);

  /// In dB of full scale (a mean square of 1), at least quiet_db.
  BandValues level_db(const BandValues& power) const;
  /// The highest rise of these levels above the floor, over all bands; of the lowest band alone.
  double rise_db(const BandValues& level_db) const;
  double low_rise_db(const BandValues& level_db) const { return level_db[0] - floor_db_[0]; }
  /// Whether 0.3 s were heard, which is what it takes to tell noise from speech.
  bool has_settled() const;

 private:
  struct Block {
    BandValues level_db{};
    bool is_voice = false;  // at least half of it: noise is periodic by chance at times
  };
  const Block& last_block(std::size_t k) const;  // k = 1: the newest
  void finish_block();
  bool is_steady() const;

  NoiseFloorParams params_;
  int n_bands_;
  double share_;  // of the new level in the running mean
  BandValues floor_db_;
  BandValues sum_{};  // of the power in this block
  int in_block_ = 0, voiced_hops_ = 0, block_hops_;
  std::vector<Block> blocks_;  // a ring
  std::size_t n_blocks_ = 0;   // since the beginning
};

}  // namespace ear
