#pragma once
// Utterances in memory, each array in its stream's own type and held once.
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace snn {

/// [step][channel]: intensities, a raster (0 or 1) or counts.
using Values = std::variant<std::vector<float>, std::vector<std::uint8_t>, std::vector<std::uint16_t>>;

struct Utterance {
  std::string key;         ///< unique in its data set, but for versions
  std::string speaker;     ///< may be empty
  int label = -1;          ///< class index; -1: not one of the classes
  std::string label_name;  ///< as the stream says it
  int n_steps = 0;         ///< >= 1
  Values values;           ///< n_steps * n_channels
};

struct Dataset {
  int n_channels = 0;
  std::vector<std::string> classes;
  std::vector<Utterance> utterances;
  int n_versions = 1;  ///< of each utterance: first one of each, then the next of each in the same order

  /// What an epoch trains on: one version of each utterance.
  int n_distinct() const { return static_cast<int>(utterances.size()) / n_versions; }
};

/// Another version of each utterance, such as the same recordings with noise: `version` has channels and classes of
/// `dataset`, its keys in any order, each with its label, and any number of steps. Throws std::invalid_argument naming the
/// first key that differs.
void add_version(Dataset& dataset, Dataset&& version);

/// Throws std::invalid_argument naming the utterance or class: no channels; an empty, double or not UTF-8 class name;
/// an empty, double or not UTF-8 key; fewer than one step; a number of values other than n_steps * n_channels; a label
/// out of -1..K-1 or unlike its name; an intensity that is not finite; versions that are not of the same utterances. An
/// empty set passes.
void validate(const Dataset& dataset);

/// validate(), and throws std::invalid_argument too if there is no utterance, no class or an utterance without a label.
void validate_for_training(const Dataset& dataset);

/// Sets the class list and every label by its name; a name not in `classes` gets -1. Returns how many got -1.
int match_labels(Dataset& dataset, const std::vector<std::string>& classes);

/// Over everything in the set, in order: channels, classes, keys, speakers, labels, types and values. Little-endian
/// hosts only.
std::uint64_t hash_of(const Dataset& dataset);

/// How many values of the utterance are not zero: the products its input takes per target neuron (metrics.h).
std::int64_t count_nonzero(const Utterance& utterance);

}  // namespace snn
