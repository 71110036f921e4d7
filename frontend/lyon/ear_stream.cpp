#include "frontend/lyon/ear_stream.h"

#include <algorithm>
#include <limits>

#include "frontend/base/require.h"
#include "frontend/lyon/flush_denormals.h"

namespace ear {

namespace {

int checked_decimation(int decimation) {
  require(decimation >= 1, "decimation {}: wanted 1 or more samples per step", decimation);
  return decimation;
}

}  // namespace

EarStream::EarStream(const Ear& ear, int decimation, float scale)
    : ear_(ear),
      decimation_(checked_decimation(decimation)),
      scale_(scale),
      low_pass_(ear.tau_factor(), decimation),
      memory_(lane_memory(ear.kernel(), ear.design().n_rows)) {}

void EarStream::begin() {
  n_heard_ = n_steps_ = 0;
  waits_ = false;
}

void EarStream::push(std::span<const float> samples, std::vector<float>& steps) {
  ear_.check({.samples = samples, .decimation = decimation_, .scale = scale_, .steps = {}});
  if (samples.empty()) return;
  constexpr auto kAll = std::numeric_limits<std::int64_t>::max();
  if (waits_) {
    const float pair[] = {waiting_, samples.front()};
    waits_ = false;
    hear(pair, kAll, steps);
    samples = samples.subspan(1);
  }
  const std::size_t n_even = samples.size() / 2 * 2;
  hear(samples.first(n_even), kAll, steps);
  if (n_even < samples.size()) waits_ = true, waiting_ = samples.back();
}

void EarStream::finish(std::int64_t n_steps, std::vector<float>& steps) {
  std::vector<float> silence(static_cast<std::size_t>(decimation_ + 1) / 2 * 2);
  if (waits_ && n_steps_ < n_steps) {
    const float pair[] = {waiting_, 0.0F};
    waits_ = false;
    hear(pair, n_steps, steps);
  }
  while (n_steps_ < n_steps) hear(silence, n_steps, steps);
}

/// An even number of samples; steps from most_steps on are not given out.
void EarStream::hear(std::span<const float> samples, std::int64_t most_steps, std::vector<float>& steps) {
  const std::int64_t end = n_heard_ + static_cast<std::int64_t>(samples.size());
  const std::int64_t n_new = std::min(end / decimation_, most_steps) - n_steps_;
  const std::size_t first = steps.size();
  steps.resize(first + static_cast<std::size_t>(n_new) * static_cast<std::size_t>(ear_.n_channels()));
  const LaneTask task = {samples.data(), static_cast<std::int64_t>(samples.size()),
                         decimation_,    low_pass_.weights.data(),
                         low_pass_.keep, low_pass_.cross,
                         scale_,         steps.data() + first,
                         n_new};
  const FlushDenormals flush;
  ear_.kernel().hear(ear_.design(), &task, 1, {n_heard_, end}, memory_.get());
  n_heard_ = end;
  n_steps_ += n_new;
}

}  // namespace ear
