#include "snn/model/params.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <type_traits>
#include <utility>

namespace snn {
namespace {

// Far above any network of this kind; keeps products of sizes within 64 bits and a forged file from asking for memory.
constexpr int kMaxNeurons = 1 << 20;
constexpr int kMaxLayers = 1000;
constexpr std::int64_t kMaxValues = std::int64_t{1} << 31;
constexpr int kMaxCount = 1'000'000'000;
// Of learning rates and decay, and the least eps: an update in float stays a number (0 / 0 and 0 * infinity would not).
constexpr double kMaxRate = 1e6;
constexpr double kMinEps = 1e-30;
constexpr double kMaxSpread = 100.0;
constexpr double kMaxWarp = 0.5;
constexpr double kMaxGainDb = 60.0;
// exp() of it stays within float.
constexpr double kMaxExponent = 80.0;

template <typename T>
void need(bool ok, std::string_view field, const T& found, std::string_view range) {
  if (ok) return;
  bool is_finite = true;
  if constexpr (std::is_floating_point_v<T>) is_finite = std::isfinite(found);
  throw std::invalid_argument(
      fmt::format("{} is {}; it must be {}", field, found, is_finite ? range : "a finite number"));
}

bool is_at_least(double x, double low) {
  return std::isfinite(x) && x >= low;
}
bool is_above(double x, double low) {
  return std::isfinite(x) && x > low;
}

void need_rate(std::string_view field, double rate) {
  need(is_at_least(rate, 0.0) && rate <= kMaxRate, field, rate, fmt::format("0 to {}", kMaxRate));
}

void need_share(std::string_view field, double share) {
  need(is_at_least(share, 0.0) && share < 1.0, field, share, "at least 0 and below 1");
}

void check_sizes(const std::vector<int>& sizes) {
  need(sizes.size() >= 2, "number of populations", sizes.size(), "at least 2 (input and output)");
  need(static_cast<int>(sizes.size()) <= kMaxLayers + 1, "number of layers", sizes.size() - 1,
       fmt::format("at most {}", kMaxLayers));
  for (std::size_t l = 0; l < sizes.size(); ++l) {
    const std::string what = l == 0                  ? "number of channels"
                             : l + 1 == sizes.size() ? "number of classes"
                                                     : fmt::format("number of neurons of hidden layer {}", l);
    need(sizes[l] >= 1 && sizes[l] <= kMaxNeurons, what, sizes[l], fmt::format("1 to {}", kMaxNeurons));
  }
}

void check_layers(const std::vector<int>& layers, int n_layers, std::string_view field) {
  for (std::size_t i = 0; i < layers.size(); ++i) {
    need(layers[i] >= 1 && layers[i] <= n_layers, field, layers[i], fmt::format("a layer from 1 to {}", n_layers));
    need(i == 0 || layers[i] > layers[i - 1], field, layers[i], "listed once and in ascending order");
  }
}

void check_skips(const std::vector<Skip>& skips, int n_layers) {
  for (auto skip = skips.begin(); skip != skips.end(); ++skip) {
    const std::string found = fmt::format("{}:{}", skip->from, skip->to);
    // Not from + 2: that could overflow for a number from a file.
    need(skip->from >= 0 && skip->to <= n_layers && skip->from < skip->to && skip->to - skip->from >= 2, "skip", found,
         fmt::format("FROM:TO with FROM from 0 (the input) and TO at least FROM + 2 and at most {} (the output layer)",
                     n_layers));
    need(std::find(skips.begin(), skip, *skip) == skip, "skip", found, "given once");
  }
}

std::int64_t count_weights(const NetworkParams& p) {
  std::int64_t count = 0;
  for (int l = 1; l <= p.n_layers(); ++l) count += std::int64_t{p.sizes[l]} * (p.sizes[l - 1] + 2);
  for (const Skip& skip : p.skips) count += std::int64_t{p.sizes[skip.from]} * p.sizes[skip.to];
  return count;
}

template <typename Enum, std::size_t n>
using Names = std::array<std::pair<Enum, std::string_view>, n>;

constexpr Names<Rule, 3> kRules{{{Rule::kStep, "step"}, {Rule::kSurrogate, "surrogate"}, {Rule::kLayer, "layer"}}};
constexpr Names<LossKind, 3> kLosses{
    {{LossKind::kKernel, "kernel"}, {LossKind::kCount, "count"}, {LossKind::kSoftmax, "softmax"}}};
constexpr Names<Schedule, 2> kSchedules{{{Schedule::kConstant, "constant"}, {Schedule::kCosine, "cosine"}}};

constexpr Names<ClipScope, 2> kClipScopes{{{ClipScope::kGlobal, "global"}, {ClipScope::kArray, "array"}}};

template <typename Enum, std::size_t n>
std::string name_of(const Names<Enum, n>& names, Enum value, std::string_view what) {
  for (const auto& [known, name] : names) {
    if (known == value) return std::string(name);
  }
  throw std::invalid_argument(fmt::format("{} {} has no name", what, static_cast<int>(value)));
}

template <typename Enum, std::size_t n>
Enum value_of(const Names<Enum, n>& names, const std::string& name, std::string_view what) {
  std::string list;
  for (const auto& [value, known] : names) {
    if (known == name) return value;
    list += (list.empty() ? "" : ", ") + std::string(known);
  }
  throw std::invalid_argument(fmt::format("{} is \"{}\"; it must be one of {}", what, name, list));
}

}  // namespace

void validate(const NetworkParams& p) {
  check_sizes(p.sizes);
  check_layers(p.self_recurrent, p.n_layers(), "self-recurrent layer");
  check_layers(p.bip, p.n_layers(), "layer with intrinsic plasticity");
  check_skips(p.skips, p.n_layers());
  const std::int64_t n_values = count_weights(p);
  need(n_values <= kMaxValues, "number of parameters", n_values, fmt::format("at most {}", kMaxValues));
  need(is_above(p.tau_m, 1.0), "tau_m", p.tau_m, "greater than 1 (steps)");
  need(is_at_least(p.tau_s, 1.0), "tau_s", p.tau_s, "at least 1 (steps)");
  need(is_above(p.v_th, 0.0), "v_th", p.v_th, "greater than 0");
  need(is_above(p.input_scale, 0.0), "input_scale", p.input_scale, "greater than 0");
}

void validate(const GradientParams& p) {
  to_string(p.rule);
  need(is_above(p.bound, 0.0), "bound", p.bound, "greater than 0");
  need(is_above(p.slope, 0.0), "slope", p.slope, "greater than 0");
  need(is_above(p.exponent_bound, 0.0) && p.exponent_bound <= kMaxExponent, "exponent_bound", p.exponent_bound,
       fmt::format("greater than 0 and at most {}", kMaxExponent));
  need(is_at_least(p.warm_fraction, 0.0), "warm_fraction", p.warm_fraction, "at least 0");
  need(is_at_least(p.layer_rate, 0.0) && p.layer_rate <= 1.0, "layer_rate", p.layer_rate, "0 to 1");
  need(is_at_least(p.self_gain, 0.0), "self_gain", p.self_gain, "greater than 0, or 0 for no bound");
}

void validate(const LossParams& p) {
  to_string(p.kind);
  need(p.target_passes == 1 || p.target_passes == 2, "target_passes", p.target_passes, "1 or 2");
  need(is_at_least(p.desired_share, 0.0) && p.desired_share <= 1.0, "desired_share", p.desired_share, "0 to 1");
  need(is_at_least(p.undesired_share, 0.0) && p.undesired_share <= p.desired_share, "undesired_share",
       p.undesired_share, fmt::format("0 to desired_share ({})", p.desired_share));
}

void validate(const InitParams& p) {
  need(is_at_least(p.w_scale, 0.0), "w_scale", p.w_scale, "at least 0");
  need(std::isfinite(p.w_self_mean), "w_self_mean", p.w_self_mean, "finite");
  need(is_at_least(p.w_self_std, 0.0), "w_self_std", p.w_self_std, "at least 0");
  need(is_at_least(p.tau_m_spread, 1.0) && p.tau_m_spread <= kMaxSpread, "tau_m_spread", p.tau_m_spread,
       fmt::format("1 to {}", kMaxSpread));
}

void validate(const OptimiserParams& p) {
  to_string(p.schedule);
  to_string(p.clip_scope);
  need_rate("lr", p.lr);
  if (p.lr_self) need_rate("lr_self", *p.lr_self);
  if (p.lr_theta) need_rate("lr_theta", *p.lr_theta);
  need(is_at_least(p.beta1, 0.0) && p.beta1 < 1.0, "beta1", p.beta1, "at least 0 and below 1");
  need(is_at_least(p.beta2, 0.0) && p.beta2 < 1.0, "beta2", p.beta2, "at least 0 and below 1");
  need(is_at_least(p.eps, kMinEps), "eps", p.eps, fmt::format("at least {}", kMinEps));
  need_rate("weight_decay", p.weight_decay);
  need(is_at_least(p.clip_norm, 0.0), "clip_norm", p.clip_norm, "greater than 0, or 0 for no clip");
  need_share("ema_decay", p.ema_decay);
  need(is_above(p.clip_weight, 0.0), "clip_weight", p.clip_weight, "greater than 0");
  need(is_at_least(p.theta_max, 0.0) && p.theta_max < 1.0, "theta_max", p.theta_max, "at least 0 and below 1");
  need(is_at_least(p.theta_min, 0.0) && p.theta_min <= p.theta_max, "theta_min", p.theta_min,
       fmt::format("0 to theta_max ({})", p.theta_max));
}

void validate(const AugmentParams& p) {
  need(p.shift_steps >= 0 && p.shift_steps <= kMaxCount, "shift_steps", p.shift_steps,
       fmt::format("0 to {} (steps)", kMaxCount));
  need(p.shift_channels >= 0 && p.shift_channels <= kMaxNeurons, "shift_channels", p.shift_channels,
       fmt::format("0 to {} (channels)", kMaxNeurons));
  need(is_at_least(p.warp, 0.0) && p.warp <= kMaxWarp, "warp", p.warp, fmt::format("0 to {}", kMaxWarp));
  need(is_at_least(p.gain_db, 0.0) && p.gain_db <= kMaxGainDb, "gain_db", p.gain_db,
       fmt::format("0 to {} (dB)", kMaxGainDb));
  need_share("drop_channels", p.drop_channels);
  need(p.mask_channels >= 0 && p.mask_channels <= kMaxNeurons, "mask_channels", p.mask_channels,
       fmt::format("0 to {} (channels)", kMaxNeurons));
  need(p.mask_steps >= 0 && p.mask_steps <= kMaxCount, "mask_steps", p.mask_steps,
       fmt::format("0 to {} (steps)", kMaxCount));
  need_share("drop_neurons", p.drop_neurons);
}

void validate(const TrainingParams& p) {
  validate(p.network);
  validate(p.gradient);
  validate(p.loss);
  validate(p.init);
  validate(p.optimiser);
  validate(p.augment);
  need(p.augment.shift_channels < p.network.sizes[0], "shift_channels", p.augment.shift_channels,
       fmt::format("below the number of channels ({})", p.network.sizes[0]));
  need(p.init.tau_m_spread == 1.0 || 1.0 - 1.0 / (p.network.tau_m * p.init.tau_m_spread) <= p.optimiser.theta_max,
       "tau_m_spread", p.init.tau_m_spread, "so small that tau_m times it keeps theta within theta_max");
  need(p.augment.mask_channels < p.network.sizes[0], "mask_channels", p.augment.mask_channels,
       fmt::format("below the number of channels ({})", p.network.sizes[0]));
  need(p.n_epochs >= 1 && p.n_epochs <= kMaxCount, "n_epochs", p.n_epochs, fmt::format("1 to {}", kMaxCount));
  need(p.batch_size >= 1 && p.batch_size <= kMaxNeurons, "batch_size", p.batch_size,
       fmt::format("1 to {}", kMaxNeurons));
}

std::string to_string(Rule rule) {
  return name_of(kRules, rule, "rule");
}
std::string to_string(LossKind kind) {
  return name_of(kLosses, kind, "loss");
}
std::string to_string(Schedule schedule) {
  return name_of(kSchedules, schedule, "schedule");
}
std::string to_string(ClipScope scope) {
  return name_of(kClipScopes, scope, "clip scope");
}
Rule parse_rule(const std::string& name) {
  return value_of(kRules, name, "rule");
}
LossKind parse_loss(const std::string& name) {
  return value_of(kLosses, name, "loss");
}
Schedule parse_schedule(const std::string& name) {
  return value_of(kSchedules, name, "schedule");
}
ClipScope parse_clip_scope(const std::string& name) {
  return value_of(kClipScopes, name, "clip scope");
}

}  // namespace snn
