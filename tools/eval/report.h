#pragma once
// What ossicle-eval prints.
#include <cstddef>
#include <optional>
#include <string>

#include "tools/eval/scored_model.h"

namespace tools {

struct EvalReport {
  const ScoredModel& scored;
  std::size_t n_left_out;  ///< records with a label that the model does not know
  snn::Readout readout;
  const ScoredModel* against;             ///< with what it got right beside `scored`; may be null
  std::optional<double> reject = {};      ///< that `scored` was made with
  std::optional<double> unknown_ms = {};  ///< duration of the recordings of no class, where there are any

  /// One JSON object and a line end. accuracy and firing rates are 0..1.
  std::string json() const;
  /// The same for a person.
  std::string text() const;
};

}  // namespace tools
