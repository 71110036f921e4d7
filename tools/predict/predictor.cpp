#include "tools/predict/predictor.h"

#include <fmt/core.h>

#include <stdexcept>

#include "frontend/stream/stream.h"
#include "snn/raster.h"

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

const ear::FrontEnd& Predictor::front_end() {
  if (!front_end_) {
    const ear::Recipe recipe = ear::parse_recipe(model_.recipe_json);
    if (recipe.stages.size() != 1 || model_.input_kind != ear::kind_name(ear::Kind::kCochleagram)) {
      throw std::runtime_error(
          fmt::format("the model was trained on a stream of kind {} with {} recipe stages, which cannot be run on a "
                      "recording; give "
                      "a stream of the same recipe instead",
                      model_.input_kind, recipe.stages.size()));
    }
    front_end_.emplace(ear::front_end_params(recipe.stages.front()), isa_);
  }
  return *front_end_;
}

std::vector<Answer> Predictor::name(const ear::Sound& sound, const std::string& key, int k) {
  ear::Cochleagram cochleagram = front_end()(sound);
  snn::Dataset one{.n_channels = cochleagram.n_channels, .classes = model_.classes, .utterances = {}};
  snn::Utterance& utterance = one.utterances.emplace_back();
  utterance.key = key;
  utterance.n_steps = cochleagram.n_steps;
  utterance.values = std::move(cochleagram.values);
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
