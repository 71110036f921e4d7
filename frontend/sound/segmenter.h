#pragma once
// Cuts isolated words out of a signal without end, by their energy above the noise and their periodicity.
#include <cstdint>
#include <span>
#include <vector>

#include "frontend/base/fields.h"
#include "frontend/sound/band_levels.h"
#include "frontend/sound/noise_floor.h"

namespace ear {

/// What a person sets. "FSDD": chosen on recordings 5-14 of each digit and speaker of the Free Spoken Digit Dataset's
/// training part, joined (scripts/join_recordings) with digital silence and with room noise at 20 and 10 dB, by how
/// many of the 600 words became one segment each and by the word error rate (WER) of a network trained on the others;
/// confirmed on recordings 15-24. Figures of parameters other than hang_over_s are with a hang-over of 0.2 s.
struct SegmenterParams {
  double hop_s = 0.005;      ///< between decisions, and so the precision of edges
  double frame_s = 0.02;     ///< of sound that a decision looks at; whole hops. FSDD: 30 ms raise the WER at 10 dB
  double begin_db = 7.0;     ///< rise above the noise floor in some band that begins a word. FSDD: 6 to 9 do alike
  double begin_s = 0.04;     ///< for so long altogether, which clicks do not. FSDD: 20 to 60 ms do alike
  double stay_db = 4.0;      ///< a lower one that belongs to the word: two thresholds as in Rabiner and Sambur (1975).
                             ///< FSDD: 5 raises the WER at 10 dB, 3.5 prolongs words in noise
  double periodicity = 0.6;  ///< of a voice (BandLevels::periodicity()). Of hops of room noise 2 % reach it, 10 % reach
                             ///< 0.5; at 0.7 FSDD's words are lost whose vowel is whispered or lies in noise
  double voiced_db = 3.0;    ///< rise of the lowest band that belongs to a word if it is a voice. FSDD: 4 does alike
  double min_voiced_s = 0.015;  ///< of voice in a word, or it is dropped. FSDD: 30 ms lose 3 words at 10 dB
  double hang_over_s = 0.15;    ///< silence that ends a word. FSDD: 0.1 s splits words at closures, 0.2 s does alike
                                ///< but finds 5 % of ends in noise of 20 dB more than 0.25 s late, this 2 %
  double pre_roll_s = 0.02;     ///< added before. FSDD: without both, WER 4.7 % in place of 3.2 % at 10 dB, else alike
  double post_roll_s = 0.02;    ///< added behind. FSDD: 50 ms, 2.5 % at 10 dB, but 1.5 % in place of 1.2 % at 20 dB
  double min_s = 0.1;           ///< of a word, without pre- and post-roll; FSDD's shortest recording has 0.14 s
  double max_s = 3.0;           ///< a word is cut there and the next goes on; FSDD's longest recording has 2.3 s
  NoiseFloorParams noise = {};
  bool operator==(const SegmenterParams&) const = default;
};
template <MaybeConst<SegmenterParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"hop_s", {0.001, 0.05}, "Time between decisions, s"}, p.hop_s);
  f({"frame_s", {0.001, 0.1}, "Sound that a decision looks at, s"}, p.frame_s);
  f({"begin_db", {0, 60}, "Rise above the noise that begins a word, dB"}, p.begin_db);
  f({"begin_s", {0.001, 1}, "For so long altogether, s"}, p.begin_s);
  f({"stay_db", {0, 60}, "Rise above the noise that still belongs to a word, dB"}, p.stay_db);
  f({"periodicity", {0, 1}, "Normalised autocorrelation, at lags of voice pitch, of what is a voice"}, p.periodicity);
  f({"voiced_db", {0, 60}, "Rise above the noise of a voice that belongs to a word, dB"}, p.voiced_db);
  f({"min_voiced_s", {0, 10}, "Voice that a word has at least, s"}, p.min_voiced_s);
  f({"hang_over_s", {0.01, 5}, "Silence that ends a word, s"}, p.hang_over_s);
  f({"pre_roll_s", {0, 1}, "Sound added before a word, s"}, p.pre_roll_s);
  f({"post_roll_s", {0, 1}, "Sound added behind a word, s"}, p.post_roll_s);
  f({"min_s", {0, 10}, "Shortest word, s"}, p.min_s);
  f({"max_s", {0.5, 60}, "Longest word, s"}, p.max_s);
  visit_fields(p.noise, f);
}

