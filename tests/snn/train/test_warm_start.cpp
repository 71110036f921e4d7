#include "snn/train/warm_start.h"

#include <catch2/catch.hpp>

#include "snn/data/dropout.h"
#include "snn/model/init.h"
#include "snn/model/parameter_list.h"

using namespace snn;
using Catch::Matchers::Contains;

namespace {

/// 5-4-6-3 with self-connections, BIP everywhere and the skips 0:2 and 1:3; every value of the model is another one.
Model trained() {
  TrainingChoices choices{.preset = "plain"};
  choices.hidden = {4, 6};
  choices.skips = std::vector<Skip>{{0, 2}, {1, 3}};
  choices.bip_output = true;
  choices.values = {{"tau_m", 12.0}, {"input_scale", 3.0}, {"lr", 0.1}};
  Model model;
  model.training = resolve(choices, 5, 3).params;
  model.classes = {"a", "b", "c"};
  model.parameters = initial_parameters(model.training.network, {}, 99);
  float value = 0.0F;
  for (auto& [name, tensor] : model.parameters) {
    for (float& v : tensor.values) v = value += 0.001F;
  }
  return model;
}

/// Row of an output neuron in an array of the output layer.
std::vector<float> row(const Tensors& tensors, const std::string& name, std::size_t k, std::size_t n_classes) {
  const std::vector<float>& values = tensors.at(name).values;
  const std::size_t n = values.size() / n_classes;
  return {values.begin() + static_cast<std::ptrdiff_t>(k * n),
          values.begin() + static_cast<std::ptrdiff_t>((k + 1) * n)};
}

const std::vector<std::string> kOutputArrays = {"w_2_3", "w_1_3", "theta_3"};

}  // namespace

TEST_CASE("warm start: the same classes take everything, whatever their order") {
  const Model model = trained();
  const TrainingParams params = resolve_from(model, {.preset = "plain"}, 5, 3).params;
  CHECK(params.network == model.training.network);
  const WarmStart same = warm_start(model, model.classes, params);
  CHECK(same.parameters == model.parameters);
  CHECK(same.new_classes.empty());
  CHECK(same.left_classes.empty());

  const WarmStart turned = warm_start(model, {"c", "a", "b"}, params);
  CHECK(turned.taken_classes == std::vector<std::string>{"c", "a", "b"});
  for (const std::string& name : kOutputArrays) {
    CHECK(row(turned.parameters, name, 0, 3) == row(model.parameters, name, 2, 3));
    CHECK(row(turned.parameters, name, 1, 3) == row(model.parameters, name, 0, 3));
    CHECK(row(turned.parameters, name, 2, 3) == row(model.parameters, name, 1, 3));
  }
  for (const std::string name : {"w_0_1", "w_1_2", "w_0_2", "w_self_1", "w_self_2", "theta_1", "theta_2"}) {
    CHECK(turned.parameters.at(name) == model.parameters.at(name));
  }
}

TEST_CASE("warm start: under dropout too, what is scored at first is the model") {
  const Model model = trained();
  TrainingParams params = resolve_from(model, {.preset = "plain"}, 5, 3).params;
  params.augment.drop_neurons = 0.5;  // a power of two: no bit is lost
  WarmStart start = warm_start(model, model.classes, params);
  CHECK(start.parameters.at("w_0_1") == model.parameters.at("w_0_1"));
  CHECK(start.parameters.at("w_1_2").values[0] == 2.0F * model.parameters.at("w_1_2").values[0]);
  scale_for_scoring(start.parameters, params);
  CHECK(start.parameters == model.parameters);
}

TEST_CASE("warm start: new classes are drawn from the seed, old ones are left, the rest is the model's") {
  const Model model = trained();
  TrainingChoices choices{.preset = "plain"};
  choices.values["seed"] = std::uint64_t{5};
  const TrainingParams params = resolve_from(model, choices, 5, 4).params;
  CHECK(params.network.sizes == std::vector<int>{5, 4, 6, 4});
  const WarmStart start = warm_start(model, {"x", "b", "y", "a"}, params);
  CHECK(start.new_classes == std::vector<std::string>{"x", "y"});
  CHECK(start.taken_classes == std::vector<std::string>{"b", "a"});
  CHECK(start.left_classes == std::vector<std::string>{"c"});
  CHECK_NOTHROW(check_parameters(params.network, start.parameters));
  const Tensors drawn = initial_parameters(params.network, params.init, 5);
  for (const std::string& name : kOutputArrays) {
    CHECK(row(start.parameters, name, 0, 4) == row(drawn, name, 0, 4));
    CHECK(row(start.parameters, name, 1, 4) == row(model.parameters, name, 1, 3));
    CHECK(row(start.parameters, name, 2, 4) == row(drawn, name, 2, 4));
    CHECK(row(start.parameters, name, 3, 4) == row(model.parameters, name, 0, 3));
  }
  CHECK(start.parameters.at("w_0_1") == model.parameters.at("w_0_1"));
}

TEST_CASE("warm start: the network is the model's, everything else the preset's or the user's") {
  const Model model = trained();
  TrainingChoices choices{.preset = "plain"};
  choices.values["n_epochs"] = 3;
  choices.hidden = std::vector<int>{4, 6};  // agrees
  choices.values["tau_m"] = 12.0;
  const TrainingParams params = resolve_from(model, choices, 5, 3).params;
  CHECK(params.n_epochs == 3);
  CHECK(params.network.input_scale == 3.0);
  CHECK(params.optimiser.lr == 0.004);  // the preset's, not the model's 0.1
  choices.preset = "paper-digits";
  CHECK(resolve_from(model, choices, 5, 3).params.network.tau_m == 12.0);
}

