#pragma once
// What a person sets, with its default and where that comes from: [P] the ScSr-SNN paper, [C] the public TSSL-BP program, both
// as read in snn/README.md. Times are in steps. Ranges, units and help stand in params_fields.h, derived factors in coeffs.h.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace snn {

/// How delta comes from the error of a layer (EQUATIONS.md, backward).
enum class Rule {
  kStep,        ///< warm-up decided per neuron and step, [C] of 2021
  kSurrogate,   ///< f(u) at every step
  kLayer,       ///< warm-up decided per layer from its firing rate, [C] of autumn 2020
  kSpikeTrain,  ///< one error per neuron and utterance, of its count of spikes (HM2-BP, ST-RSBP)
};
enum class LossKind { kKernel, kCount, kSoftmax, kMeanSoftmax };
/// Whether its gradients and losses are means over a batch, and not sums.
constexpr bool is_softmax(LossKind kind) {
  return kind == LossKind::kSoftmax || kind == LossKind::kMeanSoftmax;
}
enum class Schedule { kConstant, kCosine };
enum class OutputLayer {
  kSpiking,  ///< LIF neurons, whose PSCs are summed [P]
  kLeaky,    ///< their potentials, without threshold and reset
  kMean,     ///< their currents: the same with theta = 0
};
enum class ClipScope { kGlobal, kArray };  ///< which gradients share one norm: all, or those of one array

/// What messages call an enumeration, and the names of its enumerators, in their order, in files and flags.
template <class Enum>
struct Names;
template <>
struct Names<Rule> {
  static constexpr const char* kWhat = "rule";
  static constexpr std::array kAll = {"step", "surrogate", "layer", "spike-train"};
};
template <>
struct Names<LossKind> {
  static constexpr const char* kWhat = "loss";
  static constexpr std::array kAll = {"kernel", "count", "softmax", "mean-softmax"};
};
template <>
struct Names<Schedule> {
  static constexpr const char* kWhat = "schedule";
  static constexpr std::array kAll = {"constant", "cosine"};
};
template <>
struct Names<OutputLayer> {
  static constexpr const char* kWhat = "output layer";
  static constexpr std::array kAll = {"spiking", "leaky", "mean"};
};
template <>
struct Names<ClipScope> {
  static constexpr const char* kWhat = "clip scope";
  static constexpr std::array kAll = {"global", "array"};
};
template <class Enum>
concept Named = requires {
  Names<Enum>::kAll;
};

/// A skip connection between populations; 0 is the network input, 1..L are the layers; to > from + 1.
struct Skip {
  int from = 0;
  int to = 0;
  bool operator==(const Skip&) const = default;
};

/// Shape and constants of a network.
struct NetworkParams {
  std::vector<int> sizes;              ///< N_0 .. N_L: channels, neurons of each hidden layer, classes
  std::vector<int> self_recurrent;     ///< layers with a self-recurrent weight, ascending, in 1..L
  std::vector<int> bip;                ///< layers whose theta is trained, ascending, in 1..L
  std::vector<Skip> skips;             ///< besides the connections l -> l+1
  std::vector<int> adaptive{};         ///< layers whose neurons adapt, ascending, in 1..L
  std::vector<int> recurrent{};        ///< hidden layers with a lateral matrix [P eq. 11], ascending, in 1..L-1
  std::vector<int> frozen{};           ///< layers whose arrays are not trained, ascending, in 1..L
  std::vector<int> input_delays{0};    ///< of the connection 0 -> 1: one copy of it for each, ascending
  std::vector<int> forward_delays{0};  ///< of the connections l -> l+1, l >= 1
  std::vector<int> skip_delays{0};     ///< of the skips
  bool direct_input = false;  ///< the input is the current of its neurons, without a synapse [P, as one may read it]
  bool bias = false;          ///< of the drive of every neuron, trained
  bool normalised = false;    ///< batch normalisation of the drive of every layer that fires, while it is trained
  OutputLayer output_layer = OutputLayer::kSpiking;
  double tau_m = 16.0;             ///< start value under BIP [P table 1]
  double tau_s = 8.0;              ///< [P table 1]
  double v_th = 1.0;               ///< [P table 1]
  double tau_a = 30.0;             ///< of adaptation, start value
  double input_scale = 1.0;        ///< factor on the input before its synapse
  double recurrent_density = 1.0;  ///< probability of each connection of a lateral matrix to be there
  bool operator==(const NetworkParams&) const = default;
  int n_layers() const { return static_cast<int>(sizes.size()) - 1; }
};

/// The backward pass.
struct GradientParams {
  Rule rule = Rule::kSurrogate;
  double bound = 8.0;           ///< of 1/du at a spike: 8 in [C], 10 in its layer rule
  double slope = 0.2;           ///< width of the surrogate f(u) [C]
  double exponent_bound = 8.0;  ///< of (v_th - u) / slope [C]
  double warm_fraction = 0.25;  ///< of 1/tau_s; rule step: PSC below it means warm-up [C]
  double layer_rate = 0.1;      ///< rule layer: mean rate above which a layer leaves the surrogate [C]
  double self_gain = 0.0;       ///< rules step and layer: bound of the spike's slope times |w_self|; 0: none
  bool operator==(const GradientParams&) const = default;
};

