#pragma once
// Words out of a signal without end: a segmenter that cuts it, a recogniser that names what was cut.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "frontend/sound/segmenter.h"
#include "tools/recogniser/recogniser.h"

namespace ossicle {

inline constexpr double kMinPartial_s = 0.01, kMaxPartial_s = 3600.0;

struct ListenerParams {
  ear::SegmenterParams segmenter = {};
  int k = 1;               ///< classes of each answer
  double partial_s = 0.0;  ///< time between guesses while a word goes on, kMinPartial_s to kMaxPartial_s; 0: none
};

/// A word, or a guess at one that goes on. Times are seconds since the signal's beginning.
struct Heard {
  bool is_final = true;
  double begin_s = 0.0, end_s = 0.0;
  double known_s = 0.0;  ///< what had been heard when this was known
  std::vector<Answer> answers;
  std::string error = {};  ///< why there are no answers: the model refuses the sound
};

/// Hears a signal in blocks of any length, in constant memory; what it finds does not depend on them. Used by one
/// thread at a time.
class Listener {
 public:
  /// `recogniser` must outlive the listener. Throws std::invalid_argument for parameters out of range or a sample rate
  /// that ear::check_sample_rate() refuses.
  Listener(const Recogniser& recogniser, const ListenerParams& params, int sample_rate_hz);

  /// Appends what these samples bring about. Throws std::invalid_argument, with nothing heard, as
  /// ear::require_samples() does, std::logic_error behind finish().
  void push(std::span<const float> samples, std::vector<Heard>& heard);
  /// The signal has ended: appends the word that went on, if it is one. Throws std::logic_error the second time.
  void finish(std::vector<Heard>& heard);

 private:
  void require_open() const;
  void hear(std::span<const float> samples, std::vector<Heard>& heard);
  void take_events(std::vector<Heard>& heard);
  Heard name(std::int64_t begin, std::int64_t end, bool is_final) const;
  void forget();
  double seconds(std::int64_t samples) const { return static_cast<double>(samples) / rate_hz_; }

  const Recogniser& recogniser_;
  ListenerParams params_;
  int rate_hz_;
  std::int64_t grid_;  // samples between places where a guess may stand
  ear::Segmenter segmenter_;
  std::vector<ear::SegmentEvent> events_;
  std::vector<float> kept_;  // samples from first_kept_ on
  std::int64_t first_kept_ = 0, n_heard_ = 0;
  bool in_word_ = false, is_finished_ = false;
  std::int64_t word_begin_ = 0, next_guess_ = 0;
};

}  // namespace ossicle
