#pragma once
// Starting from a model: what goes over, said to the user.
#include <optional>
#include <string>

#include "snn/train/warm_start.h"
#include "tools/common/load.h"

namespace tools {

/// The model at `path`, if it is not empty. Throws std::runtime_error if the stream was made by another recipe than the
/// model's.
std::optional<snn::Model> read_start(const std::string& path, const std::string& stream_name,
                                     const LoadedStream& stream);

/// "digits.model: hidden layers taken, and the output neurons of 8 classes; begun anew: those of yes, no".
std::string describe(const snn::WarmStart& start, const std::string& path);

}  // namespace tools
