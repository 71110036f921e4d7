#pragma once
// Every parameter of a training run, described once: its range, unit and help stand here in one line, its default and its source
// at the member in params.h. Checks, messages, model files, choices over a preset, flags, --help, configuration files and
// completion follow from these lines. A new parameter is its member, its line here and the code that uses it.
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>

#include "snn/model/params.h"

namespace snn {

// Far above any network of this kind; keeps products of sizes within 64 bits and a forged file from asking for memory.
inline constexpr int kMaxNeurons = 1 << 20;
inline constexpr int kMaxCount = 1'000'000'000;

/// The numbers that a field may be; always finite ones.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool has_low = true;   ///< whether low itself is in the range
  bool has_high = true;  ///< likewise
  bool contains(double x) const;
};
constexpr Range at_least(double low) {
  return {.low = low};
}
constexpr Range above(double low) {
  return {.low = low, .has_low = false};
}
inline constexpr Range kFinite = {};
inline constexpr Range kShare = {.low = 0.0, .high = 1.0, .has_high = false};
// Of learning rates and decay, and the least eps: an update in float stays a number (0 / 0 and 0 * infinity would not).
inline constexpr Range kRate = {0.0, 1e6};
// Of initial values: a normal number times it stays within float.
inline constexpr Range kScale = {0.0, 1e30};
inline constexpr double kMinEps = 1e-30;
inline constexpr Range kExponent = {.low = 0.0, .high = 80.0, .has_low = false};  // exp() of it stays within float

/// What is known of a parameter besides type, place and default.
struct Field {
  const char* name;  ///< in files and messages; no two fields share one
  Range range = {};  ///< of a number
  const char* unit = "";
  const char* help = "";  ///< of its flag; empty: it has no flag of its own
  const char* flag = "";  ///< without dashes; empty: the name with - for _
  bool may_lack = false;  ///< in files that have its default, as those from before there was the field
};

/// "--tau-m".
std::string flag_of(const Field& field);
/// "greater than 1 (steps)".
std::string range_text(const Field& field);

/// Where fields lie in a file, and under which heading their flags stand.
struct Section {
  const char* name;
  const char* title;
};

template <class P, class Params>
concept MaybeConst = std::same_as<std::remove_const_t<P>, Params>;

/// Each calls f(field, value) for every field of the struct.
template <MaybeConst<NetworkParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"sizes"}, p.sizes);
  f({"self_recurrent"}, p.self_recurrent);
  f({"bip"}, p.bip);
  f({"skips"}, p.skips);
  f({.name = "adaptive", .may_lack = true}, p.adaptive);
  f({.name = "recurrent", .may_lack = true}, p.recurrent);
  f({.name = "frozen", .may_lack = true}, p.frozen);
  f({.name = "input_delays", .may_lack = true}, p.input_delays);
  f({.name = "forward_delays", .may_lack = true}, p.forward_delays);
  f({.name = "skip_delays", .may_lack = true}, p.skip_delays);
  f({.name = "direct_input",
     .help = "The input passes no synapse: its values are currents, one reading of the paper",
     .may_lack = true},
    p.direct_input);
  f({.name = "bias", .help = "Train a bias of each neuron's drive", .may_lack = true}, p.bias);
  f({.name = "normalised",
     .help = "Train on drives normalised over each batch; in the model this becomes weights and biases",
     .flag = "normalise",
     .may_lack = true},
    p.normalised);
  f({.name = "output_layer", .help = "What decides: PSCs of spikes, potentials or currents", .may_lack = true},
    p.output_layer);
  f({"tau_m", above(1), "steps", "Membrane time constant (start value under BIP)"}, p.tau_m);
  f({"tau_s", at_least(1), "steps", "Synaptic time constant"}, p.tau_s);
  f({"v_th", above(0), "", "Firing threshold", "threshold"}, p.v_th);
  f({"input_scale", above(0), "", "Factor on the input"}, p.input_scale);
  f({"tau_a", above(1), "steps", "Time constant of adaptation (start value)", "", true}, p.tau_a);
  f({"recurrent_density",
     {.low = 0.0, .high = 1.0, .has_low = false},
     "",
     "Probability of each lateral connection to be there",
     "",
     true},
    p.recurrent_density);
}

template <MaybeConst<GradientParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"rule", {}, "", "Gradient rule (spike-train: of counts of spikes, not with the parts of preset best)"}, p.rule);
  f({"bound", above(0), "", "Bound of 1/du at a spike (rules step and layer; of layer: 10)"}, p.bound);
  f({"slope", above(0), "", "Width of the surrogate f(u) (not of rule spike-train)"}, p.slope);
  f({"exponent_bound", kExponent}, p.exponent_bound);
  f({"warm_fraction", at_least(0)}, p.warm_fraction);
  f({"layer_rate", {0, 1}, "", "Rule layer: firing rate above which a layer leaves the surrogate"}, p.layer_rate);
  f({"self_gain", at_least(0), "", "Bound of a spike's slope times |self-weight| (rules step and layer); 0: none"},
    p.self_gain);
}

template <MaybeConst<LossParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"kind", {}, "", "Loss", "loss"}, p.kind);
  f({"target_passes", {1, 2}, "", "Kernel loss: how often the desired spikes are filtered"}, p.target_passes);
  f({"desired_share", {0, 1}}, p.desired_share);  // of --count-targets, as the next
  f({"undesired_share", {0, 1}}, p.undesired_share);
  f({"logit_gain", above(0), "",
     "Loss mean-softmax: factor on the means over the steps (of an output layer that fires: 12)", "", true},
    p.logit_gain);
  f({"label_smoothing", kShare, "", "Softmax losses: share of the target for all classes alike", "", true},
    p.label_smoothing);
}

