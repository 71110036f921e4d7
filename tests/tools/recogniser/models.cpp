#include "tests/tools/recogniser/models.h"

#include <cmath>

#include "snn/model/init.h"

namespace support {

ear::FrontEndParams stretched() {
  return {};
}

ear::FrontEndParams decimated() {
  return {.n_steps = 0, .decimation = 125, .tail_steps = 3};
}

snn::Model model_of(const ear::FrontEndParams& front_end) {
  snn::Model model;
  model.training.network.sizes = {78, 20, 5};
  model.training.network.self_recurrent = {1};
  model.training.network.output_layer = snn::OutputLayer::kMean;
  model.training.loss.kind = snn::LossKind::kMeanSoftmax;
  model.training.init.w_scale = 2.0;
  model.classes = {"a", "b", "c", "d", "e"};
  model.input_kind = "cochleagram";
  model.recipe_json = ear::to_json({{ear::to_stage(front_end)}});
  model.n_epochs_done = 1;
  model.parameters = snn::initial_parameters(model.training.network, model.training.init, 3);
  return model;
}

ear::Sound sweep(int sample_rate_hz) {
  ear::Sound sound{{}, sample_rate_hz};
  const double seconds = 0.5;
  for (int n = 0; n < sample_rate_hz / 2; ++n) {
    const double t = static_cast<double>(n) / sample_rate_hz,
                 phase = 2 * 3.14159265358979 * (200 * t + 1800 * t * t / (2 * seconds));
    sound.samples.push_back(static_cast<float>(0.3 * std::sin(phase)));
  }
  return sound;
}

}  // namespace support
