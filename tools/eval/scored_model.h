#pragma once
// A model and how it does on utterances that come piece by piece, alone or beside another.
#include <optional>
#include <string>
#include <vector>

#include "snn/score/answer.h"
#include "snn/score/calibration.h"
#include "snn/score/detection.h"
#include "tools/common/load.h"

namespace tools {

class ScoredModel {
 public:
  /// `path`: its name in messages and reports; `backend` must outlive it; batch_size: utterances that the network hears
  /// at a time. how.traces: whether latency() is wanted; then something of each utterance is kept. reject: confidence
  /// below which an answer is "(unknown)": the model's class of that name, or kUnknown; the model must then have a
  /// calibration, and summed PSCs decide.
  ScoredModel(std::string path, snn::Model model, snn::Backend<float>& backend, int batch_size,
              snn::EvaluateOptions how, std::optional<double> reject = {});

  /// Scores utterances, whose classes are the model's and whose labels are all known. Returns of each utterance whether
  /// the decision is right.
  std::vector<bool> add(const snn::Dataset& piece);
  /// The same beside what another model got right. Its classes may stand in another order: the piece gets this model's, and
  /// labels after them. Throws std::runtime_error for a label that the model does not know.
  void add_beside(snn::Dataset& piece, const std::vector<bool>& other_right);

  /// Scores recordings of no class, whatever their labels; the model must have a calibration, and summed PSCs decide.
  void add_unknown(const snn::Dataset& piece);

  const std::string& path() const { return path_; }
  const snn::Model& model() const { return model_; }
  const snn::Scores& scores() const { return scores_; }
  const snn::SpikeCounts& counts() const { return counts_; }
  /// Of add_beside(): the other model is the first.
  const snn::Paired& paired() const { return paired_; }
  snn::SynapticOperations operations() const { return synaptic_operations(model_.training.network, counts_); }
  /// Of the answers that are classes; none without a calibration, and where other numbers than the summed PSC decide.
  const std::optional<snn::CalibrationError>& calibration_error() const { return calibration_error_; }
  /// Of the right answers of add() that are words, and of add_unknown(); none where one of the two is empty.
  std::optional<snn::DetectionCurve> detection() const;
  std::int64_t n_rejected() const { return n_rejected_; }    ///< answers of add() below the confidence of `reject`
  std::size_t n_unknown() const { return unknown_.size(); }  ///< recordings of add_unknown()
  /// None where it was not wanted.
  std::optional<snn::LatencyCurve> latency() const;

 private:
  /// Of an answer, as the calibration has it.
  double confidence(const snn::Evaluation& evaluation, std::size_t i, const snn::Utterance& utterance) const;

  std::string path_;
  snn::Model model_;
  int batch_size_;
  snn::EvaluateOptions how_;
  snn::Network<float> network_;
  snn::Scores scores_;
  snn::SpikeCounts counts_;
  snn::Paired paired_;
  std::optional<snn::CalibrationError> calibration_error_;
  std::optional<double> reject_;
  std::int64_t n_rejected_ = 0;
  int unknown_class_ = snn::kUnknown;    // the model's own, where it has one
  std::vector<double> right_, unknown_;  // confidences of words
  std::vector<snn::DecisionTrace> traces_;
  std::vector<int> labels_;  // of the traces
};

}  // namespace tools
