#pragma once
// How early a decision is right: accuracy against the part of the utterance that was heard.
#include <span>
#include <string>
#include <vector>

#include "snn/score/metrics.h"

namespace snn {

/// What an utterance would have been taken for after each of its steps, by the PSCs summed so far.
struct DecisionTrace {
  struct Change {
    int step = 1;      ///< the decision holds from this step on, counted from 1
    int decision = 0;  ///< class, or kSilence
    bool operator==(const Change&) const = default;
  };
  int n_steps = 0;
  std::vector<Change> changes;  ///< by ascending step, the first one at step 1

  int after(int n) const;  ///< the decision after n steps, 1 <= n <= n_steps
  /// The step from which the decision no longer changes.
  int settled() const { return changes.back().step; }
};

/// Of an utterance's output PSCs [steps][K], at least one step, by answer_of: kSilence while no output neuron has a PSC. The sums are
/// those of the forward scan, to the bit: the last decision is the network's.
DecisionTrace trace_decisions(std::span<const float> psc, int n_classes, bool is_heard = true);

struct LatencyPoint {
  double share = 0.0;  ///< of each utterance, 0..1: its first ceil(share * steps) steps
  double steps = 0.0;  ///< heard of an utterance, mean; a whole number where all are of one length
  CorrectCount count;
};

struct LatencyCurve {
  std::vector<LatencyPoint> points;  ///< at shares 1/n, 2/n .. 1; the last one is the accuracy
  double settled_step = 0.0;         ///< mean over the utterances of DecisionTrace::settled()
  double settled_share = 0.0;        ///< mean over the utterances of the same over their steps
};

/// Of utterances by their traces and labels, in one order; a label below 0 is none, and leaves the utterance out.
/// n_points >= 1. Throws std::invalid_argument for another number of traces than labels.
LatencyCurve latency_curve(std::span<const DecisionTrace> traces, std::span<const int> labels, int n_points = 20);

/// Comma-separated: a header "step,share,accuracy,n" and a line for each point; step is LatencyPoint::steps.
std::string latency_csv(const LatencyCurve& curve);

}  // namespace snn
