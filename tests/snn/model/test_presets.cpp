#include "snn/model/presets.h"

#include <catch2/catch.hpp>

using namespace snn;
using Catch::Matchers::Contains;

TEST_CASE("presets: best is the recipe of the measurements, best-large a wider one") {
  const TrainingParams p = resolve({}, 78, 10).params;
  CHECK(p.network == NetworkParams{.sizes = {78, 128, 128, 128, 10},
                                   .self_recurrent = {1, 2, 3},
                                   .bip = {1, 2, 3},
                                   .skips = {{1, 3}},
                                   .adaptive = {1, 2, 3},
                                   .input_delays = {0, 6, 12, 18},
                                   .forward_delays = {0, 6, 12, 18},
                                   .skip_delays = {0, 6, 12, 18},
                                   .normalised = true,
                                   .output_layer = OutputLayer::kMean,
                                   .tau_m = 5.0,
                                   .tau_s = 2.0});
  CHECK(p.gradient == GradientParams{.rule = Rule::kSurrogate});
  CHECK(p.loss == LossParams{.kind = LossKind::kMeanSoftmax, .label_smoothing = 0.1});
  CHECK(p.init == InitParams{});
  CHECK(p.optimiser == OptimiserParams{.lr = 0.004, .weight_decay = 0.001});
  CHECK(p.augment == AugmentParams{.shift_steps = 5, .shift_channels = 1, .drop_channels = 0.1, .drop_neurons = 0.1});
  TrainingParams large = p;
  large.network.sizes = {78, 256, 256, 256, 10};
  large.augment.drop_neurons = 0.2;
  CHECK(resolve({.preset = "best-large"}, 78, 10).params == large);
}

TEST_CASE("presets: plain is the paper's network by the recipe that is measured best for it") {
  const Resolved resolved = resolve({.preset = "plain"}, 78, 10);
  const TrainingParams& p = resolved.params;
  CHECK(resolved.notes.empty());
  CHECK(p.network.sizes == std::vector<int>{78, 100, 100, 100, 10});
  CHECK(p.network.self_recurrent == std::vector<int>{1, 2, 3});
  CHECK(p.network.bip == std::vector<int>{1, 2, 3});
  CHECK(p.network.skips == std::vector<Skip>{{1, 3}});
  CHECK(p.network.tau_m == 16.0);
  CHECK(p.network.tau_s == 8.0);
  CHECK(p.network.v_th == 1.0);
  CHECK(p.network.input_scale == 2.0);
  CHECK(p.gradient == GradientParams{.rule = Rule::kSurrogate, .bound = 8.0, .slope = 0.2});
  CHECK(p.loss == LossParams{.kind = LossKind::kCount, .desired_share = 0.30, .undesired_share = 0.03});
  CHECK(p.init == InitParams{.w_scale = 0.5, .w_self_mean = 0.0, .w_self_std = 0.0});
  CHECK(p.optimiser == OptimiserParams{.lr = 0.004,
                                       .schedule = Schedule::kCosine,
                                       .weight_decay = 0.0,
                                       .clip_norm = 1.0,
                                       .clip_weight = 4.0,
                                       .theta_min = 0.0,
                                       .theta_max = 0.999});
  CHECK(p.augment == AugmentParams{.shift_steps = 5, .shift_channels = 1, .drop_channels = 0.1});
  CHECK(p.batch_size == 50);
}

