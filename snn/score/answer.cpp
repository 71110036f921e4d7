#include "snn/score/answer.h"

#include <algorithm>

#include "snn/neuron/decision.h"

namespace snn {

int answer_of(std::span<const float> scores, bool is_heard) {
  const bool is_silent = std::ranges::all_of(scores, [](float score) { return score == 0.0F; });
  return is_heard && !is_silent ? decide(scores.data(), static_cast<int>(scores.size())) : kSilence;
}

}  // namespace snn
