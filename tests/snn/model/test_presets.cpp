#include "snn/model/presets.h"

#include <catch2/catch.hpp>

using namespace snn;
using Catch::Matchers::Contains;

TEST_CASE("presets: best is the recipe of the measurements") {
  const Resolved resolved = resolve({}, 78, 10);
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

TEST_CASE("presets: every choice wins over the preset") {
  TrainingChoices c;
  c.preset = "paper-alpha";
  c.hidden = {20, 30};
  c.self_recurrent = false;
  c.bip = false;
  c.bip_output = true;
  c.skips = std::vector<Skip>{{0, 3}};
  c.tau_m = 20.0, c.tau_s = 5.0, c.v_th = 0.5, c.input_scale = 3.0;
  c.rule = Rule::kStep;
  c.bound = 1.0, c.slope = 0.7, c.layer_rate = 0.2, c.self_gain = 1.5;
  c.loss = LossKind::kSoftmax;
  c.target_passes = 2;
  c.desired_share = 0.5, c.undesired_share = 0.1;
  c.w_scale = 0.25, c.w_self_mean = 0.1, c.w_self_std = 0.2, c.tau_m_spread = 2.0;
  c.lr = 0.01, c.lr_self = 0.02, c.lr_theta = 0.03;
  c.schedule = Schedule::kCosine;
  c.beta1 = 0.8, c.beta2 = 0.9, c.eps = 1e-6, c.weight_decay = 0.01, c.clip_norm = 2.0, c.clip_weight = 3.0;
  c.theta_min = 0.1, c.theta_max = 0.99;
  c.clip_scope = ClipScope::kArray;
  c.ema_decay = 0.99;
  c.shift_steps = 4, c.shift_channels = 2, c.warp = 0.1, c.gain_db = 6.0;
  c.drop_channels = 0.05, c.mask_channels = 8, c.mask_steps = 9, c.drop_neurons = 0.2;
  c.n_epochs = 9, c.batch_size = 7;
  c.seed = 11;
  const TrainingParams p = resolve(c, 78, 26).params;
  const NetworkParams network{{78, 20, 30, 26}, {}, {3}, {{0, 3}}, 20.0, 5.0, 0.5, 3.0};
  CHECK(p.network == network);
  CHECK(p.gradient ==
        GradientParams{.rule = Rule::kStep, .bound = 1.0, .slope = 0.7, .layer_rate = 0.2, .self_gain = 1.5});
  CHECK(p.loss == LossParams{LossKind::kSoftmax, 2, 0.5, 0.1});
  CHECK(p.init == InitParams{0.25, 0.1, 0.2, 2.0});
  CHECK(p.optimiser == OptimiserParams{0.01, 0.02, 0.03, Schedule::kCosine, 0.8, 0.9, 1e-6, 0.01, 2.0, 3.0, 0.1, 0.99,
                                       ClipScope::kArray, 0.99});
  CHECK(p.augment == AugmentParams{4, 2, 0.1, 6.0, 0.05, 8, 9, 0.2});
  CHECK(p.n_epochs == 9);
  CHECK(p.batch_size == 7);
  CHECK(p.seed == 11);
}

TEST_CASE("presets: the rate of best falls with the widest layer and never exceeds 0.004") {
  const auto rate = [](std::vector<int> hidden) {
    return resolve({.hidden = std::move(hidden), .skips = std::vector<Skip>{}}, 78, 10).params.optimiser.lr;
  };
  CHECK(rate({50, 50}) == 0.004);
  CHECK(rate({100}) == 0.004);
  CHECK(rate({100, 400}) == Approx(0.001).epsilon(1e-15));
  CHECK(rate({}) == 0.004);
  CHECK(resolve({.hidden = std::vector<int>{400, 400, 400}, .lr = 0.01}, 78, 10).params.optimiser.lr == 0.01);
}

TEST_CASE("presets: the bound on 1/du follows the rule unless it is given") {
  CHECK(resolve({.rule = Rule::kLayer}, 78, 10).params.gradient.bound == 10.0);
  CHECK(resolve({.rule = Rule::kStep}, 78, 10).params.gradient.bound == 8.0);
  CHECK(resolve({.preset = "paper-digits", .rule = Rule::kStep}, 78, 10).params.gradient.bound == 8.0);
  CHECK(resolve({.rule = Rule::kLayer, .bound = 3.0}, 78, 10).params.gradient.bound == 3.0);
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
  CHECK(resolve({.shift_channels = 0}, 1, 10).notes.empty());
  CHECK_THROWS_WITH(resolve({.shift_channels = 1}, 1, 10), "--shift-channels 1: the data have 1 channel, wanted 0");
  CHECK_THROWS_WITH(resolve({.shift_channels = 78}, 78, 10),
                    "--shift-channels 78: the data have 78 channels, wanted 0 to 77");
}

TEST_CASE("presets: what cannot be is refused") {
  CHECK_THROWS_WITH(resolve({.preset = "bset"}, 78, 10),
                    "preset is \"bset\"; it must be one of best, paper-alpha, paper-digits, paper-n-tidigits");
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
