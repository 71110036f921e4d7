#pragma once
// Named settings and how a person's own choices are laid over them. Sources: snn/README.md; [P table 1] is the ScSr-SNN
// paper's.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "snn/model/params_fields.h"

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
  bool adaptive = false;
  std::vector<Skip> skips;
  std::optional<double> lr;       ///< not set: min(0.004, 0.4 / widest hidden layer)
  std::optional<int> n_channels;  ///< what the paper's corpus has
  std::optional<int> n_classes;
  TrainingParams base;
};

/// "best" (the default), "best-large", "plain", "paper-alpha", "paper-digits", "paper-n-tidigits".
const std::vector<Preset>& presets();
/// Throws std::invalid_argument listing the names.
const Preset& find_preset(const std::string& name);

/// A value of one field of TrainingParams, of the field's type; an optional field takes what it holds.
using FieldValue = std::variant<bool, int, std::uint64_t, double, Rule, LossKind, Schedule, ClipScope, OutputLayer>;

/// Everything a person can say about a training run; what is not set is the preset's. The topology is said relative to the
/// number of hidden layers, so it has members of its own.
struct TrainingChoices {
  std::string preset = "best";
  std::optional<std::vector<int>> hidden{};     ///< neurons of each hidden layer; may be empty
  std::optional<bool> self_recurrent{};         ///< of the hidden layers
  std::optional<bool> bip{};                    ///< of the hidden layers
  std::optional<bool> bip_output{};             ///< of the output layer
  std::optional<bool> adaptive{};               ///< the hidden layers
  std::optional<std::vector<int>> recurrent{};  ///< layers, ascending; none if not set
  std::optional<std::vector<int>> frozen{};     ///< likewise
  std::optional<std::vector<Skip>> skips{};     ///< empty: none
  std::optional<std::vector<int>> delays{};     ///< of all connections; those of one kind, below, go before it
  std::optional<std::vector<int>> input_delays{}, forward_delays{}, skip_delays{};
  std::map<std::string, FieldValue> values{};  ///< of all other fields, by their names in params_fields.h
};

/// The type in which a value of a field is given.
template <class T>
struct GivenAs {
  using Type = T;
};
template <class T>
struct GivenAs<std::optional<T>> {
  using Type = T;
};

/// The value given for a field of type T; null if there is none. Throws std::bad_variant_access if it is of another type.
template <class T>
const typename GivenAs<T>::Type* given(const TrainingChoices& choices, const Field& field) {
  if constexpr (std::is_constructible_v<FieldValue, typename GivenAs<T>::Type>) {
    const auto found = choices.values.find(field.name);
    if (found != choices.values.end()) return &std::get<typename GivenAs<T>::Type>(found->second);
  }
  return nullptr;
}

struct Resolved {
  TrainingParams params;           ///< validated
  std::vector<std::string> notes;  ///< what was decided without being asked; one line each, for the user to read
};

/// Lays the choices over the preset. What neither says follows from the rest: the bound on 1/du from the rule (layer
/// 10, otherwise 8), the rate from the widest hidden layer (preset best). A skip of the preset that does not lead to a
/// hidden layer is left out with a note, since the depth was chosen by the user; so the preset's shift
/// of channels is narrowed where the data have too few. A skip or such a shift that the user gave and that does not fit
/// throws. network: taken in the place of what choices and preset say of it. Throws std::invalid_argument naming the field, the range
/// and the value found, or the value that belongs to no field.
Resolved resolve(const TrainingChoices& choices, int n_channels, int n_classes, const NetworkParams* network = nullptr);

/// Throws std::invalid_argument naming the first choice that cannot change a training with these parameters, and what it needs;
/// they follow from the choices, by resolve() or resolve_from(). Numbers of 0 ask for nothing, and presets for nothing either.
void require_effect(const TrainingChoices& choices, const TrainingParams& params);
/// Whether a training with these parameters may depend on that field of theirs, as require_effect() has it.
bool has_effect(const std::string& field, const TrainingParams& params);

/// "FROM:TO", both decimal. Throws std::invalid_argument.
Skip parse_skip(const std::string& text);
std::string to_string(const Skip& skip);

}  // namespace snn