struct LossParams {
  LossKind kind = LossKind::kCount;
  int target_passes = 1;          ///< kernel loss: how often the desired spikes are filtered [P eq. 12: once]
  double desired_share = 0.30;    ///< count loss: summed PSC wanted of the labelled neuron, as a share of the steps
  double undesired_share = 0.03;  ///< count loss: summed PSC allowed of every other neuron, as a share of the steps
  double logit_gain = 3.0;        ///< loss mean-softmax: factor on the mean over the steps
  double label_smoothing = 0.0;   ///< softmax losses: share of the target spread over all classes
  bool operator==(const LossParams&) const = default;
};

/// Initial parameters. Weights are normal with standard deviation w_scale * sqrt(2 / fan_in) of their own connection.
struct InitParams {
  double w_scale = 0.5;
  double w_self_mean = 0.0;
  double w_self_std = 0.0;
  double adaptation = 0.08;      ///< strength in adaptive layers
  double tau_m_spread = 1.0;     ///< tau_m of layers in bip: log-uniform from tau_m / it, but above 1, to tau_m * it
  double w_rec_scale = 0.5;      ///< of lateral weights, as w_scale of the others
  double spectral_radius = 0.0;  ///< lateral matrices are scaled to it; 0: they stay as they are drawn
  double inhibitory_share =
      0.0;  ///< of a recurrent layer's neurons; those send lateral weights below 0 only, the others
            ///< above 0 only; 0: weights of both signs from each
  bool operator==(const InitParams&) const = default;
};

/// Adam with optional decoupled decay, norm clip and bounds.
struct OptimiserParams {
  double lr = 0.004;                 ///< of synaptic weights
  std::optional<double> lr_self{};   ///< of self-recurrent weights; lr if not set
  std::optional<double> lr_theta{};  ///< of theta; lr if not set
  Schedule schedule = Schedule::kCosine;
  double warm_up = 0.0;  ///< share of the updates in which the rates rise to what the schedule starts from
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8;
  double weight_decay = 0.0;  ///< decoupled, of synaptic weights only
  double clip_norm = 1.0;     ///< of the L2 norm of the gradients in clip_scope; 0 switches the clip off
  double clip_weight = 4.0;   ///< bound of |w| and |w_self| [C]
  double theta_min = 0.0, theta_max = 0.999;
  ClipScope clip_scope = ClipScope::kGlobal;
  double ema_decay = 0.0;  ///< of the average over updates that is scored and stored; 0: none
  bool operator==(const OptimiserParams&) const = default;
};

/// What is drawn anew for every training utterance and epoch. Uniform, both ends included; what moves in is zero.
struct AugmentParams {
  int shift_steps = 0;         ///< later by -shift_steps..shift_steps
  int shift_channels = 0;      ///< up by -shift_channels..shift_channels
  double warp = 0.0;           ///< channels stretched by 1 - warp..1 + warp from the last, interpolated
  double gain_db = 0.0;        ///< input times -gain_db..gain_db
  double drop_channels = 0.0;  ///< probability of a channel to be zero, the others times 1 / (1 - it)
  int mask_channels = 0;       ///< a band of 0..mask_channels channels is zero
  int mask_steps = 0;          ///< 0..mask_steps steps in a row are zero
  double tempo = 0.0;          ///< steps read at 1 - tempo..1 + tempo times their speed, interpolated
  double mixup = 0.0;          ///< a of Beta(a, a), which gives the shares of two utterances that are mixed; 0: none
  double noise = 0.0;          ///< standard deviation of noise on every value of the scaled input
  double drop_neurons = 0.0;   ///< probability of a hidden neuron not to fire in that utterance
  bool operator==(const AugmentParams&) const = default;
};

/// Everything that decides a training run besides the data.
struct TrainingParams {
  NetworkParams network;
  GradientParams gradient;
  LossParams loss;
  InitParams init;
  OptimiserParams optimiser;
  AugmentParams augment;
  int n_epochs = 30;
  int batch_size = 50;
  std::uint64_t seed = 1;
  bool operator==(const TrainingParams&) const = default;
};

/// Each throws std::invalid_argument naming the field, the range and the value found.
void validate(const NetworkParams& params);
void validate(const GradientParams& params);
void validate(const LossParams& params);
void validate(const InitParams& params);
void validate(const OptimiserParams& params);
void validate(const AugmentParams& params);
void validate(const TrainingParams& params);

/// Both throw std::invalid_argument; the second one lists the names.
std::string name_at(std::span<const char* const> names, int index, const char* what);
int index_of(std::span<const char* const> names, const std::string& name, const char* what);

template <Named Enum>
std::string to_string(Enum value) {
  return name_at(Names<Enum>::kAll, static_cast<int>(value), Names<Enum>::kWhat);
}
template <Named Enum>
Enum parse_name(const std::string& name) {
  return static_cast<Enum>(index_of(Names<Enum>::kAll, name, Names<Enum>::kWhat));
}

}  // namespace snn
