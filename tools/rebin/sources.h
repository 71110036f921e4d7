#pragma once
// The recordings of events that a user names, whatever files they are in.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "frontend/events/event_source.h"
#include "frontend/stream/list.h"
#include "frontend/stream/recipe.h"

namespace tools {

/// What a person sets; empty, 0 and false: not given.
struct SourceOptions {
  std::vector<std::string> files;  ///< "-": standard input
  std::string format = "auto";     ///< auto, ntidigits, shd, text or stream
  std::string list, root;          ///< of text files
  std::string classes;             ///< file of class names: for text and N-TIDIGITS
  std::string time_unit;           ///< s, ms or us: for text
  int input_channels = 0;          ///< for text
  std::string part, split;         ///< for N-TIDIGITS
  bool sequences = false;          ///< likewise
  ear::Shard shard;
};

/// What the options name, opened.
struct Source {
  std::unique_ptr<ear::EventSource> events;
  ear::Recipe recipe;                                        ///< of a stream; else empty
  std::vector<std::pair<std::string, std::string>> made_by;  ///< likewise, and which part of a corpus it is
  std::vector<std::string> paths;                            ///< all files that it reads, to compare with the output
  std::optional<std::size_t> n_records = {};                 ///< of its shard, where that is known beforehand
  std::function<std::optional<double>()> share = {};         ///< of streams: RecordSource::share()
};

/// Opens the files, one at a time as they are needed; several must be of one kind, with the same channels and classes. "auto"
/// looks at the first bytes of the first. Throws std::invalid_argument for options that are missing for the format or do not
/// apply to it, std::runtime_error for files that cannot be used.
Source open_source(const SourceOptions& options);

}  // namespace tools
