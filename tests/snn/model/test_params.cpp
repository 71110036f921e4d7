#include "snn/model/params.h"

#include <catch2/catch.hpp>
#include <functional>
#include <limits>

using namespace snn;
using Catch::Matchers::Contains;

namespace {

TrainingParams good() {
  TrainingParams params;
  params.network.sizes = {78, 100, 100, 100, 10};
  params.network.self_recurrent = {1, 2, 3};
  params.network.bip = {1, 2, 3};
  params.network.skips = {{1, 3}};
  return params;
}

struct Case {
  const char* message;
  std::function<void(TrainingParams&)> spoil;
};

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("params: the defaults are valid on any shape of network") {
  CHECK_NOTHROW(validate(good()));
  TrainingParams params;
  params.network.sizes = {1, 1};
  CHECK_NOTHROW(validate(params));
}

TEST_CASE("params: a skip may start at the input and end at the output") {
  TrainingParams params = good();
  params.network.skips = {{0, 2}, {0, 4}, {2, 4}};
  CHECK_NOTHROW(validate(params));
}

TEST_CASE("params: an output layer of potentials may train their decay") {
  TrainingParams params = good();
  params.network.output_layer = OutputLayer::kLeaky;
  params.network.bip = {1, 4};
  params.network.adaptive = {1, 3};
  params.network.input_delays = {0, 1, 10'000};
  params.network.forward_delays = {7};
  CHECK_NOTHROW(validate(params));
  params.network.output_layer = OutputLayer::kSpiking;
  params.network.adaptive = {4};
  CHECK_NOTHROW(validate(params));
}

TEST_CASE("params: each bad field is named with the value found and the range") {
  const auto example = GENERATE(values<Case>({
      {"number of populations is 1; it must be at least 2", [](auto& p) { p.network.sizes = {5}; }},
      {"number of channels is 0; it must be 1 to", [](auto& p) { p.network.sizes[0] = 0; }},
      {"number of neurons of hidden layer 2 is -3", [](auto& p) { p.network.sizes[2] = -3; }},
      {"number of classes is 1048577", [](auto& p) { p.network.sizes[4] = 1048577; }},
      {"number of layers is 1001", [](auto& p) { p.network.sizes.assign(1002, 1); }},
      {"number of parameters is",
       [](auto& p) {
         p.network.sizes = {78, 1000000, 1000000, 1000000, 10};
       }},
      {"self-recurrent layer is 5; it must be a layer from 1 to 4", [](auto& p) { p.network.self_recurrent = {5}; }},
      {"self-recurrent layer is 1; it must be listed once",
       [](auto& p) {
         p.network.self_recurrent = {2, 1};
       }},
      {"recurrent layer is 4; it must be a layer from 1 to 3", [](auto& p) { p.network.recurrent = {4}; }},
      {"recurrent layer is 1; it must be a hidden layer, and there is none",
       [](auto& p) { p.network.sizes = {5, 3}, p.network.recurrent = {1}, p.network.self_recurrent = {}, p.network.bip = {}, p.network.skips = {}; }},
      {"w_rec_scale is 1e+39; it must be 0 to", [](auto& p) { p.init.w_rec_scale = 1e39; }},
      {"number of neurons of recurrent layer 2 is 65537; it must be at most 65536",
       [](auto& p) { p.network.sizes[2] = 65537, p.network.recurrent = {2}; }},
      {"recurrent_density is 0; it must be greater than 0", [](auto& p) { p.network.recurrent_density = 0.0; }},
      {"spectral_radius is -1", [](auto& p) { p.init.spectral_radius = -1.0; }},
      {"inhibitory_share is 1.5", [](auto& p) { p.init.inhibitory_share = 1.5; }},
      {"frozen layer is 5", [](auto& p) { p.network.frozen = {5}; }},
      {"number of frozen layers is 4", [](auto& p) { p.network.frozen = {1, 2, 3, 4}; }},
      {"normalised is true; it must be off (--no-normalise) where layers are frozen",
       [](auto& p) { p.network.normalised = true, p.network.frozen = {1}; }},
      {"layer with intrinsic plasticity (BIP) is 0", [](auto& p) { p.network.bip = {0}; }},
      {"layer with intrinsic plasticity (BIP) is 2; it must be listed once",
       [](auto& p) {
         p.network.bip = {2, 2};
       }},
      {"skip is 1:5",
       [](auto& p) {
         p.network.skips = {{1, 5}};
       }},
      {"skip is 1:2",
       [](auto& p) {
         p.network.skips = {{1, 2}};
       }},
      {"skip is 3:1",
       [](auto& p) {
         p.network.skips = {{3, 1}};
       }},
      {"skip is -1:3",
       [](auto& p) {
         p.network.skips = {{-1, 3}};
       }},
      {"skip is 2147483647:2",
       [](auto& p) {
         p.network.skips = {{2147483647, 2}};
       }},
      {"skip is 1:3; it must be given once",
       [](auto& p) {
         p.network.skips = {{1, 3}, {1, 3}};
       }},
      {"adaptive layer is 5; it must be a layer from 1 to 4", [](auto& p) { p.network.adaptive = {5}; }},
      {"number of delays is 0; it must be 1 to 100", [](auto& p) { p.network.input_delays.clear(); }},
      {"number of delays is 101; it must be 1 to 100", [](auto& p) { p.network.skip_delays.assign(101, 1); }},
      {"delay is -1; it must be 0 to 10000 steps", [](auto& p) { p.network.forward_delays = {-1}; }},
      {"delay is 10001; it must be 0 to 10000 steps", [](auto& p) { p.network.forward_delays = {10'001}; }},
      {"delay is 3; it must be given once and in ascending order",
       [](auto& p) {
         p.network.skip_delays = {0, 3, 3};
       }},
      {"delay is 2; it must be given once and in ascending order",
       [](auto& p) {
         p.network.input_delays = {5, 2};
       }},
      {"self-recurrent layer is 4; it must be a hidden layer, as the output layer does not fire",
       [](auto& p) {
         p.network.output_layer = OutputLayer::kLeaky;
         p.network.self_recurrent = {1, 4};
       }},
      {"adaptive layer is 4; it must be a hidden layer, as the output layer does not fire",
       [](auto& p) {
         p.network.output_layer = OutputLayer::kMean;
         p.network.adaptive = {4};
       }},
      {"layer with intrinsic plasticity (BIP) is 4; it must be a hidden layer, for the output layer mean has no membrane decay",
       [](auto& p) {
         p.network.output_layer = OutputLayer::kMean;
         p.network.bip = {1, 4};
       }},
      {"number of parameters is",
       [](auto& p) {
         p.network.sizes = {1000000, 1000, 10};
         p.network.self_recurrent = p.network.bip = {};
         p.network.skips = {};
         p.network.input_delays = {0, 1, 2};
       }},
      {"number of skips times their delays is 1001000; it must be at most 1000000",
       [](auto& p) {
         p.network.sizes.assign(1001, 1);
         p.network.skip_delays.clear();
         for (int d = 0; d < 100; ++d) p.network.skip_delays.push_back(d);
         p.network.skips.clear();
         for (int i = 0; i < 10'010; ++i) p.network.skips.push_back({i / 900, i / 900 + 2 + i % 900});
       }},
      {"tau_a is 1; it must be greater than 1", [](auto& p) { p.network.tau_a = 1.0; }},
      {"logit_gain is 0; it must be greater than 0", [](auto& p) { p.loss.logit_gain = 0.0; }},
      {"label_smoothing is 1; it must be at least 0 and below 1", [](auto& p) { p.loss.label_smoothing = 1.0; }},
      {"adaptation is -1; it must be at least 0", [](auto& p) { p.init.adaptation = -1.0; }},
      {"output layer 7 has no name", [](auto& p) { p.network.output_layer = static_cast<OutputLayer>(7); }},
      {"tau_m is 1; it must be greater than 1", [](auto& p) { p.network.tau_m = 1.0; }},
      {"tau_m is inf", [](auto& p) { p.network.tau_m = kInf; }},
      {"tau_s is 0.5; it must be at least 1", [](auto& p) { p.network.tau_s = 0.5; }},
      {"v_th is 0; it must be greater than 0", [](auto& p) { p.network.v_th = 0.0; }},
      {"input_scale is nan", [](auto& p) { p.network.input_scale = kNan; }},
      {"bound is 0", [](auto& p) { p.gradient.bound = 0.0; }},
      {"slope is -1", [](auto& p) { p.gradient.slope = -1.0; }},
      {"exponent_bound is 81", [](auto& p) { p.gradient.exponent_bound = 81.0; }},
      {"warm_fraction is -1", [](auto& p) { p.gradient.warm_fraction = -1.0; }},
      {"layer_rate is 1.5; it must be 0 to 1", [](auto& p) { p.gradient.layer_rate = 1.5; }},
      {"self_gain is -1", [](auto& p) { p.gradient.self_gain = -1.0; }},
      {"target_passes is 3; it must be 1 to 2", [](auto& p) { p.loss.target_passes = 3; }},
      {"desired_share is 2; it must be 0 to 1", [](auto& p) { p.loss.desired_share = 2.0; }},
      {"undesired_share is 0.5; it must be 0 to desired_share (0.3)", [](auto& p) { p.loss.undesired_share = 0.5; }},
      {"w_scale is -0.5", [](auto& p) { p.init.w_scale = -0.5; }},
      {"w_self_mean is nan", [](auto& p) { p.init.w_self_mean = kNan; }},
      {"w_self_std is -1", [](auto& p) { p.init.w_self_std = -1.0; }},
      {"tau_m_spread is 0.5; it must be 1 to 100", [](auto& p) { p.init.tau_m_spread = 0.5; }},
      {"tau_m_spread is 100; it must be so small", [](auto& p) { p.init.tau_m_spread = 100.0; }},
      {"adaptation is 5; it must be 0 to clip_weight (4)",
       [](auto& p) {
         p.network.adaptive = {2};
         p.init.adaptation = 5.0;
       }},
      {"rule is spike-train; it must be another one for a network with normalised drives (--preset plain",
       [](auto& p) {
         p.gradient.rule = Rule::kSpikeTrain;
         p.network.normalised = true;
       }},
      {"rule is spike-train; it must be another one for a network with recurrent layers",
       [](auto& p) {
         p.gradient.rule = Rule::kSpikeTrain;
         p.network.recurrent = {2};
       }},
      {"rule is spike-train; it must be another one for a network with adaptation (--preset plain",
       [](auto& p) {
         p.gradient.rule = Rule::kSpikeTrain;
         p.network.adaptive = {2};
       }},
      {"rule is spike-train; it must be another one for a network with an output layer that does not fire (--preset plain",
       [](auto& p) {
         p.gradient.rule = Rule::kSpikeTrain;
         p.network.output_layer = OutputLayer::kLeaky;
       }},
      {"lr is nan; it must be a finite number", [](auto& p) { p.optimiser.lr = kNan; }},
      {"lr_self is -1", [](auto& p) { p.optimiser.lr_self = -1.0; }},
      {"lr_theta is -1", [](auto& p) { p.optimiser.lr_theta = -1.0; }},
      {"beta1 is 1; it must be at least 0 and below 1", [](auto& p) { p.optimiser.beta1 = 1.0; }},
      {"beta2 is -1", [](auto& p) { p.optimiser.beta2 = -1.0; }},
      {"eps is 0", [](auto& p) { p.optimiser.eps = 0.0; }},
      {"weight_decay is -1", [](auto& p) { p.optimiser.weight_decay = -1.0; }},
      {"clip_norm is -1", [](auto& p) { p.optimiser.clip_norm = -1.0; }},
      {"clip_weight is 0", [](auto& p) { p.optimiser.clip_weight = 0.0; }},
      {"theta_max is 1; it must be at least 0 and below 1", [](auto& p) { p.optimiser.theta_max = 1.0; }},
      {"theta_min is 0.9995; it must be 0 to theta_max (0.999)", [](auto& p) { p.optimiser.theta_min = 0.9995; }},
      {"ema_decay is 1; it must be at least 0 and below 1", [](auto& p) { p.optimiser.ema_decay = 1.0; }},
      {"shift_steps is -1", [](auto& p) { p.augment.shift_steps = -1; }},
      {"shift_channels is -1", [](auto& p) { p.augment.shift_channels = -1; }},
      {"shift_channels is 78; it must be below the number of channels (78)",
       [](auto& p) { p.augment.shift_channels = 78; }},
      {"warp is 0.6; it must be 0 to 0.5", [](auto& p) { p.augment.warp = 0.6; }},
      {"gain_db is 61; it must be 0 to 60 (dB)", [](auto& p) { p.augment.gain_db = 61.0; }},
      {"drop_channels is 1; it must be at least 0 and below 1", [](auto& p) { p.augment.drop_channels = 1.0; }},
      {"mask_channels is -1", [](auto& p) { p.augment.mask_channels = -1; }},
      {"mask_channels is 78; it must be below the number of channels (78)",
       [](auto& p) { p.augment.mask_channels = 78; }},
      {"mask_steps is 2147483647; it must be 0 to 1000000000 (steps)",
       [](auto& p) { p.augment.mask_steps = std::numeric_limits<int>::max(); }},
      {"drop_neurons is nan", [](auto& p) { p.augment.drop_neurons = kNan; }},
      {"n_epochs is 0", [](auto& p) { p.n_epochs = 0; }},
      {"batch_size is 0", [](auto& p) { p.batch_size = 0; }},
      {"rule 7 has no name", [](auto& p) { p.gradient.rule = static_cast<Rule>(7); }},
      {"loss 7 has no name", [](auto& p) { p.loss.kind = static_cast<LossKind>(7); }},
      {"schedule 7 has no name", [](auto& p) { p.optimiser.schedule = static_cast<Schedule>(7); }},
      {"clip scope 7 has no name", [](auto& p) { p.optimiser.clip_scope = static_cast<ClipScope>(7); }},
  }));
  TrainingParams params = good();
  example.spoil(params);
  INFO(example.message);
  CHECK_THROWS_WITH(validate(params), Contains(example.message));
  CHECK_THROWS_AS(validate(params), std::invalid_argument);
}

TEST_CASE("params: names are read back, others list the choice") {
  for (const Rule rule : {Rule::kStep, Rule::kSurrogate, Rule::kLayer, Rule::kSpikeTrain}) {
    CHECK(parse_name<Rule>(to_string(rule)) == rule);
  }
  CHECK(to_string(Rule::kLayer) == "layer");
  CHECK(to_string(Rule::kSpikeTrain) == "spike-train");
  CHECK(to_string(LossKind::kSoftmax) == "softmax");
  CHECK(to_string(Schedule::kCosine) == "cosine");
  CHECK(to_string(ClipScope::kArray) == "array");
  CHECK(to_string(OutputLayer::kMean) == "mean");
  CHECK(parse_name<LossKind>("mean-softmax") == LossKind::kMeanSoftmax);
  CHECK_THROWS_WITH(parse_name<Rule>("steps"),
                    "rule is \"steps\"; it must be one of step, surrogate, layer, spike-train");
  CHECK_THROWS_WITH(parse_name<LossKind>(""), Contains("kernel, count, softmax"));
  CHECK_THROWS_WITH(parse_name<Schedule>("Cosine"), Contains("constant, cosine"));
}
