#include "snn/score/latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "snn/score/answer.h"

namespace snn {

namespace {

LatencyPoint point_at(std::span<const DecisionTrace> traces, std::span<const int> labels, int point, int n_points) {
  LatencyPoint p{.share = static_cast<double>(point) / n_points, .steps = 0.0, .count = {}};
  std::int64_t n_heard = 0;
  for (std::size_t i = 0; i < traces.size(); ++i) {
    const int label = labels[i];
    if (label < 0) continue;
    const std::int64_t up = std::int64_t{traces[i].n_steps} * point + n_points - 1;
    const auto heard = static_cast<int>(up / n_points);  // rounded up, so at least one step
    n_heard += heard;
    p.count.n_correct += traces[i].after(heard) == label;
    ++p.count.n_total;
  }
  if (p.count.n_total > 0) p.steps = static_cast<double>(n_heard) / static_cast<double>(p.count.n_total);
  return p;
}

}  // namespace

int DecisionTrace::after(int n) const {
  return std::prev(std::ranges::upper_bound(changes, n, {}, &Change::step))->decision;
}

DecisionTrace trace_decisions(std::span<const float> psc, int n_classes, bool is_heard) {
  const auto width = static_cast<std::size_t>(n_classes);
  DecisionTrace trace;
  std::vector<float> sums(width, 0.0F);
  for (std::size_t row = 0; row < psc.size(); row += width) {
    for (std::size_t k = 0; k < width; ++k) sums[k] += psc[row + k];
    const int decision = answer_of(sums, is_heard);
    ++trace.n_steps;
    if (trace.changes.empty() || trace.changes.back().decision != decision) {
      trace.changes.push_back({trace.n_steps, decision});
    }
  }
  return trace;
}

LatencyCurve latency_curve(std::span<const DecisionTrace> traces, std::span<const int> labels, int n_points) {
  if (traces.size() != labels.size()) {
    throw std::invalid_argument(fmt::format("{} traces of decisions for {} labels", traces.size(), labels.size()));
  }
  LatencyCurve curve;
  for (int point = 1; point <= n_points; ++point) curve.points.push_back(point_at(traces, labels, point, n_points));
  const auto n = static_cast<double>(curve.points.back().count.n_total);
  for (std::size_t i = 0; n > 0 && i < traces.size(); ++i) {
    if (labels[i] < 0) continue;
    curve.settled_step += traces[i].settled() / n;
    curve.settled_share += traces[i].settled() / (traces[i].n_steps * n);
  }
  return curve;
}

std::string latency_csv(const LatencyCurve& curve) {
  std::string csv = "step,share,accuracy,n\n";
  for (const LatencyPoint& point : curve.points) {
    csv +=
        fmt::format("{:.6g},{:.6g},{:.6g},{}\n", point.steps, point.share, point.count.accuracy(), point.count.n_total);
  }
  return csv;
}

}  // namespace snn
