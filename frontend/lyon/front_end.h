#pragma once
// From a recording to a cochleagram: resampling, the ear, the choice of the decimation, scaling.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "frontend/lyon/ear.h"
#include "frontend/sound/sound_file.h"
#include "frontend/stream/recipe.h"

namespace ear {

/// What a person sets. Either n_steps or decimation is 0.
struct FrontEndParams {
  int sample_rate_hz = 12500;  ///< recordings are resampled to it; 12,500 Hz give 78 channels
  LyonParams lyon = {};
  std::optional<int> n_channels = std::nullopt;  ///< 2..kMaxEarChannels; solves, or confirms, lyon.step_factor
  int n_steps = 100;                             ///< T, steps of every cochleagram; 0: as many as the decimation gives
  int decimation = 0;                            ///< D, samples per step; 0: chosen for n_steps
  int tail_steps = 0;  ///< K, steps of silence after the sound; below n_steps where that is set
  std::optional<double> level_db =
      std::nullopt;       ///< RMS of the resampled recording in dB of full scale, set before the ear
  double scale = 2500.0;  ///< factor on the ear's output: with the default, speech peaks near 1
  bool operator==(const FrontEndParams&) const = default;
};
/// Their flags are written by hand in tools/lyon/, since --steps and --decimation each set two of them.
template <MaybeConst<FrontEndParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"sample_rate_hz"}, p.sample_rate_hz);
  f({"n_channels"}, p.n_channels);
  visit_fields(p.lyon, f);
  f({"n_steps", {0, 1'000'000}}, p.n_steps);
  f({"decimation", at_least(0)}, p.decimation);
  f({"tail_steps", {0, 10'000}}, p.tail_steps);
  f({"scale", above(0)}, p.scale);
  f({.name = "level_db", .range = {-100, 0}, .may_lack = true}, p.level_db);
}

/// Throws std::invalid_argument naming the field, the range and the value found.
void validate(const FrontEndParams& params);

/// The ear's output.
struct Cochleagram {
  int n_steps = 0;
  int n_channels = 0;
  std::vector<float> values;     ///< [step][channel], >= 0, scaled; channel 0 has the highest frequency
  double dt_ms = 0.0;            ///< duration of a step
  int decimation = 0;            ///< samples per step
  int cropped_steps = 0;         ///< finished steps beyond n_steps that were dropped, the last ones
  long long padded_samples = 0;  ///< silence after a sound of fewer samples than wanted steps; without the tail
  std::vector<std::string> warnings = {};  ///< those of the sound, and that it is too short for the wanted steps
};

/// One of many sounds: its cochleagram, or why there is none.
struct CochleagramOrError {
  std::optional<Cochleagram> cochleagram;
  std::string error;
};

/// Calls body(i) for i in 0..n-1, in any order, perhaps on several threads, and returns when all are done.
using ParallelFor = std::function<void(int n, const std::function<void(int)>& body)>;

/// The front end of one recipe: designed once, then used for any number of recordings and by several threads.
class FrontEnd {
 public:
  /// `isa`: the instruction set of the ear, of usable_isas(); "auto": the fastest. Throws std::invalid_argument as
  /// validate(), design_ear() and choose_isa() do.
  explicit FrontEnd(const FrontEndParams& params, const std::string& isa = "auto");

  /// With n samples after resampling:
  /// - decimation D set: n / D steps of sound and K of silence after it;
  /// - n_steps T set: D = max(1, floor(n / (T - K))); K * D samples of silence follow; of the steps that this gives, at
  ///   least T, the first T are kept. If n < T - K, silence fills up to T at D = 1. With a warning below n = 2 (T - K), where
  ///   D is 1: the ear has no low-pass then, as in AuditoryToolbox, and its values are those of single samples, some thirty
  ///   times the means of longer steps (100 steps of FSDD's loudest places: peaks of 35 at 15.9 ms, 2.6 at 16.1 ms).
  /// Throws std::invalid_argument if the sound is shorter than one step, has an impossible sample rate or a sample that is
  /// not finite.
  Cochleagram operator()(Sound sound) const;

  /// Many sounds at once, [sound], in the order given: each has the bits that operator() gives it, or the message of what
  /// operator() throws. Sounds of similar length share the ear's lanes, so some hundreds at a time are fastest; threads
  /// share out resampling and lanes. Memory: the sounds at the ear's rate or their own, whichever is higher, and what is
  /// returned.
  std::vector<CochleagramOrError> hear(std::vector<Sound> sounds, const ParallelFor& parallel) const;

  /// Steps of a sound of n samples at the ear's rate, with the tail. Throws as operator().
  long long count_steps(long long n_samples) const;

  /// About what hear() holds, in bytes, for a sound of n samples at the ear's rate, with the sound itself.
  double n_bytes(long long n_samples) const;

  /// With step factor and number of channels resolved.
  const FrontEndParams& params() const { return params_; }
  const LyonCoeffs& coeffs() const { return coeffs_; }
  const Ear& ear() const { return ear_; }

 private:
  /// A sound on its way: at the ear's rate, and the cochleagram without its numbers.
  struct Prepared {
    std::vector<float> samples;
    Cochleagram cochleagram;
  };
  Prepared prepare(Sound sound) const;
  EarJob job(Prepared& prepared) const;

  FrontEndParams params_;
  LyonCoeffs coeffs_;
  Ear ear_;
};

/// The recipe stage "ossicle-lyon": every parameter that changes numbers, step factor and number of channels resolved.
RecipeStage to_stage(const FrontEndParams& params);

/// Back from a stage; to_stage(front_end_params(stage)) equals stage. Throws std::runtime_error if the stage is another
/// tool's or lacks a parameter.
FrontEndParams front_end_params(const RecipeStage& stage);

}  // namespace ear