TEST_CASE("presets: the paper's are its table 1") {
  struct Row {
    const char* name;
    int channels, classes, width;
    double tau_m, lr;
  };
  const auto row = GENERATE(values<Row>({{"paper-alpha", 78, 26, 400, 16.0, 0.005},
                                         {"paper-digits", 78, 10, 100, 16.0, 0.005},
                                         {"paper-n-tidigits", 64, 11, 400, 64.0, 0.002}}));
  const Resolved resolved = resolve({.preset = row.name}, row.channels, row.classes);
  const TrainingParams& p = resolved.params;
  CHECK(resolved.notes.empty());
  CHECK(p.network.sizes == std::vector<int>{row.channels, row.width, row.width, row.width, row.classes});
  CHECK(p.network.self_recurrent == std::vector<int>{1, 2, 3});
  CHECK(p.network.bip == std::vector<int>{1, 2, 3});
  CHECK(p.network.skips == std::vector<Skip>{{1, 3}});
  CHECK(p.network.tau_m == row.tau_m);
  CHECK(p.network.tau_s == 8.0);
  CHECK(p.network.input_scale == 1.0);
  CHECK(p.gradient.rule == Rule::kLayer);
  CHECK(p.gradient.bound == 10.0);
  CHECK(p.gradient.layer_rate == 0.1);
  CHECK(p.loss.kind == LossKind::kKernel);
  CHECK(p.loss.target_passes == 1);
  CHECK(p.init.w_scale == 1.0);
  CHECK(p.optimiser.lr == row.lr);
  CHECK(p.optimiser.schedule == Schedule::kConstant);
  CHECK(p.augment == AugmentParams{0, 0});
  CHECK(p.n_epochs == 400);
  CHECK(p.batch_size == 50);
}

TEST_CASE("presets: another corpus than the paper's is noted") {
  const Resolved resolved = resolve({.preset = "paper-digits"}, 64, 10);
  REQUIRE(resolved.notes.size() == 1);
  CHECK_THAT(resolved.notes[0],
             Contains("paper-digits was made for 78 channels and 10 classes; these data have 64 and 10"));
}

TEST_CASE("presets: delays of all connections, and of one kind before them") {
  TrainingChoices c;
  c.hidden = {20, 30};
  c.adaptive = true;
  c.preset = "plain";
  c.delays = std::vector<int>{0, 5};
  c.skip_delays = std::vector<int>{7};
  c.values = {{"normalised", true}, {"output_layer", OutputLayer::kLeaky}};
  const NetworkParams network = resolve(c, 78, 10).params.network;
  CHECK(network.adaptive == std::vector<int>{1, 2});
  CHECK(network.input_delays == std::vector<int>{0, 5});
  CHECK(network.forward_delays == std::vector<int>{0, 5});
  CHECK(network.skip_delays == std::vector<int>{7});
  CHECK(network.normalised);
  CHECK_FALSE(network.bias);
  CHECK(network.output_layer == OutputLayer::kLeaky);
}

TEST_CASE("presets: choices of every kind win over the preset, and nothing else changes") {
  TrainingChoices c;
  c.preset = "paper-alpha";
  c.hidden = {20, 30};
  c.self_recurrent = false;
  c.bip = false;
  c.bip_output = true;
  c.skips = std::vector<Skip>{{0, 3}};
  TrainingParams wanted = resolve(c, 78, 26).params;
  CHECK(wanted.network ==
        NetworkParams{.sizes = {78, 20, 30, 26}, .self_recurrent = {}, .bip = {3}, .skips = {{0, 3}}, .adaptive = {}});
  c.values = {{"tau_m", 20.0},
              {"rule", Rule::kStep},
              {"bound", 1.0},
              {"target_passes", 2},
              {"w_scale", 0.25},
              {"kind", LossKind::kSoftmax},
              {"lr", 0.01},
              {"lr_self", 0.02},
              {"schedule", Schedule::kCosine},
              {"drop_channels", 0.05},
              {"n_epochs", 9},
              {"clip_scope", ClipScope::kArray},
              {"exponent_bound", 7.0},
              {"seed", std::uint64_t{11}}};
  wanted.network.tau_m = 20.0;
  wanted.gradient.rule = Rule::kStep;
  wanted.gradient.bound = 1.0;
  wanted.gradient.exponent_bound = 7.0;
  wanted.loss.kind = LossKind::kSoftmax;
  wanted.loss.target_passes = 2;
  wanted.init.w_scale = 0.25;
  wanted.optimiser.lr = 0.01;
  wanted.optimiser.lr_self = 0.02;
  wanted.optimiser.schedule = Schedule::kCosine;
  wanted.optimiser.clip_scope = ClipScope::kArray;
  wanted.augment.drop_channels = 0.05;
  wanted.n_epochs = 9;
  wanted.seed = 11;
  CHECK(resolve(c, 78, 26).params == wanted);
}