/// Throws std::invalid_argument naming the field, the range and the value found.
void validate(const SegmenterParams& params);

enum class SegmentEventKind {
  kBegan,    ///< a word may have begun at `begin`
  kDropped,  ///< what had begun there was too short, without voice, or noise that goes on
  kEnded,    ///< the word is [begin, end)
};

/// What the segmenter has found. Each kBegan is followed by one kDropped or kEnded of the same begin before the next.
struct SegmentEvent {
  SegmentEventKind kind = SegmentEventKind::kBegan;
  std::int64_t begin = 0;  ///< samples since the first one pushed
  std::int64_t end = 0;    ///< the same; of kBegan: begin
  std::int64_t heard = 0;  ///< samples heard when it was known
  bool operator==(const SegmentEvent&) const = default;
};

/// Hears a signal in blocks of any length, on which the events do not depend, in constant memory. Full scale is +-1,
/// but only quiet_db knows it; clipping, a constant part and digital silence do no harm.
///
/// A hop is active if some band rises by stay_db above the floor, or the lowest one by voiced_db and is periodic.
/// Active hops become a word when begin_s of them rise by begin_db. The word begins at the first of them, but at most
/// 0.25 s before (Rabiner and Sambur search as far), and ends when hang_over_s was not active. In the first 0.3 s
/// nothing is told, since noise and speech look alike there; a word that began in them is told then. A word of which
/// the peak no longer rises by begin_db, because what goes on has become the floor, is dropped.
///
/// Libraries of Debian 12 were tried in its place, on the recordings of SegmenterParams: the detector of
/// webrtc-audio-processing 0.3 has a WER of 1.5 % in silence and 1.5 and 5.7 % at 20 and 10 dB (this one 1.0, 0.8 and
/// 3.2 %), finds five words in an hour of room noise (none), and hears 8, 16, 32 and 48 kHz only; that of speexdsp
/// 1.2.1 has more than 20 % in silence. libfvad and rnnoise are not packaged.
class Segmenter {
 public:
  /// Throws std::invalid_argument as validate() and check_sample_rate() do.
  Segmenter(const SegmenterParams& params, int sample_rate_hz);

  /// Appends what these samples bring about. Throws std::invalid_argument, and hears none of them, if one is not
  /// finite.
  void push(std::span<const float> samples, std::vector<SegmentEvent>& events);
  /// The signal has ended: appends what becomes of a word that goes on.
  void finish(std::vector<SegmentEvent>& events);

  /// Samples that pass at most between the end of a word and its event: 145 ms by default. The sound itself has
  /// ended at most post_roll_s and a frame before that end where there is no noise.
  std::int64_t latest_delay() const;
  /// No event's begin lies more samples than this before those heard: what a caller keeps.
  std::int64_t look_back() const;

 private:
  /// What is active now, or was less than a hang-over ago.
  struct Word {
    bool is_told = false;
    std::int64_t first = 0;  // sample of the first active hop, or of the cut before
    std::int64_t begin = 0;  // with the pre-roll
    std::int64_t last = 0;   // behind the last active hop
    int strong_hops = 0, voiced_hops = 0;
    BandValues peak_db{};
  };
  std::int64_t samples(double seconds) const;
  std::int64_t hops(double seconds) const;
  void hear_hop(std::vector<SegmentEvent>& events);
  void extend_word(bool is_strong, bool is_voice);
  bool is_enough() const { return word_.strong_hops >= begin_hops_; }
  std::int64_t sound_end() const;
  void tell_begin(std::vector<SegmentEvent>& events);
  void decide(std::vector<SegmentEvent>& events);
  void cut(std::vector<SegmentEvent>& events);
  void close(std::vector<SegmentEvent>& events);
  bool is_word(std::int64_t end) const;

  SegmenterParams params_;
  double rate_hz_;
  std::int64_t hop_, frame_hops_, begin_hops_;
  BandLevels bands_;
  NoiseFloor floor_;
  std::int64_t heard_ = 0;
  std::int64_t free_from_ = 0;  // the end of the last word
  bool in_word_ = false;
  Word word_;
};

}  // namespace ear
