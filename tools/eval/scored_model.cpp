#include "tools/eval/scored_model.h"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace tools {

ScoredModel::ScoredModel(std::string path, snn::Model model, snn::Backend<float>& backend, int batch_size,
                         snn::EvaluateOptions how, std::optional<double> reject)
    : path_(std::move(path)),
      model_(std::move(model)),
      batch_size_(batch_size),
      how_(how),
      network_(model_.training.network, model_.training.gradient, backend),
      scores_(static_cast<int>(model_.classes.size())),
      reject_(reject) {
  network_.set_parameters(model_.parameters);
  if (model_.calibration && how.readout == snn::Readout{}) calibration_error_.emplace();
  const auto found = std::ranges::find(model_.classes, snn::kUnknownName);
  if (found != model_.classes.end()) unknown_class_ = static_cast<int>(found - model_.classes.begin());
}

std::vector<bool> ScoredModel::add(const snn::Dataset& piece) {
  snn::Evaluation evaluation = snn::evaluate(network_, piece, batch_size_, how_);
  std::vector<bool> right;
  for (std::size_t i = 0; i < piece.utterances.size(); ++i) {
    const snn::Utterance& utterance = piece.utterances[i];
    int answer = evaluation.decisions[i];
    if (calibration_error_ && answer >= 0) {
      const double sure = confidence(evaluation, i, utterance);
      const bool is_right = answer == utterance.label;
      calibration_error_->add(sure, is_right);
      if (is_right && answer != unknown_class_) right_.push_back(sure);
      if (reject_ && sure < *reject_) {
        answer = unknown_class_;
        ++n_rejected_;
      }
    }
    scores_.add(utterance.label, answer, utterance.speaker);
    right.push_back(answer == utterance.label);
    if (how_.traces) labels_.push_back(utterance.label);
  }
  counts_.add(evaluation.counts);
  std::ranges::move(evaluation.traces, std::back_inserter(traces_));
  return right;
}

double ScoredModel::confidence(const snn::Evaluation& evaluation, std::size_t i,
                               const snn::Utterance& utterance) const {
  const auto all = snn::confidences(*model_.calibration, evaluation.scores[i], utterance.n_steps);
  return all[static_cast<std::size_t>(evaluation.decisions[i])];
}

void ScoredModel::add_unknown(const snn::Dataset& piece) {
  const snn::Evaluation evaluation = snn::evaluate(network_, piece, batch_size_);
  for (std::size_t i = 0; i < piece.utterances.size(); ++i) {
    const int answer = evaluation.decisions[i];
    const bool is_word = answer >= 0 && answer != unknown_class_;
    unknown_.push_back(is_word ? confidence(evaluation, i, piece.utterances[i]) : 0.0);
  }
}

void ScoredModel::add_beside(snn::Dataset& piece, const std::vector<bool>& other_right) {
  if (match_labels(piece, model_.classes) > 0) {
    const auto unknown = std::ranges::find_if(piece.utterances, [](const auto& u) { return u.label < 0; });
    throw std::runtime_error(fmt::format("{}: does not know label '{}' of {}; compare models of the same classes",
                                         path_, unknown->label_name, unknown->key));
  }
  const std::vector<bool> right = add(piece);
  for (std::size_t i = 0; i < right.size(); ++i) paired_.add(other_right.at(i), right[i]);
}

std::optional<snn::DetectionCurve> ScoredModel::detection() const {
  if (right_.empty() || unknown_.empty()) return std::nullopt;
  return snn::detection_curve(right_, unknown_);
}

std::optional<snn::LatencyCurve> ScoredModel::latency() const {
  if (!how_.traces) return std::nullopt;
  return snn::latency_curve(traces_, labels_);
}

}  // namespace tools
