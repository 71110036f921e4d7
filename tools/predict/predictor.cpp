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

std::vector<ossicle::Answer> Predictor::name(ear::Sound sound, const std::string& key, int k,
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

std::vector<ossicle::Answer> Predictor::name(ear::Record record, int n_channels, int k,
                                             std::vector<std::string>& warnings) {
  ossicle::warn_of_several_words(model_, duration_ms(record), warnings);
  const int n_steps = record.n_steps;
  const snn::Evaluation evaluation = snn::evaluate(network_, one(std::move(record), n_channels), 1);
  const bool is_heard = evaluation.decisions.front() != snn::kSilence;
  return ossicle::answers_of(model_, evaluation.scores.front(), n_steps, is_heard, k);
}

std::vector<std::uint8_t> Predictor::spikes(ear::Record record, int n_channels, std::span<const int> layers) {
  return snn::raster(network_, one(std::move(record), n_channels), 0, layers);
}

}  // namespace tools
