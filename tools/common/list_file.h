#pragma once
// Lists of recordings, from their files.
#include <string>
#include <vector>

#include "frontend/stream/list.h"

namespace tools {

/// The recordings of the list ("-": standard input), whose relative paths start from `root` (empty: the working folder). Throws
/// std::runtime_error, as ear::parse_list(), and if there are several recordings and none of them is there.
std::vector<ear::ListEntry> read_list(const std::string& path, const std::string& root);

/// The names in a file of classes, as ear::parse_classes().
std::vector<std::string> read_classes(const std::string& path);

}  // namespace tools
