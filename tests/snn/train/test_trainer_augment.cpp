// What is drawn for each utterance and epoch, as the trainer puts it together.
#include <algorithm>
#include <catch2/catch.hpp>

#include "snn/data/dropout.h"
#include "snn/train/trainer.h"
#include "tests/snn/synthetic.h"

namespace {

bool go_on(const snn::BatchReport&) {
  return true;
}

struct Run {
  snn::Dataset train, valid;
  std::unique_ptr<snn::Backend<float>> backend = snn::make_backend({.n_threads = 1});

  snn::Trainer trainer(const snn::TrainingParams& params, bool with_valid) {
    const snn::Dataset* set = with_valid ? &valid : nullptr;
    return {snn::start_training(params, train, set, "raster", "[]"), train, set, *backend};
  }
};

}  // namespace

TEST_CASE("trainer: every augmentation reaches the training, and changes it") {
  Run run{support::synthetic(), {}};
  const auto trained = [&run](const snn::AugmentParams& augment) {
    snn::TrainingParams params = support::small_training();
    params.augment = augment;
    params.loss.kind = snn::LossKind::kSoftmax;  // mixup wants it
    params.n_epochs = 1;
    snn::Trainer trainer = run.trainer(params, false);
    trainer.run_epoch(go_on);
    return trainer.state().model.parameters;
  };
  const snn::Tensors plain = trained({});
  CHECK(trained({}) == plain);
  for (const snn::AugmentParams& augment :
       {snn::AugmentParams{.shift_steps = 2}, snn::AugmentParams{.shift_channels = 2}, snn::AugmentParams{.warp = 0.2},
        snn::AugmentParams{.gain_db = 6.0}, snn::AugmentParams{.drop_channels = 0.2},
        snn::AugmentParams{.mask_channels = 4}, snn::AugmentParams{.mask_steps = 4}, snn::AugmentParams{.tempo = 0.2},
        snn::AugmentParams{.mixup = 0.5}, snn::AugmentParams{.noise = 0.2}, snn::AugmentParams{.drop_neurons = 0.2}}) {
    CHECK_FALSE(trained(augment) == plain);
  }
}

TEST_CASE("trainer: of each utterance one version an epoch is trained on, all alike make no difference") {
  Run run{support::synthetic(), {}};
  const auto trained = [&run](snn::TrainingParams params, double& accuracy) {
    snn::Trainer trainer = run.trainer(params, false);
    const auto report = trainer.run_epoch(go_on);
    accuracy = report->accuracy;
    return trainer.model("last").parameters;
  };
  double once = 0.0, twice = 0.0;
  const snn::Tensors plain = trained(support::small_training(), once);
  snn::add_version(run.train, support::synthetic());
  CHECK(trained(support::small_training(), twice) == plain);
  CHECK(once == twice);
  for (std::size_t i = 24; i < 48; ++i) {
    auto& values = std::get<std::vector<std::uint8_t>>(run.train.utterances[i].values);
    std::fill(values.begin(), values.end(), std::uint8_t{0});
  }
  CHECK_FALSE(trained(support::small_training(), twice) == plain);
}

TEST_CASE("trainer: with dropout the network that is scored and stored has all neurons and scaled weights") {
  Run run{support::synthetic(), support::synthetic({.seed = 2})};
  snn::TrainingParams params = support::small_training();
  params.augment.drop_neurons = 0.25;
  snn::Trainer trainer = run.trainer(params, true);
  const auto report = trainer.run_epoch(go_on);
  const snn::Tensors stored = trainer.model("last").parameters;
  snn::Tensors scaled = trainer.state().model.parameters;
  CHECK_FALSE(stored == scaled);
  snn::scale_for_scoring(scaled, params);
  CHECK(stored == scaled);
  snn::Network<float> network(params.network, params.gradient, *run.backend);
  network.set_parameters(stored);
  CHECK(snn::score(snn::evaluate(network, run.valid, 5), run.valid).all().accuracy() == report->valid->accuracy());
  CHECK(trainer.state().model.parameters == [&] {
    snn::Trainer alone = run.trainer(params, false);  // nothing is scored
    alone.run_epoch(go_on);
    return alone.state().model.parameters;
  }());
}

TEST_CASE("trainer: a normalised network is scored and stored as a plain one with biases, to the same decisions") {
  Run run{support::synthetic(), support::synthetic({.seed = 2})};
  snn::TrainingParams params = support::small_training();
  support::add_all_parts(params);
  snn::Trainer trainer = run.trainer(params, true);
  const auto report = trainer.run_epoch(go_on);
  const snn::Model model = trainer.model("last");
  CHECK(model.training.network.bias);
  CHECK_FALSE(model.training.network.normalised);
  CHECK_FALSE(model.parameters.contains("norm_gain_1"));
  CHECK(trainer.state().model.training.network.normalised);
  CHECK(trainer.state().model.parameters.contains("norm_var_1"));
  CHECK(report->firing_rates.size() == 2);  // the output layer does not fire
  snn::Network<float> network(model.training.network, params.gradient, *run.backend);
  network.set_parameters(model.parameters);
  CHECK(snn::score(snn::evaluate(network, run.valid, 5), run.valid).all().accuracy() == report->valid->accuracy());
  CHECK_THROWS_WITH(snn::evaluate(network, run.valid, 5, {.readout = {.kind = snn::ReadoutKind::kSpikes}}),
                    Catch::Contains("does not fire"));
}