TEST_CASE("presets: the rate of plain falls with the widest layer and never exceeds 0.004") {
  const auto rate = [](std::vector<int> hidden) {
    const TrainingChoices choices{.preset = "plain", .hidden = std::move(hidden), .skips = std::vector<Skip>{}};
    return resolve(choices, 78, 10).params.optimiser.lr;
  };
  CHECK(rate({50, 50}) == 0.004);
  CHECK(rate({100}) == 0.004);
  CHECK(rate({100, 400}) == Approx(0.001).epsilon(1e-15));
  CHECK(rate({}) == 0.004);
  CHECK(resolve({.hidden = std::vector<int>{400, 400, 400}, .values = {{"lr", 0.01}}}, 78, 10).params.optimiser.lr ==
        0.01);
}

TEST_CASE("presets: the bound on 1/du follows the rule unless it is given") {
  CHECK(resolve({.values = {{"rule", Rule::kLayer}}}, 78, 10).params.gradient.bound == 10.0);
  CHECK(resolve({.values = {{"rule", Rule::kStep}}}, 78, 10).params.gradient.bound == 8.0);
  CHECK(resolve({.preset = "paper-digits", .values = {{"rule", Rule::kStep}}}, 78, 10).params.gradient.bound == 8.0);
  CHECK(resolve({.values = {{"rule", Rule::kLayer}, {"bound", 3.0}}}, 78, 10).params.gradient.bound == 3.0);
}

TEST_CASE("presets: the gain of the loss on means follows the output layer unless it is given") {
  const auto gain = [](std::map<std::string, FieldValue> values) {
    return resolve({.values = std::move(values)}, 78, 10).params.loss.logit_gain;
  };
  CHECK(gain({}) == 3.0);
  CHECK(gain({{"output_layer", OutputLayer::kLeaky}}) == 3.0);
  CHECK(gain({{"output_layer", OutputLayer::kSpiking}}) == 12.0);
  CHECK(gain({{"output_layer", OutputLayer::kSpiking}, {"logit_gain", 5.0}}) == 5.0);
  CHECK(gain({{"output_layer", OutputLayer::kSpiking}, {"kind", LossKind::kCount}}) == 3.0);
}

TEST_CASE("presets: a skip of the preset that no longer fits is left out with a note") {
  for (const std::vector<int>& hidden : {std::vector<int>{}, {100}, {100, 100}}) {
    const Resolved resolved = resolve({.hidden = hidden}, 78, 10);
    CHECK(resolved.params.network.skips.empty());
    REQUIRE(resolved.notes.size() == 1);
    CHECK_THAT(resolved.notes[0], Contains("skip 1:3 of preset best is left out"));
  }
  const Resolved deep = resolve({.hidden = std::vector<int>{9, 9, 9, 9}}, 78, 10);
  CHECK(deep.params.network.skips == std::vector<Skip>{{1, 3}});
  CHECK(deep.notes.empty());
}

TEST_CASE("presets: a skip the user gave and that does not fit is an error naming it") {
  TrainingChoices choices;
  choices.hidden = std::vector<int>{100, 100};
  choices.skips = std::vector<Skip>{{1, 4}};
  CHECK_THROWS_WITH(resolve(choices, 78, 10), Contains("skip is 1:4") && Contains("at most 3"));
  choices.skips = std::vector<Skip>{{1, 3}};  // to the output: unusual, but asked for
  CHECK(resolve(choices, 78, 10).params.network.skips == std::vector<Skip>{{1, 3}});
}

