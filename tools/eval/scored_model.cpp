#include "tools/eval/scored_model.h"

#include <algorithm>
#include <iterator>

namespace tools {

ScoredModel::ScoredModel(const snn::Model& model, snn::Backend<float>& backend, snn::EvaluateOptions how)
    : model_(model),
      how_(how),
      network_(model.training.network, model.training.gradient, backend),
      scores_(static_cast<int>(model.classes.size())) {
  network_.set_parameters(model.parameters);
}

std::vector<bool> ScoredModel::add(const snn::Dataset& batch) {
  snn::Evaluation evaluation = snn::evaluate(network_, batch, static_cast<int>(batch.utterances.size()), how_);
  std::vector<bool> right;
  for (std::size_t i = 0; i < batch.utterances.size(); ++i) {
    const snn::Utterance& utterance = batch.utterances[i];
    scores_.add(utterance.label, evaluation.decisions[i], utterance.speaker);
    right.push_back(evaluation.decisions[i] == utterance.label);
    if (how_.traces) labels_.push_back(utterance.label);
  }
  counts_.add(evaluation.counts);
  std::ranges::move(evaluation.traces, std::back_inserter(traces_));
  return right;
}

std::optional<snn::LatencyCurve> ScoredModel::latency() const {
  if (!how_.traces) return std::nullopt;
  return snn::latency_curve(traces_, labels_);
}

}  // namespace tools
