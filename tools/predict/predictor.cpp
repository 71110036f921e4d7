#include "tools/predict/predictor.h"

#include "snn/network/raster.h"
#include "tools/common/load.h"

namespace tools {

namespace {

constexpr int kBatch = 50;

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
  snn::Dataset one{.n_channels = recipe().n_channels(), .classes = model_.classes, .utterances = {}};
  one.utterances.push_back(to_utterance(recipe()(std::move(sound), key, warnings), model_.classes));
  return name(one, k).front();
}

std::vector<std::vector<Answer>> Predictor::name(const snn::Dataset& dataset, int k) {
  std::vector<std::vector<Answer>> all;
  for (const std::vector<float>& scores : snn::evaluate(network_, dataset, kBatch).scores) {
    std::vector<Answer>& answers = all.emplace_back();
    for (const int best : snn::top_classes(scores, k)) {
      answers.push_back({model_.classes[static_cast<std::size_t>(best)], scores[static_cast<std::size_t>(best)]});
    }
  }
  return all;
}

std::vector<std::uint8_t> Predictor::spikes(const snn::Dataset& dataset, std::span<const int> layers) {
  return snn::raster(network_, dataset, 0, layers);
}

}  // namespace tools
