#include "frontend/lyon/front_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/base/units.h"
#include "frontend/sound/spectrum.h"
#include "frontend/stream/stage_fields.h"

namespace ear {

namespace {

/// The same parameters with step factor and number of channels filled in.
FrontEndParams resolved(FrontEndParams params) {
  validate(params);
  if (params.n_channels && !params.lyon.step_factor) {
    params.lyon.step_factor = solve_step_factor(params.lyon, params.sample_rate_hz, *params.n_channels);
  }
  const LyonCoeffs coeffs = design_ear(params.lyon, params.sample_rate_hz);
  require(!params.n_channels || *params.n_channels == coeffs.n_channels,
          "step factor {} gives {} channels, not {}; set one of the two", coeffs.step_factor, coeffs.n_channels,
          params.n_channels.value_or(0));
  params.lyon.step_factor = coeffs.step_factor;
  params.n_channels = coeffs.n_channels;
  return params;
}

/// Multiplies the samples so that their root mean square is that level; silence stays silence. [Augment level]
void set_level(std::span<float> samples, double level_db) {
  double squares = 0.0;
  for (const float sample : samples) squares += static_cast<double>(sample) * sample;
  if (!(squares > 0.0)) return;
  const double rms = std::sqrt(squares / static_cast<double>(samples.size()));
  const double factor = std::pow(10.0, level_db / 20.0) / rms;
  for (float& sample : samples) sample = static_cast<float>(sample * factor);
}

/// How a sound of n samples becomes steps.
struct Plan {
  int decimation;
  long long padded_samples;  // after the sound, before the tail
  long long n_samples;       // in all
  long long n_steps;         // finished by then
};

Plan plan_steps(const FrontEndParams& params, long long n) {
  if (params.n_steps == 0) {
    const long long decimation = params.decimation;
    require(n >= decimation,
            "{} samples at {} Hz are shorter than one step of {}; use a smaller decimation or leave it out", n,
            params.sample_rate_hz, decimation);
    const long long n_samples = n + params.tail_steps * decimation;
    require(n_samples <= kMaxFrames,
            "{} samples and {} steps of silence are more than {} samples; use a smaller tail or decimation", n,
            params.tail_steps, kMaxFrames);
    return {params.decimation, 0, n_samples, n_samples / decimation};
  }
  const long long sound_steps = params.n_steps - params.tail_steps;
  const long long decimation = std::max(1LL, n / sound_steps);
  const long long padded = std::max(0LL, sound_steps - n);
  const long long n_samples = n + padded + params.tail_steps * decimation;
  return {static_cast<int>(decimation), padded, n_samples, n_samples / decimation};
}

}  // namespace

void validate(const FrontEndParams& params) {
  check_fields(params);
  check_sample_rate(params.sample_rate_hz);
  require(params.n_steps > 0 || params.decimation >= 1, "decimation {}: wanted 1 or more samples per step",
          params.decimation);
  require(params.n_steps == 0 || params.decimation == 0, "n_steps {} and decimation {}: set one of the two",
          params.n_steps, params.decimation);
  require(params.n_steps == 0 || params.tail_steps < params.n_steps,
          "tail_steps {}: wanted fewer than the {} steps in all", params.tail_steps, params.n_steps);
}

FrontEnd::FrontEnd(const FrontEndParams& params, const std::string& isa)
    : params_(resolved(params)), coeffs_(design_ear(params_.lyon, params_.sample_rate_hz)), ear_(coeffs_, isa) {}

FrontEnd::Prepared FrontEnd::prepare(Sound sound) const {
  const double expected = static_cast<double>(sound.samples.size()) * params_.sample_rate_hz /
                          std::max(kMinSampleRate_hz, sound.sample_rate_hz);
  require(expected <= static_cast<double>(kMaxFrames),
          "{} samples at {} Hz are more than {} at {} Hz; cut the recording into utterances", sound.samples.size(),
          sound.sample_rate_hz, kMaxFrames, params_.sample_rate_hz);
  const std::size_t n_recorded = sound.samples.size();
  const double duration_ms = kMsPerSecond * static_cast<double>(n_recorded) / std::max(1, sound.sample_rate_hz);
  Prepared prepared{resample(std::move(sound.samples), sound.sample_rate_hz, params_.sample_rate_hz), {}};
  require(!prepared.samples.empty(), "{} samples at {} Hz are shorter than one step; record it again", n_recorded,
          sound.sample_rate_hz);
  if (params_.level_db) set_level(prepared.samples, *params_.level_db);
  const Plan plan = plan_steps(params_, static_cast<long long>(prepared.samples.size()));
  Cochleagram& cochleagram = prepared.cochleagram;
  cochleagram.n_channels = coeffs_.n_channels;
  cochleagram.decimation = plan.decimation;
  cochleagram.dt_ms = kMsPerSecond * plan.decimation / params_.sample_rate_hz;
  cochleagram.padded_samples = plan.padded_samples;
  cochleagram.warnings = std::move(sound.warnings);
  if (params_.n_steps > 0 && plan.decimation == 1) {
    cochleagram.warnings.push_back(fmt::format(
        "{:.3g} ms are too short for {} steps: with less than two samples a step the ear smooths nothing, and "
        "its values are many times those of longer recordings; use longer recordings or fewer steps",
        duration_ms, params_.n_steps - params_.tail_steps));
  }
  cochleagram.n_steps = static_cast<int>(count_steps(static_cast<long long>(prepared.samples.size())));
  cochleagram.cropped_steps = static_cast<int>(plan.n_steps) - cochleagram.n_steps;
  cochleagram.values.resize(static_cast<std::size_t>(cochleagram.n_steps) *
                            static_cast<std::size_t>(coeffs_.n_channels));
  return prepared;
}

EarJob FrontEnd::job(Prepared& prepared) const {
  return {prepared.samples, prepared.cochleagram.decimation, static_cast<float>(params_.scale),
          prepared.cochleagram.values};
}

Cochleagram FrontEnd::operator()(Sound sound) const {
  Prepared prepared = prepare(std::move(sound));
  const EarJob one[] = {job(prepared)};
  ear_.hear(one);
  return std::move(prepared.cochleagram);
}

std::vector<CochleagramOrError> FrontEnd::hear(std::vector<Sound> sounds, const ParallelFor& parallel) const {
  std::vector<CochleagramOrError> heard(sounds.size());
  std::vector<Prepared> prepared(sounds.size());
  parallel(static_cast<int>(sounds.size()), [&](int i) {
    try {
      prepared[i] = prepare(std::move(sounds[i]));
      ear_.check(job(prepared[i]));
    } catch (const std::invalid_argument& error) {
      heard[i].error = error.what();
    }
  });
  std::vector<std::size_t> order;  // the longest first, so that the last lanes that stay empty are of short sounds
  for (std::size_t i = 0; i < sounds.size(); ++i) {
    if (heard[i].error.empty()) order.push_back(i);
  }
  const auto n_run = [&](std::size_t i) {
    return static_cast<long long>(prepared[i].cochleagram.n_steps) * prepared[i].cochleagram.decimation;
  };
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return n_run(a) > n_run(b); });
  const auto n_lanes = static_cast<std::size_t>(ear_.n_lanes());
  parallel(static_cast<int>((order.size() + n_lanes - 1) / n_lanes), [&](int group) {
    const std::size_t first = static_cast<std::size_t>(group) * n_lanes;
    std::vector<EarJob> jobs;
    for (std::size_t k = first; k < std::min(first + n_lanes, order.size()); ++k)
      jobs.push_back(job(prepared[order[k]]));
    ear_.hear(jobs);
  });
  for (const std::size_t i : order) heard[i].cochleagram = std::move(prepared[i].cochleagram);
  return heard;
}

long long FrontEnd::count_steps(long long n_samples) const {
  return params_.n_steps > 0 ? params_.n_steps : plan_steps(params_, n_samples).n_steps;
}

double FrontEnd::n_bytes(long long n_samples) const {
  const auto n = static_cast<double>(n_samples);
  const double n_steps = params_.n_steps > 0 ? params_.n_steps : n / params_.decimation + params_.tail_steps;
  return sizeof(float) * (2.0 * n + n_steps * coeffs_.n_channels);
}

RecipeStage to_stage(const FrontEndParams& params) {
  RecipeStage stage{kLyonTool, {}};
  write_fields(resolved(params), stage);
  return stage;
}

FrontEndParams front_end_params(const RecipeStage& stage) {
  require_tool(stage, kLyonTool);
  FrontEndParams params;
  read_fields(stage, params);
  return params;
}

}  // namespace ear
