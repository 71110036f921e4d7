// How a training starts, what it puts down, and what it refuses to take up.
#include <algorithm>
#include <catch2/catch.hpp>

#include "snn/model/init.h"
#include "snn/train/trainer.h"
#include "tests/snn/synthetic.h"

using Catch::Matchers::Contains;

namespace {

constexpr const char* kRecipe = R"([{"tool":"x"}])";

struct Run {
  snn::TrainingParams params = support::small_training();
  snn::Dataset train = support::synthetic(), valid = support::synthetic({.seed = 2});
  std::unique_ptr<snn::Backend<float>> backend = snn::make_backend({.n_threads = 1});

  snn::Checkpoint start(bool with_valid = false, std::optional<snn::Tensors> initial = {}) const {
    return snn::start_training(params, train, with_valid ? &valid : nullptr, "raster", kRecipe, std::move(initial));
  }
  snn::Trainer resume(const snn::Checkpoint& state, bool with_valid = false) const {
    return {state, train, with_valid ? &valid : nullptr, *backend};
  }
  /// A checkpoint after two batches.
  snn::Checkpoint half_way(bool with_valid = false) const {
    snn::Trainer trainer = resume(start(with_valid), with_valid);
    trainer.run_epoch([](const snn::BatchReport& batch) { return batch.batch < 2; });
    return trainer.state();
  }
};

bool go_on(const snn::BatchReport&) {
  return true;
}

}  // namespace

// The membrane decays of the output layer, theta_3, are not trained here.
TEST_CASE("trainer state: a run starts at the seed's parameters, with moments of zero and an average of them") {
  Run run;
  run.params.optimiser.ema_decay = 0.9;
  const snn::Checkpoint state = run.start(true);
  CHECK(state.model.parameters == snn::initial_parameters(run.params.network, run.params.init, run.params.seed));
  REQUIRE(state.model.parameters.contains("theta_3"));
  for (const auto& [name, tensor] : state.model.parameters) {
    INFO(name);
    for (const snn::Tensors* trained : {&state.adam_m, &state.adam_v, &state.ema})
      CHECK(trained->contains(name) == (name != "theta_3"));
    if (name == "theta_3") continue;
    const snn::Tensor zeros{tensor.shape, std::vector<float>(tensor.values.size())};
    CHECK(state.adam_m.at(name) == zeros);
    CHECK(state.adam_v.at(name) == zeros);
    CHECK(state.ema.at(name) == tensor);
  }
  CHECK(state.train_hash == snn::hash_of(run.train));
  CHECK(state.valid_hash == snn::hash_of(run.valid));
  run.params.optimiser.ema_decay = 0.0;
  CHECK(run.start().ema.empty());
  CHECK_FALSE(run.start().valid_hash.has_value());
}

TEST_CASE("trainer state: parameters that are given are those it starts from") {
  const Run run;
  snn::Tensors given = snn::initial_parameters(run.params.network, run.params.init, 77);
  const snn::Checkpoint state = run.start(false, given);
  CHECK(state.model.parameters == given);
  CHECK(state.init_hash == snn::hash_of(given));
  snn::Trainer trainer = run.resume(state);
  trainer.run_epoch(go_on);
  CHECK(trainer.state().init_hash == state.init_hash);
  given.at("w_1_2").values.front() += 1.0F;
  CHECK(run.start(false, given).init_hash != state.init_hash);
  CHECK_FALSE(run.start().init_hash);
  given.erase("w_1_2");
  CHECK_THROWS_AS(run.start(false, given), std::invalid_argument);
}

TEST_CASE("trainer state: the model carries what is needed to predict") {
  const Run run;
  snn::Trainer trainer = run.resume(run.start());
  trainer.run_epoch(go_on);
  const snn::Model model = trainer.model("best");
  CHECK(model.training == run.params);
  CHECK(model.classes == run.train.classes);
  CHECK(model.input_kind == "raster");
  CHECK(model.recipe_json == kRecipe);
  CHECK(model.which == "best");
  CHECK(model.n_epochs_done == 1);
  CHECK_FALSE(model.valid_accuracy.has_value());
  CHECK(trainer.state().train_hash == snn::hash_of(run.train));
}

