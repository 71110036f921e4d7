#pragma once
// Figures of merit; the tools only print them.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "snn/model/params.h"

namespace snn {

struct Interval {
  double low = 0.0;
  double high = 1.0;
};

/// Score interval of a proportion (Wilson, J. Am. Stat. Assoc. 22, 1927), 95 %. 0 <= n_correct <= n_total, otherwise
/// std::invalid_argument; without observations 0..1.
Interval wilson_interval(std::int64_t n_correct, std::int64_t n_total);

/// How many decisions were right.
struct CorrectCount {
  std::int64_t n_correct = 0;
  std::int64_t n_total = 0;
  double accuracy() const;  ///< 0..1; 0 without observations
  Interval interval() const { return wilson_interval(n_correct, n_total); }
  bool operator==(const CorrectCount&) const = default;
};

/// One class taken for another.
struct Confusion {
  int label = 0, predicted = 0;
  std::int64_t n = 0;  ///< utterances
  bool operator==(const Confusion&) const = default;
};

/// Right and wrong answers, and who gave them.
class Scores {
 public:
  explicit Scores(int n_classes);
  /// label in 0..K-1, predicted too or an answer beside the classes (answer.h), which is wrong; otherwise std::invalid_argument.
  void add(int label, int predicted, std::string_view speaker);
  const CorrectCount& all() const { return all_; }
  const CorrectCount& of_class(int label) const;
  /// By name, ascending. Utterances without a speaker stand under "".
  const std::map<std::string, CorrectCount>& by_speaker() const { return by_speaker_; }
  std::int64_t confusion(int label, int predicted) const;  ///< utterances of `label` that were taken for `predicted`
  /// All that occurred, the most frequent first; of equally frequent ones the lower label first, then the lower prediction.
  std::vector<Confusion> confusions() const;
  std::int64_t n_silent() const {
    return n_silent_;
  }  ///< utterances that got kSilence; all() and the others count them too
  int n_classes() const { return n_classes_; }

 private:
  int n_classes_;
  CorrectCount all_;
  std::int64_t n_silent_ = 0;
  std::vector<CorrectCount> by_class_;
  std::map<std::string, CorrectCount> by_speaker_;
  std::map<std::pair<int, int>, std::int64_t> n_by_pair_;  // (label, predicted), where there are any
};

/// Comma-separated: a header "label\predicted,CLASS..." and one line for each label; fields quoted where RFC 4180 wants
/// it.
std::string confusion_csv(const Scores& scores, std::span<const std::string> classes);

/// Indices of the k largest scores, largest first; of equal scores the lower index first (so the first is the
/// decision). At most scores.size() of them.
std::vector<int> top_classes(std::span<const float> scores, int k);

/// Spikes of each layer 1..L over any number of utterances, beside the valid steps they took.
struct SpikeCounts {
  std::vector<std::int64_t> spikes;  ///< [L]
  std::int64_t n_steps = 0;          ///< valid steps, summed over utterances
  std::int64_t n_utterances = 0;
  std::int64_t n_input_values = 0;  ///< input values that are not zero (count_nonzero)

  /// Of further utterances through the same network.
  void add(const SpikeCounts& more);
};

/// Mean share of steps in which a neuron of each layer fires, 0..1; zeros without steps. [L]
std::vector<double> firing_rates(const NetworkParams& network, const SpikeCounts& counts);

/// Two sets of answers to the same questions.
struct Paired {
  std::int64_t n_both = 0, n_only_first = 0, n_only_second = 0, n_neither = 0;  ///< who was right
  void add(bool first, bool second);
  /// That the two differ as much or more if both are right equally often: McNemar's test (Psychometrika 12, 1947) in
  /// its exact, binomial form, two-sided. 0..1; relative error below 1e-9 (lgamma's, times the largest count).
  double p_value() const;
};

/// Spikes of each layer 1..L from those of each neuron, layer by layer. Throws std::invalid_argument for another number
/// of neurons. [L]
std::vector<std::int64_t> layer_spikes(const NetworkParams& network, std::span<const std::int64_t> neurons);

/// Above that rate, more spikes than not, a neuron or a layer is stuck.
inline constexpr double kSaturatedRate = 0.5;

/// Of each layer 1..L, 0..1.
struct NeuronShares {
  std::vector<double> silent;     ///< of the neurons that fired in no step
  std::vector<double> saturated;  ///< of those that fired in more than kSaturatedRate of the steps
};
/// neurons: spikes of each, layer by layer, over n_steps steps. Throws as layer_spikes.
NeuronShares neuron_shares(const NetworkParams& network, std::span<const std::int64_t> neurons, std::int64_t n_steps);

/// How a layer's firing rate looks: below one spike in a thousand steps a layer says nothing, above kSaturatedRate it is
/// stuck.
enum class Activity { kNormal, kSilent, kSaturated };
Activity activity_of(double rate);

/// Weights added at targets because a neuron fired, per utterance: spikes x fan-out over all connections between
/// layers, skips included, plus one for each spike of a self-recurrent layer. The input's products (values that are not
/// zero x fan-out) apart.
struct SynapticOperations {
  double from_spikes = 0.0;
  double from_input = 0.0;
};
SynapticOperations synaptic_operations(const NetworkParams& network, const SpikeCounts& counts);

}  // namespace snn
