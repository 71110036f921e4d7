#pragma once
// A model whose answer and its confidence can be said beforehand, and utterances for it.
#include <string>
#include <vector>

#include "snn/data/dataset.h"
#include "snn/files/model_file.h"
#include "snn/model/init.h"

namespace support {

/// One layer that does not fire: the sum of class k is that of input channel k behind the synapse, which for a single step of x is
/// x / 8 (tau_s). Its confidences are the softmax of the sums.
inline snn::Model echo_model(const std::vector<std::string>& classes) {
  snn::Model model;
  const auto n = static_cast<int>(classes.size());
  model.training.network.sizes = {n, n};
  model.training.network.output_layer = snn::OutputLayer::kMean;
  model.classes = classes;
  model.calibration = snn::Calibration{.temperature = 1.0, .of_means = false};
  model.parameters = snn::initial_parameters(model.training.network, model.training.init, 1);
  std::vector<float>& weights = model.parameters.at("w_0_1").values;
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = i % (classes.size() + 1) == 0 ? 1.0F : 0.0F;
  return model;
}

/// What is said, and what such a model hears: the sum of that channel; 0: silence.
struct Said {
  std::string label;
  std::size_t heard = 0;
  float sum = 1.0F;
};

/// Utterances of one step, with the keys "0", "1" ...
inline snn::Dataset echo_data(const std::vector<std::string>& classes, const std::vector<Said>& all) {
  snn::Dataset dataset{.n_channels = static_cast<int>(classes.size()), .classes = classes, .utterances = {}};
  for (const Said& said : all) {
    std::vector<float> values(classes.size());
    values[said.heard] = 8.0F * said.sum;
    dataset.utterances.push_back({.key = std::to_string(dataset.utterances.size()),
                                  .speaker = "ada",
                                  .label_name = said.label,
                                  .n_steps = 1,
                                  .values = std::move(values)});
  }
  snn::match_labels(dataset, classes);
  return dataset;
}

}  // namespace support
