#pragma once
// What a training says while it runs: a line an epoch, and on a terminal the status of the epoch. Standard error alone.
#include <chrono>
#include <string>
#include <vector>

#include "snn/train/trainer.h"

namespace tools {

class Progress {
 public:
  /// first_epoch: epochs done before this run, so that the time left counts only what this run does.
  Progress(bool quiet, int first_epoch);

  void batch(const snn::BatchReport& report);
  void epoch(const snn::EpochReport& report);
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool quiet_;
  double first_;  // epochs done before, with the part of the one in progress
  bool started_ = false;
  Clock::time_point begin_ = Clock::now();
};

/// Names each layer that hardly fires, or hardly stops firing, when it begins to; and says once when an epoch of the layer rule
/// has never left the surrogate.
class ActivityWarnings {
 public:
  /// The messages of this epoch.
  std::vector<std::string> look(const snn::EpochReport& report);

 private:
  std::vector<snn::Activity> last_;
  bool said_surrogate_ = false;
};

/// "epoch 3/30  loss 1.234  train 87.3 %  valid 85.0 %  rates 5.1 4.2 3.3 2.0 %".
std::string format_epoch(const snn::EpochReport& report);

}  // namespace tools
