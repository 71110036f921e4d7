#pragma once
// Named settings and how a person's own choices are laid over them. Sources: snn/README.md; [P table 1] is the ScSr-SNN
// paper's.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "snn/model/params.h"

namespace snn {

/// A named setting. `base` holds everything except what follows from the data and the topology: base.network.sizes,
/// self_recurrent, bip and skips are empty, base.optimiser.lr counts only where `lr` is set.
struct Preset {
  std::string name;
  std::string summary;  ///< one line for help texts
  std::vector<int> hidden;
  bool self_recurrent = true;
  bool bip = true;
  bool bip_output = false;
  std::vector<Skip> skips;
  std::optional<double> lr;       ///< not set: min(0.004, 0.4 / widest hidden layer)
  std::optional<int> n_channels;  ///< what the paper's corpus has
  std::optional<int> n_classes;
  TrainingParams base;
};

/// "best" (the default), "paper-alpha", "paper-digits", "paper-n-tidigits".
const std::vector<Preset>& presets();
/// Throws std::invalid_argument listing the names.
const Preset& find_preset(const std::string& name);

/// Everything a person can say about a training run; what is not set is the preset's. Units and ranges as in params.h.
struct TrainingChoices {
  std::string preset = "best";
  std::optional<std::vector<int>> hidden{};  ///< neurons of each hidden layer; may be empty
  std::optional<bool> self_recurrent{};      ///< of the hidden layers
  std::optional<bool> bip{};                 ///< of the hidden layers
  std::optional<bool> bip_output{};          ///< of the output layer
  std::optional<std::vector<Skip>> skips{};  ///< empty: none
  std::optional<double> tau_m{}, tau_s{}, v_th{}, input_scale{};
  std::optional<Rule> rule{};
  std::optional<double> bound{}, slope{}, layer_rate{}, self_gain{};
  std::optional<LossKind> loss{};
  std::optional<int> target_passes{};
  std::optional<double> desired_share{}, undesired_share{};
  std::optional<double> w_scale{}, w_self_mean{}, w_self_std{}, tau_m_spread{};
  std::optional<double> lr{}, lr_self{}, lr_theta{};
  std::optional<Schedule> schedule{};
  std::optional<double> beta1{}, beta2{}, eps{}, weight_decay{}, clip_norm{}, clip_weight{}, theta_min{}, theta_max{};
  std::optional<ClipScope> clip_scope{};
  std::optional<double> ema_decay{};
  std::optional<int> shift_steps{}, shift_channels{}, mask_channels{}, mask_steps{};
  std::optional<double> warp{}, gain_db{}, drop_channels{}, drop_neurons{};
  std::optional<int> n_epochs{}, batch_size{};
  std::optional<std::uint64_t> seed{};
};

struct Resolved {
  TrainingParams params;           ///< validated
  std::vector<std::string> notes;  ///< what was decided without being asked; one line each, for the user to read
};

/// Lays the choices over the preset. What neither says follows from the rest: the bound on 1/du from the rule (layer
/// 10, otherwise 8), the rate from the widest hidden layer (preset best). A skip of the preset that does not lead to a
/// hidden layer is left out with a note, since the depth was chosen by the user; so the preset's shift
/// of channels is narrowed where the data have too few. A skip or such a shift that the user gave and that does not fit
/// throws. Throws std::invalid_argument naming the field, the range and the value found.
Resolved resolve(const TrainingChoices& choices, int n_channels, int n_classes);

/// "FROM:TO", both decimal. Throws std::invalid_argument.
Skip parse_skip(const std::string& text);
std::string to_string(const Skip& skip);

}  // namespace snn
