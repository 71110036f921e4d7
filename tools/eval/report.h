#pragma once
// What ossicle-eval prints.
#include <cstddef>
#include <optional>
#include <string>

#include "snn/score/latency.h"
#include "snn/score/readout.h"
#include "tools/eval/comparison.h"

namespace tools {

struct EvalReport {
  const ScoredModel& scored;
  std::size_t n_left_out;  ///< records with a label that the model does not know
  snn::Readout readout;
  std::optional<snn::LatencyCurve> latency;
  std::optional<Comparison> against;

  /// One JSON object and a line end. accuracy and firing rates are 0..1.
  std::string json() const;
  /// The same for a person.
  std::string text() const;
};

}  // namespace tools
