#include "snn/model/presets.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace snn {
namespace {

constexpr double kLayerBound = 10.0;  // of 1/du: the layer rule of [C], autumn 2020
constexpr double kOtherBound = 8.0;   // of 1/du: [C], 2021
constexpr double kMaxRate = 0.004;    // of plain: measured at 100 neurons a layer, falling with the width above that
constexpr double kRateTimesWidth = 0.4;
constexpr double kSpikingGain = 12.0;  // loss mean-softmax: the mean of a PSC is a share of 1, that of a current is not

// How best and best-large were found: LEARNING.md.
Preset best(const char* name, const char* summary, int width, double drop_neurons, int n_epochs) {
  Preset preset;
  preset.name = name;
  preset.summary = summary;
  preset.hidden = {width, width, width};
  preset.adaptive = true;
  preset.skips = {{1, 3}};
  preset.lr = 0.004;
  NetworkParams& network = preset.base.network;
  network.input_delays = network.forward_delays = network.skip_delays = {0, 6, 12, 18};
  network.normalised = true;
  network.output_layer = OutputLayer::kMean;
  network.tau_m = 5.0;
  network.tau_s = 2.0;
  preset.base.gradient.rule = Rule::kSurrogate;
  preset.base.loss = {.kind = LossKind::kMeanSoftmax, .label_smoothing = 0.1};
  preset.base.optimiser.weight_decay = 0.001;
  preset.base.augment = {.shift_steps = 5, .shift_channels = 1, .drop_channels = 0.1, .drop_neurons = drop_neurons};
  preset.base.n_epochs = n_epochs;
  return preset;
}

Preset plain() {
  Preset preset;
  preset.name = "plain";
  preset.summary = "the paper's network alone, with what it learns best by: surrogate rule, count loss, cosine rate";
  preset.hidden = {100, 100, 100};
  preset.skips = {{1, 3}};
  preset.base.network.input_scale = 2.0;
  preset.base.gradient.rule = Rule::kSurrogate;
  preset.base.augment = {.shift_steps = 5, .shift_channels = 1, .drop_channels = 0.1};
  preset.base.n_epochs = 60;
  return preset;
}

// [P table 1]; what the table leaves open is recipe "faithful".
Preset faithful(const char* corpus, int width, double tau_m, double lr, int n_channels, int n_classes) {
  Preset preset;
  preset.name = fmt::format("paper-{}", corpus);
  preset.summary = fmt::format("the paper's table 1, {} channels, {} classes: layer rule, kernel loss, constant rate",
                               n_channels, n_classes);
  preset.hidden = {width, width, width};
  preset.skips = {{1, 3}};
  preset.lr = lr;
  preset.n_channels = n_channels;
  preset.n_classes = n_classes;
  preset.base.network.tau_m = tau_m;
  preset.base.gradient.rule = Rule::kLayer;
  preset.base.loss.kind = LossKind::kKernel;
  preset.base.init.w_scale = 1.0;
  preset.base.optimiser.schedule = Schedule::kConstant;
  preset.base.n_epochs = 400;
  return preset;
}

void take_values(TrainingParams& params, const TrainingChoices& choices) {
  std::map<std::string, FieldValue> left = choices.values;
  visit_fields(params, [&]<class T>(const Section&, const Field& field, T& value) {
    if (const auto* choice = given<T>(choices, field)) {
      value = *choice;
      left.erase(field.name);
    }
  });
  if (!left.empty()) throw std::invalid_argument(fmt::format("no parameter is named {}", left.begin()->first));
}

/// A shift of the preset is as wide as few channels allow; one that the user wants must fit.
void fit_shift(AugmentParams& p, const Preset& preset, const TrainingChoices& c, int n_channels,
               std::vector<std::string>& notes) {
  const int most = std::max(0, n_channels - 1);
  if (p.shift_channels <= most) return;
  const std::string data = fmt::format("the data have {} channel{}", n_channels, n_channels == 1 ? "" : "s");
  if (c.values.contains("shift_channels")) {
    throw std::invalid_argument(fmt::format("--shift-channels {}: {}, wanted {}", p.shift_channels, data,
                                            most == 0 ? "0" : fmt::format("0 to {}", most)));
  }
  notes.push_back(
      fmt::format("--shift-channels is {}, not {} as in preset {}: {}", most, p.shift_channels, preset.name, data));
  p.shift_channels = most;
}

// Skips the preset brings and that do not end in a hidden layer are left out: only --hidden can have made them unfit.
std::vector<Skip> fitting_skips(const Preset& preset, int n_hidden, std::vector<std::string>& notes) {
  std::vector<Skip> fitting;
  for (const Skip& skip : preset.skips) {
    if (skip.to <= n_hidden) {
      fitting.push_back(skip);
    } else {
      notes.push_back(
          fmt::format("the skip {} of preset {} is left out: there {} {} hidden layer{}; give skips to set others",
                      to_string(skip), preset.name, n_hidden == 1 ? "is" : "are", n_hidden, n_hidden == 1 ? "" : "s"));
    }
  }
  return fitting;
}

void take_topology(NetworkParams& network, const Preset& preset, const TrainingChoices& choices,
                   std::vector<std::string>& notes) {
  const int n_hidden = network.n_layers() - 1;
  for (int l = 1; l <= n_hidden; ++l) {
    if (choices.self_recurrent.value_or(preset.self_recurrent)) network.self_recurrent.push_back(l);
    if (choices.bip.value_or(preset.bip)) network.bip.push_back(l);
    if (choices.adaptive.value_or(preset.adaptive)) network.adaptive.push_back(l);
  }
  if (choices.bip_output.value_or(preset.bip_output)) network.bip.push_back(n_hidden + 1);
  network.recurrent = choices.recurrent.value_or(std::vector<int>{});
  network.frozen = choices.frozen.value_or(std::vector<int>{});
  network.skips = choices.skips ? *choices.skips : fitting_skips(preset, n_hidden, notes);
  const auto take = [&](const std::optional<std::vector<int>>& own, std::vector<int>& delays) {
    if (own || choices.delays) delays = own ? *own : *choices.delays;
  };
  take(choices.input_delays, network.input_delays);
  take(choices.forward_delays, network.forward_delays);
  take(choices.skip_delays, network.skip_delays);
}

double default_rate(const Preset& preset, const std::vector<int>& hidden) {
  if (preset.lr) return *preset.lr;
  const int widest = hidden.empty() ? 1 : *std::max_element(hidden.begin(), hidden.end());
  return std::min(kMaxRate, kRateTimesWidth / widest);
}

void note_corpus(const Preset& preset, int n_channels, int n_classes, std::vector<std::string>& notes) {
  if (preset.n_channels.value_or(n_channels) == n_channels && preset.n_classes.value_or(n_classes) == n_classes) return;
  notes.push_back(fmt::format("preset {} was made for {} channels and {} classes; these data have {} and {}",
                              preset.name, *preset.n_channels, *preset.n_classes, n_channels, n_classes));
}

[[noreturn]] void refuse_idle(const char* flag, const char* where) {
  throw std::invalid_argument(
      fmt::format("{} has no effect: it counts only {}; change that, or leave it out", flag, where));
}

/// A field that counts in some trainings only.
struct Need {
  const char *flag, *field;
  bool is_met;
  const char* where;
};

std::vector<Need> needs_of(const TrainingParams& params) {
  const LossKind loss = params.loss.kind;
  const Rule rule = params.gradient.rule;
  const NetworkParams& network = params.network;
  const bool has_self = !network.self_recurrent.empty(), has_bip = !network.bip.empty();
  const bool adapts = !network.adaptive.empty(), is_recurrent = !network.recurrent.empty();
  const bool has_slope_of_spikes = rule == Rule::kStep || rule == Rule::kLayer;
  return {
      {"--target-passes", "target_passes", loss == LossKind::kKernel, "with --loss kernel"},
      {"--count-targets", "desired_share", loss == LossKind::kCount, "with --loss count"},
      {"--count-targets", "undesired_share", loss == LossKind::kCount, "with --loss count"},
      {"--logit-gain", "logit_gain", loss == LossKind::kMeanSoftmax, "with --loss mean-softmax"},
      {"--label-smoothing", "label_smoothing", is_softmax(loss), "with --loss softmax or mean-softmax"},
      {"--bound", "bound", has_slope_of_spikes, "with --rule step or layer"},
      {"--slope", "slope", rule != Rule::kSpikeTrain, "with --rule step, surrogate or layer"},
      {"--layer-rate", "layer_rate", rule == Rule::kLayer, "with --rule layer"},
      {"--self-gain", "self_gain", has_slope_of_spikes && has_self, "with --rule step or layer, self-recurrent"},
      {"--w-self-mean", "w_self_mean", has_self, "with --self-recurrent"},
      {"--w-self-std", "w_self_std", has_self, "with --self-recurrent"},
      {"--lr-self", "lr_self", has_self, "with --self-recurrent"},
      {"--lr-theta", "lr_theta", has_bip || adapts, "with --bip or --adaptive"},
      {"--tau-m-spread", "tau_m_spread", has_bip, "with --bip"},
      {"--tau-a", "tau_a", adapts, "with --adaptive"},
      {"--adaptation", "adaptation", adapts, "with --adaptive"},
      {"--recurrent-density", "recurrent_density", is_recurrent, "with --recurrent"},
      {"--w-rec-scale", "w_rec_scale", is_recurrent, "with --recurrent"},
      {"--spectral-radius", "spectral_radius", is_recurrent, "with --recurrent"},
      {"--inhibitory-share", "inhibitory_share", is_recurrent, "with --recurrent"},
      {"--clip-scope", "clip_scope", params.optimiser.clip_norm > 0.0, "with a --clip-norm above 0"},
  };
}

/// A value of 0 asks for nothing.
void require_values_count(const TrainingChoices& choices, const TrainingParams& params) {
  for (const Need& need : needs_of(params)) {
    const auto found = choices.values.find(need.field);
    if (need.is_met || found == choices.values.end()) continue;
    if (found->second != FieldValue(0) && found->second != FieldValue(0.0)) refuse_idle(need.flag, need.where);
  }
}

bool read_number(std::string_view text, int& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

const std::vector<Preset>& presets() {
  static const std::vector<Preset> list = {
      best("best", "the default: delays, normalised drives, adaptation, mean read-out", 128, 0.1, 20),
      best("best-large", "the same with wider layers, for more time", 256, 0.2, 20),
      plain(),
      faithful("alpha", 400, 16.0, 0.005, 78, 26),
      faithful("digits", 100, 16.0, 0.005, 78, 10),
      faithful("n-tidigits", 400, 64.0, 0.002, 64, 11)};
  return list;
}

const Preset& find_preset(const std::string& name) {
  std::string names;
  for (const Preset& preset : presets()) {
    if (preset.name == name) return preset;
    names += (names.empty() ? "" : ", ") + preset.name;
  }
  throw std::invalid_argument(fmt::format("preset is \"{}\"; it must be one of {}", name, names));
}

Resolved resolve(const TrainingChoices& choices, int n_channels, int n_classes, const NetworkParams* network) {
  const Preset& preset = find_preset(choices.preset);
  Resolved resolved{preset.base, {}};
  TrainingParams& params = resolved.params;
  const std::vector<int>& hidden = choices.hidden ? *choices.hidden : preset.hidden;
  params.network.sizes = {n_channels};
  params.network.sizes.insert(params.network.sizes.end(), hidden.begin(), hidden.end());
  params.network.sizes.push_back(n_classes);
  take_topology(params.network, preset, choices, resolved.notes);
  params.optimiser.lr = default_rate(preset, hidden);
  take_values(params, choices);
  if (!choices.values.contains("bound")) {
    params.gradient.bound = params.gradient.rule == Rule::kLayer ? kLayerBound : kOtherBound;
  }
  if (params.loss.kind == LossKind::kMeanSoftmax && params.network.output_layer == OutputLayer::kSpiking &&
      !choices.values.contains("logit_gain")) {
    params.loss.logit_gain = kSpikingGain;
  }
  fit_shift(params.augment, preset, choices, n_channels, resolved.notes);
  note_corpus(preset, n_channels, n_classes, resolved.notes);
  if (network != nullptr) params.network = *network;
  validate(params);
  return resolved;
}

void require_effect(const TrainingChoices& choices, const TrainingParams& params) {
  require_values_count(choices, params);
  const bool has_delays = choices.skip_delays.value_or(std::vector{0}) != std::vector{0};
  if (has_delays && params.network.skips.empty()) refuse_idle("--skip-delays", "with skip connections (--skip)");
  const auto bias = choices.values.find("bias");
  if (params.network.normalised && bias != choices.values.end() && bias->second == FieldValue(false)) {
    refuse_idle("--no-bias", "without --normalise, which brings biases");
  }
}

bool has_effect(const std::string& field, const TrainingParams& params) {
  return std::ranges::all_of(needs_of(params), [&](const Need& need) { return need.is_met || need.field != field; });
}

Skip parse_skip(const std::string& text) {
  const std::string_view view = text;
  const std::size_t colon = view.find(':');
  Skip skip;
  if (colon == std::string_view::npos || !read_number(view.substr(0, colon), skip.from) ||
      !read_number(view.substr(colon + 1), skip.to)) {
    throw std::invalid_argument(fmt::format("skip is \"{}\"; it must be FROM:TO, for instance 1:3", text));
  }
  return skip;
}

std::string to_string(const Skip& skip) {
  return fmt::format("{}:{}", skip.from, skip.to);
}

}  // namespace snn
