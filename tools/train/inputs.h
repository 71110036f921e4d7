#pragma once
// What a training reads beside its streams: a validation set, other forms of the recordings, a model to start from.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "snn/data/dataset_split.h"
#include "snn/train/warm_start.h"
#include "tools/common/load.h"
#include "tools/common/run_tool.h"

namespace tools {

struct ValidationOptions {
  std::string stream;              ///< or empty
  std::optional<double> fraction;  ///< of the training stream
  snn::SplitParams split;          ///< its by and seed
};

void add_validation_options(CLI::App& app, ValidationOptions& options);

/// The validation set, if one is asked for. A part that is cut leaves `train`; `train_name` stands in the messages. Throws
/// std::runtime_error for a stream that does not go with the training stream, or that allows no such part. Warns of recordings
/// that are trained on as well.
std::optional<snn::Dataset> take_validation_set(const ValidationOptions& options, const std::string& train_name,
                                                LoadedStream& train, Context& context);

/// Adds every stream of `names` to the training set as another version of its utterances (snn::add_version). Utterances
/// of `valid` (may be null) that the training set no longer has are left out of it. Throws std::runtime_error for a stream
/// of another recipe or of other utterances.
void add_variants(const std::vector<std::string>& names, const snn::Dataset* valid, LoadedStream& train);

/// Throws std::runtime_error for a stream with a class snn::kSilenceName, which is what the tools answer where no class is heard.
void require_no_silence(const std::string& stream_name, const ear::Header& header);

/// Adds the recordings of these streams to the class snn::kUnknownName, whatever their labels; where there is none, as a new last class.
/// "(unknown) " stands before their keys. Before a validation part is cut. Notes the class, also one that the training stream has and
/// nothing is added to. Warns of recordings that the training stream has as words. Throws std::runtime_error for a stream of another
/// recipe.
void add_unknown(const std::vector<std::string>& names, LoadedStream& train, Context& context);

/// The model at `path`, if it is not empty. Throws std::runtime_error if the stream was made by another recipe than the
/// model's.
std::optional<snn::Model> read_start(const std::string& path, const std::string& stream_name,
                                     const LoadedStream& stream);

/// "digits.model: hidden layers taken, and the output neurons of 8 classes; begun anew: those of yes, no".
std::string describe(const snn::WarmStart& start, const std::string& path);

}  // namespace tools
