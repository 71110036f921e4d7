#pragma once
// What makes a confidence of a network's class sums.

namespace snn {

/// Fitted on a validation set (score/calibration.h).
struct Calibration {
  double temperature = 1.0;  ///< above 0; divides the logits
  bool of_means = false;     ///< logits are the class sums divided by the utterance's steps, and not the sums
  bool operator==(const Calibration&) const = default;
};

}  // namespace snn
