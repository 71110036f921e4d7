// What listening costs: the words of a recording cut out and named, and a recording in pieces, block by block.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "frontend/sound/spectrum.h"
#include "scripts/bench/contenders.h"
#include "tools/recogniser/listener.h"

namespace bench {

namespace {

double now_us() {
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Times of all blocks, us, sorted.
template <class Push>
std::vector<double> block_times(std::span<const float> samples, std::size_t block, const Push& push) {
  std::vector<double> times;
  for (; samples.size() >= block; samples = samples.subspan(block)) {
    const double begin = now_us();
    push(samples.first(block));
    times.push_back(now_us() - begin);
  }
  std::ranges::sort(times);
  return times;
}

nlohmann::ordered_json summary(const std::vector<double>& times, double block_s) {
  double total = 0.0;
  for (const double time : times) total += time;
  const auto at = [&times](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  return {{"real_time_factor", total * 1e-6 / (static_cast<double>(times.size()) * block_s)},
          {"block_us", {{"median", at(0.5)}, {"99 %", at(0.99)}, {"longest", at(1.0)}}}};
}

}  // namespace

void time_listening(const std::string& model, const std::string& sound_path, int block_ms) {
  const ossicle::Recogniser recogniser(snn::read_model(model));
  const ear::Sound sound = ear::read_sound(sound_path);
  const double block_s = block_ms / 1000.0;
  ossicle::Listener listener(recogniser, {}, sound.sample_rate_hz);
  std::vector<ossicle::Heard> heard;
  const auto listening = block_times(sound.samples, static_cast<std::size_t>(block_s * sound.sample_rate_hz),
                                     [&](std::span<const float> samples) { listener.push(samples, heard); });
  nlohmann::ordered_json report = {{"words", heard.size()}, {"listener", summary(listening, block_s)}};
  if (recogniser.recipe().front_end().params().n_steps == 0) {
    ossicle::RecordingStream stream(recogniser);
    const std::vector<float> samples = ear::resample(sound.samples, sound.sample_rate_hz, stream.sample_rate_hz());
    const auto streaming = block_times(samples, static_cast<std::size_t>(block_s * stream.sample_rate_hz()),
                                       [&](std::span<const float> block) { stream.push(block); });
    report["recording_stream"] = summary(streaming, block_s);
  }
  fmt::print("{}\n", report.dump());
}

}  // namespace bench
