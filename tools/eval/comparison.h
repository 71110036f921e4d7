#pragma once
// Two models on the same utterances.
#include <string>
#include <vector>

#include "snn/evaluate.h"
#include "snn/model_file.h"
#include "tools/common/load.h"

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

/// A model with what it said of a data set.
struct Evaluated {
  const std::string& name;
  const snn::Model& model;
  const snn::Evaluation& evaluation;
  std::vector<int> labels;  ///< of each utterance, an index into the model's classes
};

snn::Evaluation evaluate(const snn::Model& model, const snn::Dataset& dataset, snn::Backend<float>& backend,
                         const snn::EvaluateOptions& options, int batch_size);

std::vector<int> labels_of(const snn::Dataset& dataset);

/// The model at `path` on the same utterances; its classes may stand in another order. Takes the data set's labels.
/// Throws std::runtime_error if it was trained on another recipe or does not know a label.
Comparison compare_with(const std::string& path, const Evaluated& first, LoadedStream& stream,
                        const std::string& stream_name, snn::Backend<float>& backend,
                        const snn::EvaluateOptions& options, int batch_size);

}  // namespace tools
