#pragma once
// A trained network as bytes: safetensors with everything needed to predict in its metadata. The bytes are set down in
// MODEL.md.
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "snn/files/safetensors.h"
#include "snn/model/calibration.h"
#include "snn/model/params.h"

namespace snn {

struct Model {
  TrainingParams training;               ///< how it was trained; training.network is the network's shape and constants
  std::vector<std::string> classes;      ///< training.network.sizes.back() names
  std::string input_kind;                ///< the stream's kind: "cochleagram", "raster", "counts"
  std::string recipe_json;               ///< the stream's recipe, JSON text that this library does not read
  std::string which = "last";            ///< "last" or "best"
  int n_epochs_done = 0;                 ///< epochs behind these parameters
  std::optional<double> valid_accuracy;  ///< 0..1, on the validation set after that epoch
  std::optional<Calibration> calibration = {};  ///< fitted on the same, where there is one
  std::optional<double> longest_ms = {};        ///< duration of the longest training utterance, where it is known
  Tensors parameters;                           ///< parameter_list(training.network)
  bool operator==(const Model&) const = default;
};

/// The file's bytes; equal models give equal bytes on every machine. Throws std::invalid_argument for a model that
/// could not be read back (wrong shapes, a value that is not finite, names not in UTF-8).
std::string serialise(const Model& model);

/// `name` stands in the messages. Throws std::runtime_error saying what was found, what was wanted and what to do, for
/// bytes that are cut, altered, of another version or not a model. Takes no more memory than a small multiple of
/// bytes.size().
Model parse_model(std::span<const char> bytes, const std::string& name);

/// Reads the file and parses it; also from a pipe. Throws std::runtime_error naming the path.
Model read_model(const std::string& path);

/// What checkpoints share with models: the check that a model could be read back, everything of a model but its arrays, and the
/// bytes of the parameters of the network that the metadata describe. They throw std::runtime_error or std::invalid_argument.
void check(const Model& model);
void write_metadata(const Model& model, Metadata& metadata);
void read_metadata(const Metadata& metadata, Model& model);
std::uint64_t parameter_bytes(const Metadata& metadata);

}  // namespace snn
