#pragma once
// The recipe of a model on a sound in pieces.
#include <span>
#include <vector>

#include "frontend/lyon/ear_stream.h"
#include "frontend/recipe/recipe_runner.h"

namespace ear {

/// Gives, piece by piece, the values that a RecipeRunner gives for the whole sound, bit for bit. For recipes whose steps all have
/// one length and depend on nothing that is yet to come: ossicle-lyon with a decimation and no level, and no encoder.
class RecipeStream {
 public:
  /// `runner` must outlive the stream. Throws std::invalid_argument, saying why, for a recipe that needs the whole sound.
  explicit RecipeStream(const RecipeRunner& runner);

  /// As of EarStream. Samples: mono, at FrontEndParams::sample_rate_hz.
  void begin() { ear_.begin(); }
  void push(std::span<const float> samples, std::vector<float>& steps) { ear_.push(samples, steps); }
  /// Ends the sound: appends what of its steps and the tail is left. Throws std::invalid_argument for a sound shorter than a step.
  void finish(std::vector<float>& steps);

 private:
  const FrontEnd& front_end_;
  EarStream ear_;
};

}  // namespace ear
