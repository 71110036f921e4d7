#include "tests/snn/synthetic.h"

#include "tests/snn/numbers.h"

namespace support {

snn::Dataset synthetic(const SyntheticOptions& options) {
  snn::Dataset dataset;
  dataset.n_channels = options.n_channels;
  for (int k = 0; k < options.n_classes; ++k) dataset.classes.push_back("class " + std::to_string(k));
  for (int i = 0; i < options.n_utterances; ++i) {
    snn::Utterance utterance;
    utterance.key = "u" + std::to_string(i);
    utterance.speaker = i % 2 == 0 ? "even" : "odd";
    utterance.label = i % options.n_classes;
    utterance.label_name = dataset.classes[static_cast<std::size_t>(utterance.label)];
    utterance.n_steps = options.min_steps + 7 * i % (options.max_steps - options.min_steps + 1);
    const auto n = static_cast<std::size_t>(utterance.n_steps * options.n_channels);
    const auto draws = numbers<double>(n, options.seed * 1000 + static_cast<std::uint32_t>(i), 0.0, 1.0);
    std::vector<std::uint8_t> raster(n);
    for (std::size_t j = 0; j < n; ++j) {
      const int channel = static_cast<int>(j) % options.n_channels;
      const bool own = channel % options.n_classes == utterance.label;
      raster[j] = draws[j] < (own ? options.own_rate : options.other_rate) ? 1 : 0;
    }
    utterance.values = std::move(raster);
    dataset.utterances.push_back(std::move(utterance));
  }
  return dataset;
}

snn::TrainingParams small_training() {
  snn::TrainingParams params;
  params.network.sizes = {12, 20, 16, 4};
  params.network.self_recurrent = {1, 2};
  params.network.bip = {1, 2};
  params.network.skips = {{0, 2}, {1, 3}};
  params.network.input_scale = 2.0;
  params.init = {.w_scale = 1.0, .w_self_mean = 0.1, .w_self_std = 0.2};
  params.optimiser.lr = 0.004;
  params.augment = {.shift_steps = 2, .shift_channels = 1};
  params.n_epochs = 3;
  params.batch_size = 5;
  return params;
}

void add_all_parts(snn::TrainingParams& params) {
  params.network.input_delays = {0, 2, 5};
  params.network.forward_delays = {0, 3};
  params.network.skip_delays = {1, 4};
  params.network.adaptive = {1, 2};
  params.network.recurrent = {2};
  params.network.recurrent_density = 0.7;
  params.network.direct_input = true;
  params.network.normalised = true;
  params.network.output_layer = snn::OutputLayer::kMean;
  params.loss.kind = snn::LossKind::kMeanSoftmax;
  params.loss.label_smoothing = 0.1;
  params.augment.mixup = 0.5;
  params.augment.noise = 0.1;
}

}  // namespace support
