#include "scripts/bench/ear_contender.h"

#include <fmt/format.h>

#include "frontend/lyon/design.h"
#include "scripts/bench/data.h"

namespace bench {

EarContender::EarContender(const Flags& flags)
    : sounds_(read_sounds(flags.text("sounds"), flags.integer("utterances", 0), flags.integer("samples", 0))),
      ear_(ear::design_ear({}, flags.integer("sample-rate", 12500)),
           flags.text("isa").empty() ? "auto" : flags.text("isa")),
      steps_(sounds_.size()) {
  const int decimation = flags.integer("decimation", 100);
  const auto n_channels = static_cast<std::size_t>(ear_.n_channels());
  for (std::size_t i = 0; i < sounds_.size(); ++i) {
    steps_[i].resize(sounds_[i].size() / static_cast<std::size_t>(decimation) * n_channels);
    jobs_.push_back({.samples = sounds_[i], .decimation = decimation, .steps = steps_[i]});
  }
}

Parts EarContender::hear() {
  Laps laps;
  ear_.hear(jobs_);
  laps.end("ear");
  return laps.parts();
}

std::string EarContender::about() const {
  return fmt::format("{}, {} utterances of {} samples, {} channels", ear_.isa(), sounds_.size(), sounds_.front().size(),
                     ear_.n_channels());
}

}  // namespace bench
