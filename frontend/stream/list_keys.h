#pragma once
// The keys of recordings that are given none: made from their paths, so that nobody has to write them down.
#include <string>
#include <string_view>
#include <vector>

#include "frontend/stream/list.h"

namespace ear {

/// The key of a recording that stands alone: the name of its file without folder and extension, every byte outside
/// [A-Za-z0-9_-] as '_'; "stdin" for "-". With a hash where that cannot be a key (FORMAT.md 2.1).
std::string key_of_path(const std::string& path);

/// Gives the entries without a key theirs: as key_of_path(), with as many of the path's folders in front as tell it from the
/// other entries. Where keys are equal because other characters became '_', or one was given, a hash of the name is added. What
/// is given to an entry depends on the whole list, not on the order. Two keys stay equal only where the paths are equal or
/// differ in nothing but the extension.
void give_keys(std::vector<ListEntry>& entries);

/// `key`, cut where it would be longer than FORMAT.md allows, with a hash of `name`.
std::string with_hash(std::string_view key, std::string_view name);

}  // namespace ear
