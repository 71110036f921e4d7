#pragma once
// Lists of recordings, from their files.
#include <string>
#include <vector>

#include "frontend/stream/list.h"

namespace tools {

/// The recordings of the list at `path` ("-": standard input), whose relative paths start from `root` (empty: the working
/// folder); without a path, those of `files`. Throws std::runtime_error, as ear::parse_list() and ear::list_of_paths(), and if
/// the list has several recordings and none of them is there.
std::vector<ear::ListEntry> read_entries(const std::string& path, const std::string& root,
                                         const std::vector<std::string>& files);

/// The names in a file of classes, as ear::parse_classes().
std::vector<std::string> read_classes(const std::string& path);

}  // namespace tools
