#pragma once
// Other forms of the recordings that a training draws from.
#include <string>
#include <vector>

#include "tools/common/load.h"

namespace tools {

/// Adds every stream of `names` to the training set as another version of its utterances (snn::add_version). Utterances
/// of `valid` (may be null) that the training set no longer has are left out of it. Throws std::runtime_error for a stream
/// of another recipe or of other utterances.
void add_variants(const std::vector<std::string>& names, const snn::Dataset* valid, LoadedStream& train);

}  // namespace tools
