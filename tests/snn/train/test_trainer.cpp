#include "snn/train/trainer.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "snn/model/presets.h"
#include "tests/snn/synthetic.h"

using Catch::Matchers::Contains;

namespace {

bool go_on(const snn::BatchReport&) {
  return true;
}

struct Run {
  snn::Dataset train, valid;
  std::unique_ptr<snn::Backend<float>> backend = snn::make_backend({.n_threads = 1});

  snn::Trainer trainer(const snn::TrainingParams& params, bool with_valid = false) {
    const snn::Dataset* set = with_valid ? &valid : nullptr;
    return {snn::start_training(params, train, set, "raster", "[]"), train, set, *backend};
  }
};

/// The message of the exception with which the run ends; empty if it ends well.
std::string failure(snn::Trainer& trainer, const std::function<void()>& before_batch = {}) {
  try {
    while (!trainer.is_done()) {
      trainer.run_epoch([&](const snn::BatchReport&) {
        if (before_batch) before_batch();
        return true;
      });
    }
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

bool all_finite(const snn::Tensors& tensors) {
  return std::ranges::all_of(tensors, [](const auto& entry) {
    return std::ranges::all_of(entry.second.values, [](float v) { return std::isfinite(v); });
  });
}

}  // namespace

TEST_CASE("trainer: separable patterns are learnt by the preset best and by the layer rule") {
  const std::string preset = GENERATE("best", "paper-digits");
  snn::TrainingChoices choices;
  choices.preset = preset;
  choices.hidden = {24, 24, 24};
  choices.values = {{"shift_channels", 0},  // a channel's number tells its class here
                    {"n_epochs", 25},
                    {"batch_size", 10}};
  const snn::Resolved resolved = snn::resolve(choices, 16, 4);
  Run run{support::synthetic({.n_channels = 16, .n_utterances = 80, .min_steps = 20, .max_steps = 40}),
          support::synthetic({.n_channels = 16, .n_utterances = 40, .min_steps = 20, .max_steps = 40, .seed = 2})};
  snn::Trainer trainer = run.trainer(resolved.params, true);
  std::optional<snn::EpochReport> report;
  while (!trainer.is_done()) report = trainer.run_epoch(go_on);
  INFO(preset << ", loss " << report->loss << ", accuracy " << report->accuracy);
  CHECK(report->accuracy == 1.0);
  CHECK(report->valid->accuracy() == 1.0);
}

// 24 utterances in batches of 5: 5 batches, the last of 4.
TEST_CASE("trainer: reports count epochs and batches from one and hold means over utterances") {
  Run run{support::synthetic(), {}};
  snn::TrainingParams params = support::small_training();
  params.optimiser.lr = 0.0;
  params.augment = {};
  params.optimiser.schedule = snn::Schedule::kCosine;
  params.loss.kind = GENERATE(snn::LossKind::kCount, snn::LossKind::kSoftmax);
  snn::Trainer trainer = run.trainer(params);
  // With a rate of 0 every batch sees the initial network, so the epoch's means are those of the whole set.
  snn::Network<float> network(params.network, params.gradient, *run.backend);
  network.set_parameters(trainer.model("last").parameters);
  std::vector<int> all(24);
  for (int i = 0; i < 24; ++i) all[static_cast<std::size_t>(i)] = i;
  network.forward(snn::make_batch(run.train, all));
  network.backward(params.loss);
  const double loss = network.loss() / (params.loss.kind == snn::LossKind::kCount ? 24.0 : 1.0);
  const snn::Evaluation evaluation = snn::evaluate(network, run.train, 24);
  std::vector<std::int64_t> fired;  // of each neuron
  for (int layer = 1; layer <= 3; ++layer) {
    const std::vector<int> counts = network.spike_counts(layer);
    const std::size_t n = counts.size() / 24;
    for (std::size_t i = 0; i < n; ++i) {
      fired.push_back(0);
      for (std::size_t b = 0; b < 24; ++b) fired.back() += counts[b * n + i];
    }
  }

  for (int epoch = 1; epoch <= 3; ++epoch) {
    int n_batches = 0;
    const auto report = trainer.run_epoch([&](const snn::BatchReport& batch) {
      CHECK(batch.epoch == epoch);
      CHECK(batch.n_epochs == 3);
      CHECK(batch.batch == ++n_batches);
      CHECK(batch.n_batches == 5);
      return true;
    });
    REQUIRE(report.has_value());
    CHECK(n_batches == 5);
    CHECK(report->epoch == epoch);
    CHECK(report->loss == Approx(loss).epsilon(1e-6));  // float errors, summed in another order
    CHECK(report->accuracy == snn::score(evaluation, run.train).all().accuracy());
    CHECK(report->gradient_norm > 0.0);
    CHECK(report->rate_factor == snn::rate_factor({.schedule = snn::Schedule::kCosine}, 5 * epoch - 1, 15));
    CHECK(report->firing_rates == snn::firing_rates(params.network, evaluation.counts));
    const snn::NeuronShares shares = snn::neuron_shares(params.network, fired, evaluation.counts.n_steps);
    CHECK(report->neurons.silent == shares.silent);
    CHECK(report->neurons.saturated == shares.saturated);
    CHECK(report->arrays.size() == trainer.model("last").parameters.size());
    double squares = 0.0;  // a mean of norms is at most the root of the sum of squared means
    for (const snn::ArrayReport& array : report->arrays) {
      CHECK(array.gradient.has_value() == (array.name != "theta_3"));
      if (array.gradient) squares += array.gradient->norm * array.gradient->norm;
    }
    CHECK(std::sqrt(squares) <= report->gradient_norm * (1.0 + 1e-12));
    CHECK(std::sqrt(squares) > 0.5 * report->gradient_norm);
    CHECK_FALSE(report->valid.has_value());
    CHECK_FALSE(report->is_best);
  }
  CHECK(trainer.is_done());
}

TEST_CASE("trainer: the best epoch is the first with the highest validation accuracy") {
  Run run{support::synthetic({.own_rate = 0.3, .other_rate = 0.2}),
          support::synthetic({.own_rate = 0.3, .other_rate = 0.2, .seed = 2})};
  snn::TrainingParams params = support::small_training();
  params.n_epochs = 12;
  params.optimiser.lr = 0.01;  // accuracies go up and down
  snn::Trainer trainer = run.trainer(params, true);
  double best = -1.0;
  int best_epoch = 0, n_not_best = 0;
  while (!trainer.is_done()) {
    const auto report = trainer.run_epoch(go_on);
    const snn::Model model = trainer.model("last");
    const double accuracy = report->valid->accuracy();
    CHECK(model.valid_accuracy == accuracy);
    snn::Network<float> network(params.network, params.gradient, *run.backend);
    network.set_parameters(model.parameters);
    CHECK(snn::score(snn::evaluate(network, run.valid, 24), run.valid).all() == *report->valid);
    CHECK(report->is_best == (accuracy > best));
    if (accuracy > best) best_epoch = report->epoch;
    n_not_best += report->is_best ? 0 : 1;
    best = std::max(best, accuracy);
    CHECK(report->best_accuracy == best);
    CHECK(report->best_epoch == best_epoch);
  }
  CHECK(n_not_best > 2);
  CHECK(best_epoch > 1);
}

// Two runs that differ in averaging alone learn the same; what is scored and stored is the average.
TEST_CASE("trainer: validation and model see the average, the training does not") {
  Run run{support::synthetic({.own_rate = 0.3, .other_rate = 0.2}),
          support::synthetic({.own_rate = 0.3, .other_rate = 0.2, .seed = 2})};
  snn::TrainingParams params = support::small_training();
  params.optimiser.lr = 0.01;
  params.n_epochs = 8;
  snn::Trainer plain = run.trainer(params, true);
  params.optimiser.ema_decay = 0.95;
  snn::Trainer averaged = run.trainer(params, true);
  bool differs = false;
  while (!averaged.is_done()) {
    const auto without = plain.run_epoch(go_on), with = averaged.run_epoch(go_on);
    CHECK(with->loss == without->loss);
    const snn::Checkpoint state = averaged.state();
    CHECK(state.model.parameters == plain.model("last").parameters);
    CHECK(plain.state().ema.empty());
    const snn::Model model = averaged.model("last");
    for (const auto& [name, tensor] : model.parameters) {
      CHECK(tensor == (name == "theta_3" ? state.model.parameters : state.ema).at(name));
    }
    CHECK_FALSE(model.parameters == state.model.parameters);
    snn::Network<float> network(params.network, params.gradient, *run.backend);
    network.set_parameters(model.parameters);
    CHECK(snn::score(snn::evaluate(network, run.valid, 24), run.valid).all() == *with->valid);
    differs = differs || !(*with->valid == *without->valid);
  }
  CHECK(differs);
}

// One utterance of intensities near float's end; twice as large, they are infinite.
TEST_CASE("trainer: stops at a norm that is not finite, naming epoch, batch and keys, with finite parameters") {
  Run run{support::synthetic(), {}};
  snn::Utterance& loud = run.train.utterances[17];
  loud.values = std::vector<float>(static_cast<std::size_t>(loud.n_steps * 12), 3e38F);
  const snn::TrainingParams params = support::small_training();
  const std::vector<int> order = snn::epoch_order(24, params.seed, 0);
  const auto place = std::find(order.begin(), order.end(), 17) - order.begin();
  snn::Trainer trainer = run.trainer(params);
  snn::Tensors last = trainer.state().model.parameters;
  const std::string text = failure(trainer, [&] { last = trainer.model("last").parameters; });
  CHECK_THAT(text,
             Contains("epoch 1, batch " + std::to_string(place / 5 + 1) + ":") && Contains("u17") && Contains("--lr"));
  CHECK(all_finite(trainer.model("last").parameters));
  CHECK(trainer.model("last").parameters == last);
  CHECK(trainer.state().next_batch == place / 5);
  CHECK_NOTHROW(snn::serialise(trainer.state()));
}

TEST_CASE("trainer: weights so large that the error overflows stop it in the first batch") {
  Run run{support::synthetic({.n_utterances = 9}), {}};
  snn::TrainingParams params = support::small_training();
  params.init.w_scale = 1e30;
  params.batch_size = 9;
  snn::Trainer trainer = run.trainer(params);
  CHECK_THAT(failure(trainer), Contains("epoch 1, batch 1: gradient norm nan, wanted") && Contains(" and 4 more)") &&
                                   Contains("lower --input-scale or --w-scale") && !Contains("--lr"));
  CHECK(all_finite(trainer.model("last").parameters));
}

TEST_CASE("trainer: any allowed rate leaves finite parameters") {
  Run run{support::synthetic(), {}};
  snn::TrainingParams params = support::small_training();
  params.optimiser.lr = 1e6;
  params.optimiser.weight_decay = 1e6;
  params.optimiser.eps = 1e-30;
  snn::Trainer trainer = run.trainer(params);
  failure(trainer);
  CHECK(all_finite(trainer.model("last").parameters));
}
