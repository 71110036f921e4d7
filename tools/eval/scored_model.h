#pragma once
// A model and how it does on utterances that come batch by batch.
#include <optional>
#include <vector>

#include "snn/files/model_file.h"
#include "snn/score/evaluate.h"

namespace tools {

class ScoredModel {
 public:
  /// Both must outlive it. how.traces: whether latency() is wanted; then something of each utterance is kept.
  ScoredModel(const snn::Model& model, snn::Backend<float>& backend, snn::EvaluateOptions how);

  /// Scores a batch, whose classes are the model's and whose labels are all known. Returns of each utterance whether the
  /// decision is right.
  std::vector<bool> add(const snn::Dataset& batch);

  const snn::Model& model() const { return model_; }
  const snn::Scores& scores() const { return scores_; }
  const snn::SpikeCounts& counts() const { return counts_; }
  snn::SynapticOperations operations() const { return synaptic_operations(model_.training.network, counts_); }
  /// None where it was not wanted.
  std::optional<snn::LatencyCurve> latency() const;

 private:
  const snn::Model& model_;
  snn::EvaluateOptions how_;
  snn::Network<float> network_;
  snn::Scores scores_;
  snn::SpikeCounts counts_;
  std::vector<snn::DecisionTrace> traces_;
  std::vector<int> labels_;  // of the traces
};

}  // namespace tools