TEST_CASE("warm start: what is frozen may be another choice, which counts beside the model's network") {
  Model model = trained();
  TrainingChoices choices{.preset = "best"};  // whose normalisation allows nothing frozen
  choices.frozen = std::vector{1};
  choices.values["drop_neurons"] = 0.0;
  const TrainingParams params = resolve_from(model, choices, 5, 3).params;
  CHECK(params.network.frozen == std::vector{1});
  CHECK(warm_start(model, model.classes, params).parameters == model.parameters);
  model.training.network.frozen = {2};
  const Resolved kept = resolve_from(model, {}, 5, 3);
  CHECK(kept.params.network.frozen == std::vector{2});
  CHECK_THAT(kept.notes.at(0), Contains("stay frozen") && Contains("2; --no-freeze"));
  choices.frozen = std::vector<int>{};
  CHECK(resolve_from(model, choices, 5, 3).params.network.frozen.empty());
  CHECK(resolve_from(model, choices, 5, 3).notes.empty());
  choices.frozen = std::vector{3};
  const TrainingParams output = resolve_from(model, choices, 5, 3).params;
  CHECK_NOTHROW(warm_start(model, model.classes, output));
  CHECK_THROWS_WITH(warm_start(model, {"a", "b", "new"}, output), Contains("frozen layer 3") && Contains("new"));
}

// The preset's network has parts that the rule refuses, the model's has not.
TEST_CASE("warm start: what a preset's network could not do, the model's may") {
  TrainingChoices choices{.preset = "best"};
  choices.values["rule"] = Rule::kSpikeTrain;
  CHECK_NOTHROW(resolve_from(trained(), choices, 5, 3));
}

// The preset's output layer does not fire, the model's does.
TEST_CASE("warm start: what follows from the output layer follows from the model's") {
  const Model model = trained();
  CHECK(resolve_from(model, {.preset = "plain"}, 5, 3).params.network.output_layer == OutputLayer::kSpiking);
  TrainingChoices choices{.preset = "best"};
  CHECK(resolve_from(model, choices, 5, 3).params.loss.logit_gain ==
        resolve({.values = {{"output_layer", OutputLayer::kSpiking}}}, 5, 3).params.loss.logit_gain);
  choices.bip_output = true;
  CHECK_NOTHROW(resolve_from(model, choices, 5, 3));
  choices.values["logit_gain"] = 5.0;
  CHECK(resolve_from(model, choices, 5, 3).params.loss.logit_gain == 5.0);
}

TEST_CASE("warm start: a choice that the model contradicts is refused, naming both") {
  const Model model = trained();
  struct Case {
    std::function<void(TrainingChoices&)> choose;
    std::string flag, found;
  };
  for (const Case& c : std::vector<Case>{
           {[](auto& t) {
              t.hidden = std::vector<int>{4, 5};
            },
            "--hidden [4, 5]", "has [4, 6]"},
           {[](auto& t) { t.self_recurrent = false; }, "--self-recurrent: layers []", "has [1, 2]"},
           {[](auto& t) { t.recurrent = std::vector{1}; }, "--recurrent [1]", "has []"},
           {[](auto& t) { t.bip = false; }, "--bip: layers []", "has [1, 2]"},
           {[](auto& t) { t.bip_output = false; }, "--bip-output false", "has true"},
           {[](auto& t) {
              t.skips = std::vector<Skip>{{1, 3}};
            },
            "--skip [\"1:3\"]", "has [\"0:2\", \"1:3\"]"},
           {[](auto& t) {
              t.delays = std::vector<int>{0, 5};
            },
            "--delays [0, 5]", "has [0]"},
           {[](auto& t) { t.input_delays = std::vector<int>{2}; }, "--input-delays [2]", "has [0]"},
           {[](auto& t) { t.forward_delays = std::vector<int>{2}; }, "--forward-delays [2]", "has [0]"},
           {[](auto& t) { t.skip_delays = std::vector<int>{2}; }, "--skip-delays [2]", "has [0]"},
           {[](auto& t) { t.adaptive = true; }, "--adaptive: layers [1, 2]", "has []"},
           {[](auto& t) { t.values["normalised"] = true; }, "--normalise: ", "plain weights"},
           {[](auto& t) { t.values["output_layer"] = OutputLayer::kMean; }, "--output-layer mean", "has spiking"},
           {[](auto& t) { t.values["tau_m"] = 16.0; }, "--tau-m 16", "has 12"},
           {[](auto& t) { t.values["tau_s"] = 9.0; }, "--tau-s 9", "has 8"},
           {[](auto& t) { t.values["v_th"] = 2.0; }, "--threshold 2", "has 1"},
           {[](auto& t) { t.values["input_scale"] = 1.0; }, "--input-scale 1", "has 3"},
       }) {
    TrainingChoices choices{.preset = "plain"};
    c.choose(choices);
    INFO(c.flag);
    CHECK_THROWS_WITH(resolve_from(model, choices, 5, 3), Contains(c.flag) && Contains(c.found));
  }
  TrainingChoices agrees{.preset = "plain"};
  agrees.skips = std::vector<Skip>{{1, 3}, {0, 2}};  // the order says nothing
  agrees.self_recurrent = agrees.bip = agrees.bip_output = true;
  CHECK(resolve_from(model, agrees, 5, 3).params.network == model.training.network);
  CHECK_THROWS_WITH(resolve_from(model, {.preset = "plain"}, 6, 3), Contains("5 channels") && Contains("have 6"));
  CHECK_THROWS_AS(warm_start(model, {"a", "b"}, resolve_from(model, {.preset = "plain"}, 5, 3).params),
                  std::invalid_argument);
}