TEST_CASE("presets: a shift of the preset is as wide as few channels allow, one the user gave must fit") {
  const Resolved one = resolve({}, 1, 10);
  CHECK(one.params.augment.shift_channels == 0);
  CHECK(one.params.augment.shift_steps == 5);
  REQUIRE(one.notes.size() == 1);
  CHECK(one.notes[0] == "--shift-channels is 0, not 1 as in preset best: the data have 1 channel");
  CHECK(resolve({}, 2, 10).params.augment.shift_channels == 1);
  CHECK(resolve({}, 2, 10).notes.empty());
  CHECK(resolve({.values = {{"shift_channels", 0}}}, 1, 10).notes.empty());
  CHECK_THROWS_WITH(resolve({.values = {{"shift_channels", 1}}}, 1, 10),
                    "--shift-channels 1: the data have 1 channel, wanted 0");
  CHECK_THROWS_WITH(resolve({.values = {{"shift_channels", 78}}}, 78, 10),
                    "--shift-channels 78: the data have 78 channels, wanted 0 to 77");
}

TEST_CASE("presets: a choice without effect is refused, and says where it counts") {
  struct Case {
    TrainingChoices idle, counts;
    const char* said;
  };
  const auto with = [](TrainingChoices choices, std::map<std::string, FieldValue> values) {
    choices.values.merge(values);
    return choices;
  };
  const TrainingChoices step{.values = {{"rule", Rule::kStep}}}, kernel{.values = {{"kind", LossKind::kKernel}}};
  const TrainingChoices softmax{.values = {{"kind", LossKind::kSoftmax}}}, adaptive{.adaptive = true};
  const TrainingChoices mean{.values = {{"kind", LossKind::kMeanSoftmax}}}, layer{.values = {{"rule", Rule::kLayer}}};
  const TrainingChoices plain{.self_recurrent = false, .bip = false}, recurrent{.recurrent = std::vector{2}};
  const TrainingChoices spike_train{.values = {{"rule", Rule::kSpikeTrain}}};
  const TrainingChoices no_skip{.skips = std::vector<Skip>{}, .skip_delays = std::vector{0, 4}};
  const std::vector<Case> cases = {
      {with({}, {{"target_passes", 2}}), with(kernel, {{"target_passes", 2}}), "--target-passes"},
      {with(kernel, {{"desired_share", 0.4}}), with({}, {{"desired_share", 0.4}}), "--count-targets"},
      {with(kernel, {{"undesired_share", 0.1}}), with({}, {{"undesired_share", 0.1}}), "--count-targets"},
      {with(softmax, {{"logit_gain", 4.0}}), with(mean, {{"logit_gain", 4.0}}), "--logit-gain"},
      {with({}, {{"label_smoothing", 0.1}}), with(softmax, {{"label_smoothing", 0.1}}), "--label-smoothing"},
      {with({}, {{"label_smoothing", 0.1}}), with(mean, {{"label_smoothing", 0.1}}), "--loss softmax or mean-softmax"},
      {with({}, {{"bound", 9.0}}), with(layer, {{"bound", 9.0}}), "--bound"},
      {with(spike_train, {{"bound", 9.0}}), with(layer, {{"bound", 9.0}}), "--bound"},
      {with(spike_train, {{"slope", 0.3}}), with(step, {{"slope", 0.3}}), "--slope"},
      {with(spike_train, {{"self_gain", 1.0}}), with(step, {{"self_gain", 1.0}}), "--self-gain"},
      {with(step, {{"layer_rate", 0.2}}), with(layer, {{"layer_rate", 0.2}}), "--layer-rate"},
      {with({}, {{"self_gain", 1.0}}), with(step, {{"self_gain", 1.0}}), "--self-gain"},
      {with(plain, {{"rule", Rule::kStep}, {"self_gain", 1.0}}), with(step, {{"self_gain", 1.0}}), "--self-gain"},
      {with(plain, {{"w_self_mean", 0.1}}), with({}, {{"w_self_mean", 0.1}}), "--w-self-mean"},
      {with(plain, {{"w_self_std", 0.1}}), with({}, {{"w_self_std", 0.1}}), "--w-self-std"},
      {with(plain, {{"lr_self", 0.1}}), with({}, {{"lr_self", 0.1}}), "--lr-self"},
      {with(plain, {{"lr_theta", 0.1}}), with({}, {{"lr_theta", 0.1}}), "--lr-theta"},
      {with(plain, {{"tau_m_spread", 2.0}}), with({}, {{"tau_m_spread", 2.0}}), "--tau-m-spread"},
      {with({}, {{"tau_a", 20.0}}), with(adaptive, {{"tau_a", 20.0}}), "--tau-a"},
      {with({}, {{"adaptation", 0.2}}), with(adaptive, {{"adaptation", 0.2}}), "--adaptation"},
      {with({}, {{"recurrent_density", 0.5}}), with(recurrent, {{"recurrent_density", 0.5}}), "--recurrent-density"},
      {with({}, {{"w_rec_scale", 0.3}}), with(recurrent, {{"w_rec_scale", 0.3}}), "--w-rec-scale"},
      {with({}, {{"spectral_radius", 0.9}}), with(recurrent, {{"spectral_radius", 0.9}}), "--spectral-radius"},
      {with({}, {{"inhibitory_share", 0.2}}), with(recurrent, {{"inhibitory_share", 0.2}}), "--inhibitory-share"},
      {with({}, {{"clip_norm", 0.0}, {"clip_scope", ClipScope::kArray}}), with({}, {{"clip_scope", ClipScope::kArray}}),
       "--clip-scope"},
      {no_skip, {.skip_delays = std::vector{0, 4}}, "--skip-delays"},
      {with({}, {{"bias", false}, {"normalised", true}}), with({}, {{"bias", false}}), "--no-bias"}};
  const auto check = [](TrainingChoices choices, const std::string& preset = "plain") {
    choices.preset = preset;
    require_effect(choices, resolve(choices, 78, 10).params);
  };
  for (const Case& each : cases) {
    INFO(each.said);
    CHECK_THROWS_WITH(check(each.idle), Contains(each.said) && Contains("has no effect: it counts only"));
    CHECK_NOTHROW(check(each.counts));
  }
  CHECK_NOTHROW(check(with({}, {{"label_smoothing", 0.0}, {"lr_self", 0.0}})));  // zeros ask for nothing
  for (const Preset& preset : presets()) CHECK_NOTHROW(check({}, preset.name));
  CHECK_NOTHROW(check(with({}, {{"rule", Rule::kSurrogate}}), "paper-digits"));  // its bound is not a choice
}

TEST_CASE("presets: what cannot be is refused") {
  CHECK_THROWS_WITH(resolve({.values = {{"tau", 3.0}}}, 78, 10), "no parameter is named tau");
  CHECK_THROWS_AS(resolve({.values = {{"tau_m", 3}}}, 78, 10), std::bad_variant_access);
  CHECK_THROWS_WITH(
      resolve({.preset = "bset"}, 78, 10),
      "preset is \"bset\"; it must be one of best, best-large, plain, paper-alpha, paper-digits, paper-n-tidigits");
  CHECK_THROWS_WITH(resolve({.hidden = std::vector<int>{0}}, 78, 10), Contains("hidden layer 1 is 0"));
  CHECK_THROWS_WITH(resolve({}, 0, 10), Contains("number of channels is 0"));
}

TEST_CASE("presets: skips as text") {
  CHECK(parse_skip("1:3") == Skip{1, 3});
  CHECK(to_string(Skip{0, 12}) == "0:12");
  for (const char* text : {"", "1", "1:", ":3", "1:3:5", "1-3", "a:3", "1: 3", "1:99999999999", "1:3 "}) {
    INFO(text);
    CHECK_THROWS_WITH(parse_skip(text), Contains("it must be FROM:TO"));
  }
}
