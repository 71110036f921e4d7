#pragma once
// What a training says: beforehand what memory it takes, then a line an epoch, and on a terminal the status of the epoch.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "snn/train/forecast.h"
#include "snn/train/trainer.h"

namespace tools {

/// Lines "data<tab>12.3 MB", the last one "peak", with a device behind one "device peak". MB are 10^6 bytes.
std::string to_text(const snn::MemoryForecast& memory);

/// Throws std::runtime_error naming both figures and what to do if the peak is above the memory of the machine, or of the
/// container that this process is in; what cannot be found counts as no limit.
void require_memory(const snn::MemoryForecast& memory);

/// On standard error.
class Progress {
 public:
  explicit Progress(bool quiet) : quiet_(quiet) {}

  void batch(const snn::BatchReport& report);
  /// "epoch 3/30  loss 1.234  train 87.3 %  valid 85.0 %  rates 5.1 4.2 3.3 2.0 %  1:02".
  void epoch(const snn::EpochReport& report) const;
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool quiet_;
  std::optional<double> first_;  // epochs done when the first batch of this run was; the time left counts what follows
  Clock::time_point begin_ = Clock::now();
};

/// Names each layer that hardly fires, or hardly stops firing, when it begins to; and says once when an epoch of the layer rule
/// has never left the surrogate.
class ActivityWarnings {
 public:
  /// The messages of this epoch. is_normalised: whether drives are, whatever the scale of input and weights.
  std::vector<std::string> look(const snn::EpochReport& report, bool is_normalised);

 private:
  std::vector<snn::Activity> last_;
  bool said_surrogate_ = false;
};

}  // namespace tools
