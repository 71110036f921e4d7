#include "snn/score/detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace snn {

namespace {

struct Trial {
  double confidence;
  bool is_right;
};

/// Where miss rises above false_accept, on the line between the points on either side.
double equal_error(const std::vector<DetectionPoint>& points) {
  std::size_t i = 1;
  while (points[i].miss < points[i].false_accept) ++i;
  const DetectionPoint &below = points[i - 1], &above = points[i];
  const double before = below.false_accept - below.miss, after = above.miss - above.false_accept;
  return below.miss + (above.miss - below.miss) * before / (before + after);
}

}  // namespace

DetectionCurve detection_curve(std::span<const double> right, std::span<const double> unknown) {
  if (right.empty() || unknown.empty()) {
    throw std::invalid_argument(
        fmt::format("a detection curve of {} right words and {} recordings of no class; wanted is one of each at least",
                    right.size(), unknown.size()));
  }
  std::vector<Trial> trials;
  for (const double confidence : right) trials.push_back({confidence, true});
  for (const double confidence : unknown) trials.push_back({confidence, false});
  std::ranges::sort(trials, {}, &Trial::confidence);
  const auto n_right = static_cast<double>(right.size()), n_unknown = static_cast<double>(unknown.size());
  DetectionCurve curve;
  double below = 0.0, unknown_below = 0.0;  // right words and others that the threshold rejects
  for (auto first = trials.begin(); first != trials.end();) {
    const double threshold = first->confidence;
    curve.points.push_back({threshold, below / n_right, 1.0 - unknown_below / n_unknown});
    double here = 0.0, unknown_here = 0.0;
    for (; first != trials.end() && first->confidence == threshold; ++first)
      (first->is_right ? here : unknown_here) += 1.0;
    curve.area += here * (unknown_below + 0.5 * unknown_here) / (n_right * n_unknown);
    below += here;
    unknown_below += unknown_here;
  }
  curve.points.push_back({std::numeric_limits<double>::infinity(), 1.0, 0.0});
  curve.equal_error_rate = equal_error(curve.points);
  return curve;
}

DetectionPoint keeping(const DetectionCurve& curve, double share) {
  const auto loses = [share](const DetectionPoint& point) { return 1.0 - point.miss < share; };
  return *std::prev(std::ranges::find_if(curve.points.begin() + 1, curve.points.end(), loses));
}

std::string detection_csv(const DetectionCurve& curve) {
  std::string csv = "threshold,miss,false_accept\n";
  for (const DetectionPoint& point : curve.points) {
    csv += fmt::format("{},{},{}\n", point.threshold, point.miss, point.false_accept);
  }
  return csv;
}

}  // namespace snn
