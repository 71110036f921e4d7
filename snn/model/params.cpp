#include "snn/model/params.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>
#include <type_traits>

#include "snn/model/params_fields.h"

namespace snn {
namespace {

constexpr int kMaxLayers = 1000;
constexpr int kMaxDelay = 10'000;  // steps
constexpr std::size_t kMaxDelays = 100;
constexpr std::size_t kMaxSkipCopies = 1'000'000;  // count_weights stays within 64 bits, the list of arrays small
constexpr int kMaxRecurrent = 1 << 16;             // neurons of a recurrent layer: lists of events have 16 bits
constexpr std::int64_t kMaxValues = std::int64_t{1} << 31;

template <typename T>
void need(bool ok, std::string_view field, const T& found, std::string_view range) {
  if (ok) return;
  bool is_finite = true;
  if constexpr (std::is_floating_point_v<T>) is_finite = std::isfinite(found);
  throw std::invalid_argument(
      fmt::format("{} is {}; it must be {}", field, found, is_finite ? range : "a finite number"));
}

/// A field by itself; what it must be beside others is checked below.
template <typename T>
void check_field(const Field& field, const T& value) {
  if constexpr (Named<T>) {
    to_string(value);
  } else if constexpr (std::is_same_v<T, int> || std::is_same_v<T, double>) {
    need(field.range.contains(value), field.name, value, range_text(field));
  } else if constexpr (std::is_same_v<T, std::optional<double>>) {
    if (value) check_field(field, *value);
  }
}

template <typename Params>
void check_fields(const Params& params) {
  visit_fields(params, [](const Field& field, const auto& value) { check_field(field, value); });
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
    need(layers[i] >= 1 && layers[i] <= n_layers, field, layers[i],
         n_layers > 0 ? fmt::format("a layer from 1 to {}", n_layers) : "a hidden layer, and there is none");
    need(i == 0 || layers[i] > layers[i - 1], field, layers[i], "listed once and in ascending order");
  }
}

/// Of all connections of a kind. One flag may have set those of every kind, so messages name none.
void check_delays(const std::vector<int>& delays) {
  need(!delays.empty() && delays.size() <= kMaxDelays, "number of delays", delays.size(),
       fmt::format("1 to {}", kMaxDelays));
  for (std::size_t i = 0; i < delays.size(); ++i) {
    need(delays[i] >= 0 && delays[i] <= kMaxDelay, "delay", delays[i], fmt::format("0 to {} steps", kMaxDelay));
    need(i == 0 || delays[i] > delays[i - 1], "delay", delays[i], "given once and in ascending order");
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

void check_recurrent(const NetworkParams& p) {
  check_layers(p.recurrent, p.n_layers() - 1, "recurrent layer");
  for (const int layer : p.recurrent) {
    need(p.sizes[layer] <= kMaxRecurrent, fmt::format("number of neurons of recurrent layer {}", layer), p.sizes[layer],
         fmt::format("at most {}", kMaxRecurrent));
  }
}

std::int64_t count_weights(const NetworkParams& p) {
  std::int64_t count = 0;
  constexpr int kMostPerNeuron = 8;
  for (int l = 1; l <= p.n_layers(); ++l) {
    const auto n_delays = static_cast<std::int64_t>((l == 1 ? p.input_delays : p.forward_delays).size());
    count += std::int64_t{p.sizes[l]} * (p.sizes[l - 1] * n_delays + kMostPerNeuron);
  }
  for (const Skip& skip : p.skips) {
    count += std::int64_t{p.sizes[skip.from]} * p.sizes[skip.to] * static_cast<std::int64_t>(p.skip_delays.size());
  }
  for (const int l : p.recurrent) count += std::int64_t{p.sizes[l]} * p.sizes[l];
  return count;
}

/// What the spike-train rule has no equations for.
void check_spike_train(const NetworkParams& network, Rule rule) {
  if (rule != Rule::kSpikeTrain) return;
  const auto refuse = [](bool is_there, std::string_view what, std::string_view remedy) {
    need(!is_there, "rule", "spike-train", fmt::format("another one for a network with {} ({})", what, remedy));
  };
  refuse(network.normalised, "normalised drives", "--preset plain or --no-normalise has none");
  refuse(!network.recurrent.empty(), "recurrent layers", "self-connections have equations");
  refuse(!network.adaptive.empty(), "adaptation", "--preset plain or --no-adaptive has none");
  refuse(network.output_layer != OutputLayer::kSpiking, "an output layer that does not fire",
         "--preset plain or --output-layer spiking fires");
}

}  // namespace

bool Range::contains(double x) const {
  return std::isfinite(x) && (has_low ? x >= low : x > low) && (has_high ? x <= high : x < high);
}

std::string flag_of(const Field& field) {
  std::string flag = *field.flag != '\0' ? field.flag : field.name;
  std::ranges::replace(flag, '_', '-');
  return "--" + flag;
}

std::string range_text(const Field& field) {
  const auto& [low, high, has_low, has_high] = field.range;
  const std::string unit = *field.unit != '\0' ? fmt::format(" ({})", field.unit) : "";
  if (!std::isfinite(low)) return "finite" + unit;
  const std::string from = fmt::format("{} {}", has_low ? "at least" : "greater than", low);
  if (!std::isfinite(high)) return from + unit;
  if (has_low && has_high) return fmt::format("{} to {}{}", low, high, unit);
  return fmt::format("{} and {} {}{}", from, has_high ? "at most" : "below", high, unit);
}

void validate(const NetworkParams& p) {
  check_sizes(p.sizes);
  check_layers(p.self_recurrent, p.n_layers(), "self-recurrent layer");
  const char* const kBip = "layer with intrinsic plasticity (BIP)";
  check_layers(p.bip, p.n_layers(), kBip);
  check_layers(p.adaptive, p.n_layers(), "adaptive layer");
  check_recurrent(p);
  check_layers(p.frozen, p.n_layers(), "frozen layer");
  need(static_cast<int>(p.frozen.size()) < p.n_layers(), "number of frozen layers", p.frozen.size(),
       fmt::format("below the number of layers ({}), as something is to be trained", p.n_layers()));
  need(p.frozen.empty() || !p.normalised, "normalised", true,
       "off (--no-normalise) where layers are frozen: its means follow the data");
  check_skips(p.skips, p.n_layers());
  for (const auto* delays : {&p.input_delays, &p.forward_delays, &p.skip_delays}) check_delays(*delays);
  const std::size_t n_copies = p.skips.size() * p.skip_delays.size();
  need(n_copies <= kMaxSkipCopies, "number of skips times their delays", n_copies,
       fmt::format("at most {}", kMaxSkipCopies));
  const auto is_output = [&p](int layer) { return p.output_layer != OutputLayer::kSpiking && layer == p.n_layers(); };
  const char* const kFiring = "a hidden layer, as the output layer does not fire";
  for (const int layer : p.self_recurrent) need(!is_output(layer), "self-recurrent layer", layer, kFiring);
  for (const int layer : p.adaptive) need(!is_output(layer), "adaptive layer", layer, kFiring);
  for (const int layer : p.bip) {
    need(!(is_output(layer) && p.output_layer == OutputLayer::kMean), kBip, layer,
         "a hidden layer, for the output layer mean has no membrane decay to train (--bip-output)");
  }
  const std::int64_t n_values = count_weights(p);
  need(n_values <= kMaxValues, "number of parameters", n_values, fmt::format("at most {}", kMaxValues));
  check_fields(p);
}

void validate(const GradientParams& p) {
  check_fields(p);
}

void validate(const LossParams& p) {
  check_fields(p);
  need(p.undesired_share <= p.desired_share, "undesired_share", p.undesired_share,
       fmt::format("0 to desired_share ({})", p.desired_share));
}

void validate(const InitParams& p) {
  check_fields(p);
}

void validate(const OptimiserParams& p) {
  check_fields(p);
  need(p.theta_min <= p.theta_max, "theta_min", p.theta_min, fmt::format("0 to theta_max ({})", p.theta_max));
}

void validate(const AugmentParams& p) {
  check_fields(p);
}

void validate(const TrainingParams& p) {
  validate(p.network);
  validate(p.gradient);
  validate(p.loss);
  validate(p.init);
  validate(p.optimiser);
  validate(p.augment);
  check_spike_train(p.network, p.gradient.rule);
  visit_run_fields(p, [](const Field& field, const auto& value) { check_field(field, value); });
  need(p.init.tau_m_spread == 1.0 || 1.0 - 1.0 / (p.network.tau_m * p.init.tau_m_spread) <= p.optimiser.theta_max,
       "tau_m_spread", p.init.tau_m_spread, "so small that tau_m times it keeps theta within theta_max");
  need(p.network.adaptive.empty() || p.init.adaptation <= p.optimiser.clip_weight, "adaptation", p.init.adaptation,
       fmt::format("0 to clip_weight ({})", p.optimiser.clip_weight));
  need(p.augment.mixup == 0.0 || is_softmax(p.loss.kind), "mixup", p.augment.mixup,
       "0, or the loss softmax or mean-softmax");
  const int n_channels = p.network.sizes[0];
  const std::string fewer = fmt::format("below the number of channels ({})", n_channels);
  need(p.augment.shift_channels < n_channels, "shift_channels", p.augment.shift_channels, fewer);
  need(p.augment.mask_channels < n_channels, "mask_channels", p.augment.mask_channels, fewer);
}

std::string name_at(std::span<const char* const> names, int index, const char* what) {
  if (index >= 0 && index < static_cast<int>(names.size())) return names[static_cast<std::size_t>(index)];
  throw std::invalid_argument(fmt::format("{} {} has no name", what, index));
}

int index_of(std::span<const char* const> names, const std::string& name, const char* what) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<int>(found - names.begin());
  throw std::invalid_argument(fmt::format("{} is \"{}\"; it must be one of {}", what, name, fmt::join(names, ", ")));
}

}  // namespace snn
