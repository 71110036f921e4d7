#pragma once
// The validation set of a training: a stream of its own, or a part cut from the training stream.
#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "snn/data/dataset_split.h"
#include "tools/common/load.h"
#include "tools/common/run_tool.h"

namespace tools {

struct ValidationOptions {
  std::string stream;              ///< or empty
  std::optional<double> fraction;  ///< of the training stream
  snn::SplitParams split;          ///< its by and seed
};

void add_validation_options(CLI::App& app, ValidationOptions& options);

/// What is asked for, if anything. A part that is cut leaves `train`; `train_name` stands in the messages. Throws
/// std::runtime_error for a stream that does not go with the training stream, or that allows no such part.
std::optional<snn::Dataset> take_validation_set(const ValidationOptions& options, const std::string& train_name,
                                                LoadedStream& train, Context& context);

}  // namespace tools
