#include "tools/predict/predictor.h"

#include <fmt/core.h>

#include "snn/network/raster.h"
#include "snn/score/answer.h"
#include "snn/score/calibration.h"
#include "tools/common/load.h"

namespace tools {

namespace {

constexpr double kSeveralWords = 3.0;  // times the longest recording of the training

}  // namespace

Predictor::Predictor(snn::Model model, const BackendOptions& backend, Context& context)
    : model_(std::move(model)),
      isa_(backend.choice.isa),
      backend_(make_backend(backend, context)),
      network_(model_.training.network, model_.training.gradient, *backend_) {
  network_.set_parameters(model_.parameters);
}

const ear::RecipeRunner& Predictor::recipe() {
  if (!recipe_) recipe_.emplace(ear::parse_recipe(model_.recipe_json), model_.input_kind, isa_);
  return *recipe_;
}

std::vector<Answer> Predictor::name(ear::Sound sound, const std::string& key, int k,
                                    std::vector<std::string>& warnings) {
  const int n_channels = recipe().n_channels();
  ear::Record record = recipe()(std::move(sound), key, warnings);
  return name(std::move(record), n_channels, k, warnings);
}

snn::Dataset Predictor::one(ear::Record record, int n_channels) const {
  return {.n_channels = n_channels,
          .classes = model_.classes,
          .utterances = {to_utterance(std::move(record), model_.classes)}};
}

std::vector<Answer> Predictor::name(ear::Record record, int n_channels, int k, std::vector<std::string>& warnings) {
  if (model_.longest_ms && duration_ms(record) > kSeveralWords * *model_.longest_ms) {
    warnings.push_back(fmt::format(
        "{:.1f} s, the longest recording of the training has {:.1f} s: it may hold several words, and gets one",
        duration_ms(record) / 1000.0, *model_.longest_ms / 1000.0));
  }
  const int n_steps = record.n_steps;
  const snn::Evaluation evaluation = snn::evaluate(network_, one(std::move(record), n_channels), 1);
  if (evaluation.decisions.front() == snn::kSilence) return {{snn::kSilenceName, 0.0F, {}}};
  const std::vector<float>& scores = evaluation.scores.front();
  std::vector<Answer> answers;
  for (const int best : snn::top_classes(scores, k)) {
    const auto i = static_cast<std::size_t>(best);
    answers.push_back({model_.classes[i], scores[i], {}});
    if (model_.calibration) answers.back().confidence = snn::confidences(*model_.calibration, scores, n_steps)[i];
  }
  return answers;
}

std::vector<std::uint8_t> Predictor::spikes(ear::Record record, int n_channels, std::span<const int> layers) {
  return snn::raster(network_, one(std::move(record), n_channels), 0, layers);
}

}  // namespace tools
