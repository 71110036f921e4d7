#pragma once
// Which numbers of the output layer decide.
#include <span>
#include <string>
#include <vector>

namespace snn {

enum class ReadoutKind {
  kPsc,     ///< PSC summed over the utterance; what training optimises
  kSpikes,  ///< number of spikes
  kLast,    ///< PSC summed over the last steps
};

struct Readout {
  ReadoutKind kind = ReadoutKind::kPsc;
  int n_last = 0;  ///< of kLast: steps, >= 1; more than an utterance has: all of them
  bool operator==(const Readout&) const = default;
};

/// "psc", "spikes", "last:N". The parser throws std::invalid_argument listing them.
std::string to_string(const Readout& readout);
Readout parse_readout(const std::string& text);

/// Sums [K] of the last n_last >= 1 rows of an utterance's PSCs [steps][K], in the order of the steps.
std::vector<float> sum_last_steps(std::span<const float> psc, int n_classes, int n_last);

}  // namespace snn