TEST_CASE("trainer state: confidences are calibrated on the validation set, and with what the model stores") {
  Run run;
  support::add_all_parts(run.params);  // what is scored is not what is trained
  snn::Trainer trainer = run.resume(run.start(true), true);
  trainer.run_epoch(go_on);
  const snn::Model model = trainer.model("last");
  snn::Network<float> network(model.training.network, model.training.gradient, *run.backend);
  network.set_parameters(model.parameters);
  CHECK(model.calibration == snn::fit_calibration(snn::evaluate(network, run.valid, 5), run.valid));
  CHECK(run.resume(trainer.state(), true).model("last") == model);
  trainer.run_epoch(go_on);
  CHECK(trainer.model("last").calibration != model.calibration);
  snn::Trainer without = run.resume(run.start());
  without.run_epoch(go_on);
  CHECK_FALSE(without.model("last").calibration);
}

TEST_CASE("trainer state: a validation set that does not fit is refused") {
  Run run;
  run.valid = support::synthetic({.n_channels = 11});
  CHECK_THROWS_WITH(run.start(true), Contains("11 channels") && Contains("12"));
  run.valid = support::synthetic({.n_classes = 3});
  CHECK_THROWS_WITH(run.start(true), Contains("classes"));
  run.valid = support::synthetic({.n_utterances = 0});
  CHECK_THROWS_AS(run.start(true), std::invalid_argument);
}

TEST_CASE("trainer state: data that does not fit is refused") {
  Run run;
  run.train.utterances[3].label = -1;
  CHECK_THROWS_AS(run.start(), std::invalid_argument);
  run.train = support::synthetic();
  const snn::Checkpoint good = run.start();
  for (const bool is_class : {false, true}) {
    run.params = support::small_training();
    (is_class ? run.params.network.sizes.back() : run.params.network.sizes.front()) += 1;
    CHECK_THROWS_WITH(run.start(), Contains("12 channels and 4 classes"));
    snn::Checkpoint state = good;
    state.model.training = run.params;
    state.model.parameters = snn::initial_parameters(run.params.network, run.params.init, run.params.seed);
    for (auto* moments : {&state.adam_m, &state.adam_v}) {
      for (auto& [name, tensor] : *moments) tensor = state.model.parameters.at(name);
    }
    CHECK_THROWS_WITH(run.resume(state), Contains("12 channels and 4 classes"));
  }
}

TEST_CASE("trainer state: a checkpoint of other data is refused") {
  Run run;
  const snn::Checkpoint good = run.half_way(), validated = run.half_way(true);
  CHECK_NOTHROW(run.resume(good));
  CHECK_NOTHROW(run.resume(validated, true));
  CHECK_THROWS_WITH(run.resume(good, true), Contains("another validation set, or without one"));
  CHECK_THROWS_WITH(run.resume(validated), Contains("another validation set, or without one"));
  std::get<std::vector<std::uint8_t>>(run.valid.utterances[0].values)[0] ^= 1;
  CHECK_THROWS_WITH(run.resume(validated, true), Contains("another validation set, or without one"));
  std::get<std::vector<std::uint8_t>>(run.train.utterances[0].values)[0] ^= 1;
  CHECK_THROWS_WITH(run.resume(good), "checkpoint: it was begun with another training set");
}

TEST_CASE("trainer state: a damaged checkpoint is refused, naming what is missing") {
  Run run;
  run.params.gradient.rule = snn::Rule::kLayer;  // has one sum more than the others
  const snn::Checkpoint good = run.half_way();
  CHECK(good.sums.size() == 9);
  for (const auto& [name, values] : good.sums) {
    const std::string message =
        "checkpoint: '" + name + "' has not " + std::to_string(values.size()) + " values for the epoch in progress";
    snn::Checkpoint bad = good;
    bad.sums.at(name).pop_back();
    CHECK_THROWS_WITH(run.resume(bad), message);
    bad.sums.erase(name);
    CHECK_THROWS_WITH(run.resume(bad), message);
    bad.next_batch = 0;  // a new epoch needs none
    CHECK_NOTHROW(run.resume(bad));
  }
  snn::Checkpoint bad = good;
  bad.next_batch = 6;
  CHECK_THROWS_WITH(run.resume(bad), "checkpoint: batch 6 of an epoch of 5");
  bad = good;
  bad.adam_m.erase("w_0_1");
  CHECK_THROWS_WITH(run.resume(bad), Contains("w_0_1"));
}