template <MaybeConst<InitParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"w_scale", kScale, "", "Initial weights: factor on sqrt(2 / fan-in)"}, p.w_scale);
  f({"w_self_mean", {-1e30, 1e30}, "", "Initial self-weights: mean"}, p.w_self_mean);
  f({"w_self_std", kScale, "", "Initial self-weights: standard deviation"}, p.w_self_std);
  f({"adaptation", at_least(0), "", "Strength of adaptation (start value)", "", true}, p.adaptation);
  f({"tau_m_spread", {1, 100}, "", "Start BIP from membrane time constants of tau-m over to tau-m times this factor"},
    p.tau_m_spread);
  f({"w_rec_scale", kScale, "", "Initial lateral weights: factor on sqrt(2 / fan-in)", "", true}, p.w_rec_scale);
  f({"spectral_radius", {0, 1000}, "", "Lateral matrices are scaled to this spectral radius; 0: not", "", true},
    p.spectral_radius);
  f({"inhibitory_share",
     {0, 1},
     "",
     "Share of a recurrent layer's neurons that send negative lateral weights only, the others positive ones; 0: both",
     "",
     true},
    p.inhibitory_share);
}

template <MaybeConst<OptimiserParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"lr", kRate, "", "Learning rate of weights (plain: at most 0.4 over the widest hidden layer)"}, p.lr);
  f({"lr_self", kRate, "", "Learning rate of self-weights (default: --lr)"}, p.lr_self);
  f({"lr_theta", kRate, "", "Learning rate of membrane decays (default: --lr)"}, p.lr_theta);
  f({"schedule", {}, "", "Learning rate over the run"}, p.schedule);
  f({"warm_up", kShare, "", "Share of the run in which the rates rise; with cosine: one cycle", "", true}, p.warm_up);
  f({"beta1", kShare, "", "Decay of the first moment"}, p.beta1);
  f({"beta2", kShare, "", "Decay of the second moment"}, p.beta2);
  f({"eps", at_least(kMinEps), "", "Added to the root of the second moment"}, p.eps);
  f({"weight_decay", kRate, "", "Decoupled decay of weights"}, p.weight_decay);
  f({"clip_norm", at_least(0), "", "Bound of the gradient norm; 0: none"}, p.clip_norm);
  f({"clip_weight", above(0), "", "Bound of weights and self-weights"}, p.clip_weight);
  f({"theta_min", kShare, "", "Lower bound of the membrane decay theta"}, p.theta_min);
  f({"theta_max", kShare, "", "Upper bound of the membrane decay theta"}, p.theta_max);
  f({"clip_scope", {}, "", "Norm clip of all gradients or of each array"}, p.clip_scope);
  f({"ema_decay", kShare, "", "Score and store an average over updates with this decay; 0: none"}, p.ema_decay);
}

template <MaybeConst<AugmentParams> P, class F>
void visit_fields(P& p, F&& f) {
  f({"shift_steps", {0, kMaxCount}, "steps", "Later or earlier by up to so much"}, p.shift_steps);
  f({"shift_channels", {0, kMaxNeurons}, "channels", "Up or down by up to so much"}, p.shift_channels);
  f({"warp", {0, 0.5}, "", "Channels stretched or pressed by up to this share, as vocal tracts differ: 0.1"}, p.warp);
  f({"gain_db", {0, 60}, "dB", "Input louder or softer by up to so much"}, p.gain_db);
  f({"drop_channels", kShare, "", "Probability of a channel to be silent"}, p.drop_channels);
  f({"mask_channels", {0, kMaxNeurons}, "channels", "A band of up to this width is silent"}, p.mask_channels);
  f({"mask_steps", {0, kMaxCount}, "steps", "Up to so many in a row are silent"}, p.mask_steps);
  f({"tempo", {0, 0.5}, "", "Faster or slower by up to this share: 0.15", "", true}, p.tempo);
  f({"mixup",
     {0, 1},
     "",
     "Mixed with another of the batch, frames and labels (softmax losses); shares from Beta(a, a): 0.2",
     "",
     true},
    p.mixup);
  f({"noise", {0, 100}, "", "Noise on the scaled input: standard deviation", "", true}, p.noise);
  f({"drop_neurons", kShare, "", "Probability of a hidden neuron to be silent (dropout)"}, p.drop_neurons);
}

/// Those that lie in no part of TrainingParams.
template <MaybeConst<TrainingParams> P, class F>
void visit_run_fields(P& p, F&& f) {
  f({"n_epochs", {1, kMaxCount}, "", "Number of epochs", "epochs"}, p.n_epochs);
  f({"batch_size", {1, kMaxNeurons}, "", "Utterances of a batch", "batch"}, p.batch_size);
  f({"seed", {}, "", "Seed of everything that is drawn; 0 to 2^64 - 1"}, p.seed);
}

/// Calls f(section, field, value) for every field, in the order of params.h.
template <MaybeConst<TrainingParams> P, class F>
void visit_fields(P& p, F&& f) {
  const auto in = [&f](const char* name, const char* title) {
    return [&f, section = Section{name, title}](const Field& field, auto& value) { f(section, field, value); };
  };
  visit_fields(p.network, in("network", "Network"));
  visit_fields(p.gradient, in("gradient", "Learning"));
  visit_fields(p.loss, in("loss", "Learning"));
  visit_fields(p.init, in("init", "Network"));
  visit_fields(p.optimiser, in("optimiser", "Optimiser (Adam)"));
  visit_fields(p.augment, in("augment", "Augmentation (drawn for every utterance and epoch)"));
  visit_run_fields(p, in("run", "Learning"));
}

}  // namespace snn
