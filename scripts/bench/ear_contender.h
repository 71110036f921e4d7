#pragma once
#include <string>
#include <vector>

#include "frontend/lyon/ear.h"
#include "scripts/bench/case.h"
#include "scripts/bench/serve.h"

namespace bench {

/// Our ear: "hear" turns all sounds into cochleagrams, [step][channel] each.
class EarContender {
 public:
  /// --sounds FILE --utterances N --samples M --sample-rate 12500 --decimation D --isa baseline (the best one by
  /// default). Throws std::invalid_argument.
  explicit EarContender(const Flags& flags);
  Parts hear();
  /// Its instruction set and what it hears, for the record.
  std::string about() const;

 private:
  std::vector<std::vector<float>> sounds_;
  ear::Ear ear_;
  std::vector<std::vector<float>> steps_;
  std::vector<ear::EarJob> jobs_;
};

}  // namespace bench
