#pragma once
// Two models on the same utterances.
#include <string>
#include <vector>

#include "tools/common/load.h"
#include "tools/eval/scored_model.h"

namespace tools {

/// How a model did, with what it took.
struct Outcome {
  std::string name;  ///< as it was given
  double accuracy = 0.0;
  snn::SynapticOperations operations;
  double total() const { return operations.from_spikes + operations.from_input; }
};

struct Comparison {
  Outcome first, second;
  snn::Paired paired;

  /// The part of a report, for a person.
  std::string text() const;
};

/// A second model beside a first; its classes may stand in another order.
class SecondModel {
 public:
  /// Reads the model at `path`; `backend` must outlive this. Throws std::runtime_error if it was trained on another recipe than
  /// the stream's.
  SecondModel(const std::string& path, const std::string& stream_name, const ear::Header& header,
              snn::Backend<float>& backend, const snn::Readout& readout);

  /// Scores the batch, whose labels and classes it changes, beside what the first model got right. Throws
  /// std::runtime_error for a label that the model does not know.
  void add(snn::Dataset& batch, const std::vector<bool>& first_right);
  Comparison compare(const std::string& first_name, const ScoredModel& first) const;

 private:
  std::string path_;
  snn::Model model_;
  ScoredModel scored_;
  snn::Paired paired_;
};

}  // namespace tools
