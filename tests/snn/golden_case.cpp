#include "tests/snn/golden_case.h"

#include <fmt/core.h>

#include "snn/model/parameter_list.h"

namespace support {

namespace {

/// Cases of the network of the paper name no features.
void read_features(const nlohmann::json& info, snn::NetworkParams& network) {
  const std::vector<int> at_once = {0};
  network.input_delays = info.value("input_delays", at_once);
  network.forward_delays = info.value("forward_delays", at_once);
  network.skip_delays = info.value("skip_delays", at_once);
  network.bias = info.value("bias", false);
  network.normalised = info.value("normalised", false);
  network.output_layer = snn::parse_name<snn::OutputLayer>(info.value("readout", "spiking"));
  network.adaptive = info.value("adaptive", std::vector<int>{});
  network.recurrent = info.value("recurrent", std::vector<int>{});
  network.recurrent_density = info.value("recurrent_density", 1.0);
}

snn::TrainingParams read_params(const nlohmann::json& info) {
  snn::TrainingParams p;
  info.at("sizes").get_to(p.network.sizes);
  info.at("self_recurrent").get_to(p.network.self_recurrent);
  info.at("bip").get_to(p.network.bip);
  info.at("tau_m").get_to(p.network.tau_m);
  info.at("tau_s").get_to(p.network.tau_s);
  info.at("v_th").get_to(p.network.v_th);
  for (const auto& skip : info.at("skips")) p.network.skips.push_back({skip.at(0), skip.at(1)});
  read_features(info, p.network);
  p.gradient.rule = snn::parse_name<snn::Rule>(info.at("rule"));
  p.gradient.bound = info.at("bound");
  p.gradient.layer_rate = info.at("layer_rate");
  const auto& loss = info.at("loss");
  p.loss.kind = snn::parse_name<snn::LossKind>(loss.at("kind"));
  p.loss.target_passes = loss.at("target_passes");
  p.loss.logit_gain = loss.value("logit_gain", 1.0);
  p.loss.label_smoothing = loss.value("label_smoothing", 0.0);
  if (p.loss.kind == snn::LossKind::kCount) {
    p.loss.desired_share = loss.at("desired").get<double>() / info.at("steps").get<double>();
    p.loss.undesired_share = loss.at("undesired").get<double>() / info.at("steps").get<double>();
  }
  const auto& trainer = info.at("trainer");
  p.optimiser = {.lr = trainer.at("lr"),
                 .lr_self = {},
                 .lr_theta = trainer.at("lr_theta").get<double>(),
                 .schedule = snn::Schedule::kConstant,
                 .beta1 = trainer.at("beta1"),
                 .beta2 = trainer.at("beta2"),
                 .eps = trainer.at("eps"),
                 .weight_decay = trainer.at("weight_decay"),
                 .clip_norm = trainer.at("clip_norm"),
                 .clip_weight = trainer.at("clip_weight"),
                 .theta_min = trainer.at("theta_min"),
                 .theta_max = trainer.at("theta_max")};
  return p;
}

}  // namespace

GoldenCase::GoldenCase(const std::filesystem::path& path)
    : golden(path), info(golden.json()), params(read_params(info)) {
  for (const snn::ParameterInfo& array : snn::parameter_list(params.network)) {
    const Array values = golden.array(array.name);
    parameters[array.name] = {array.shape, {values.values.begin(), values.values.end()}};
  }
}

std::vector<int> GoldenCase::lengths() const {
  if (!golden.has("lengths")) {
    const Array x = golden.array("x");
    return std::vector<int>(static_cast<std::size_t>(x.dim(0)), x.dim(1));
  }
  const Array lengths = golden.array("lengths");
  return {lengths.values.begin(), lengths.values.end()};
}

std::string Difference::text() const {
  return fmt::format("element {}: got {}, want {}, apart {}", index, got, want, largest);
}

double largest_magnitude(const std::vector<double>& values) {
  double largest = 0.0;
  for (const double v : values) largest = std::max(largest, std::abs(v));
  return largest;
}

}  // namespace support
