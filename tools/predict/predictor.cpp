#include "tools/predict/predictor.h"

#include "snn/network/raster.h"
#include "snn/score/answer.h"
#include "tools/common/load.h"

namespace tools {

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
  return name(recipe()(std::move(sound), key, warnings), n_channels, k);
}

snn::Dataset Predictor::one(ear::Record record, int n_channels) const {
  return {.n_channels = n_channels,
          .classes = model_.classes,
          .utterances = {to_utterance(std::move(record), model_.classes)}};
}

std::vector<Answer> Predictor::name(ear::Record record, int n_channels, int k) {
  const snn::Evaluation evaluation = snn::evaluate(network_, one(std::move(record), n_channels), 1);
  if (evaluation.decisions.front() == snn::kSilence) return {{snn::kSilenceName, 0.0F}};
  const std::vector<float>& scores = evaluation.scores.front();
  std::vector<Answer> answers;
  for (const int best : snn::top_classes(scores, k)) {
    answers.push_back({model_.classes[static_cast<std::size_t>(best)], scores[static_cast<std::size_t>(best)]});
  }
  return answers;
}

std::vector<std::uint8_t> Predictor::spikes(ear::Record record, int n_channels, std::span<const int> layers) {
  return snn::raster(network_, one(std::move(record), n_channels), 0, layers);
}

}  // namespace tools
