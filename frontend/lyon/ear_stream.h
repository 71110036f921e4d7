#pragma once
// A sound in pieces: the ear goes on where it was.
#include <cstdint>
#include <span>
#include <vector>

#include "frontend/lyon/ear.h"
#include "frontend/lyon/lane.h"

namespace ear {

/// One sound after the other, of steps of equal length. What it gives are the bits that Ear::hear() gives for the whole sound,
/// wherever the pieces end. Memory: of one lane, whatever the sound's length. Used by one thread at a time.
class EarStream {
 public:
  /// decimation D >= 1, samples per step; scale: factor on the output. `ear` must outlive the stream. Throws
  /// std::invalid_argument for another decimation.
  EarStream(const Ear& ear, int decimation, float scale);

  /// Forgets the sound: what is pushed next comes after silence.
  void begin();
  /// Hears further samples, full scale +-1, at the ear's rate, and appends the steps [step][channel] that they finish. Up to one
  /// sample waits for the next piece. Throws std::invalid_argument, with nothing heard, for a sample that is not finite.
  void push(std::span<const float> samples, std::vector<float>& steps);
  /// Hears silence until the sound has n_steps steps, and appends those that were not given out before.
  void finish(std::int64_t n_steps, std::vector<float>& steps);

  /// Since begin(): samples pushed; steps given out.
  std::int64_t n_samples() const { return n_heard_ + (waits_ ? 1 : 0); }
  std::int64_t n_steps() const { return n_steps_; }

 private:
  void hear(std::span<const float> samples, std::int64_t most_steps, std::vector<float>& steps);

  const Ear& ear_;
  int decimation_;
  float scale_;
  LaneLowPass low_pass_;
  LaneMemory memory_;
  std::int64_t n_heard_ = 0, n_steps_ = 0;
  bool waits_ = false;  // the kernel takes samples two by two
  float waiting_ = 0.0F;
};

}  // namespace ear
