#pragma once
// How well confidences tell right words from recordings of no class, at every threshold below which an answer is rejected.
#include <span>
#include <string>
#include <vector>

namespace snn {

struct DetectionPoint {
  double threshold = 0.0;     ///< what has this confidence or more is accepted
  double miss = 0.0;          ///< share of the right words that are rejected, 0..1
  double false_accept = 0.0;  ///< share of the recordings of no class that are accepted, 0..1
  bool operator==(const DetectionPoint&) const = default;
};

/// The detection error trade-off (A. Martin et al., The DET Curve in Assessment of Detection Task Performance, Eurospeech 1997).
struct DetectionCurve {
  /// By ascending threshold: one for each confidence that occurs, the lowest of which accepts all, and one above them all.
  std::vector<DetectionPoint> points;
  double area = 0.0;  ///< under the ROC curve: that a right word is surer than a recording of no class, ties by half
  double equal_error_rate = 0.0;  ///< where miss and false_accept are equal, between points on the line through both
};

/// Of the confidences of right words and of recordings of no class, each 0..1; 0 for an answer that is no word. Throws
/// std::invalid_argument if one of the two is empty.
DetectionCurve detection_curve(std::span<const double> right, std::span<const double> unknown);

/// The last point that keeps at least this share, 0..1, of the right words.
DetectionPoint keeping(const DetectionCurve& curve, double share);

/// Comma-separated: a header "threshold,miss,false_accept" and a line for each point.
std::string detection_csv(const DetectionCurve& curve);

}  // namespace snn
