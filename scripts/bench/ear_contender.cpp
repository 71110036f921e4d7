#include "scripts/bench/ear_contender.h"

#include <fmt/format.h>

#include "scripts/bench/data.h"

namespace bench {

EarContender::EarContender(const Flags& flags)
    : sounds_(read_sounds(flags.text("sounds"), flags.integer("utterances", 0), flags.integer("samples", 0))),
      steps_(sounds_.size()),
      ear_(ear::design_ear({}, flags.integer("sample-rate", 12500), flags.integer("decimation", 100))) {}

Parts EarContender::hear() {
  for (std::vector<float>& steps : steps_) steps.clear();
  Laps laps;
  for (std::size_t i = 0; i < sounds_.size(); ++i) {
    ear_.reset();
    ear_.process(sounds_[i], steps_[i]);
  }
  laps.end("ear");
  return laps.parts();
}

std::string EarContender::about() const {
  return fmt::format("{} utterances of {} samples, {} channels", sounds_.size(), sounds_.front().size(),
                     ear_.n_channels());
}

}  // namespace bench
