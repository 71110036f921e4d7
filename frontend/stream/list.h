#pragma once
// Lists of recordings: which files, with which labels, under which keys, in which order. list_keys.cpp makes the keys of those
// that are given none from their paths, so that nobody has to write them down.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ear {

/// One recording to be read.
struct ListEntry {
  std::string path;     ///< as written
  std::string label;    ///< empty: not known
  std::string speaker;  ///< empty: not known
  std::string key;      ///< of its record; unique in the list
};

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

/// Recordings named one by one, without labels, with the keys of give_keys(). Throws std::runtime_error if two get the same key.
std::vector<ListEntry> list_of_paths(const std::vector<std::string>& paths);

/// A list: tab-separated lines, the first one naming the columns path, label, speaker and optionally key, in any order.
/// Empty lines are skipped, lines may end in CR LF; give_keys() gives the keys that are missing. Throws std::runtime_error naming
/// list and line: a column missing, unknown or named twice, a line with more or fewer fields, an empty path, a key that
/// cannot be one, two lines with one key, a label or speaker that check_name() refuses, no recording, text in UTF-16.
std::vector<ListEntry> parse_list(std::string_view text, const std::string& name);

/// The distinct labels, sorted by bytes, without the empty one.
std::vector<std::string> classes_of(const std::vector<ListEntry>& entries);

/// A file of class names, one a line, in their order. Throws std::runtime_error for a name that stands twice or that check_name()
/// refuses, none, and text in UTF-16.
std::vector<std::string> parse_classes(std::string_view text, const std::string& name);

/// Throws std::runtime_error naming the first label, and its recording, that is not among the classes, and the class that it
/// looks like, if there is one.
void check_labels(const std::vector<ListEntry>& entries, const std::vector<std::string>& classes);

/// The entry's path below `root` (empty: the working folder), as it is opened and as messages name it; "-" stays.
std::string path_of(const ListEntry& entry, const std::string& root);

/// Part `index` of `count`.
struct Shard {
  int index = 1;  ///< 1..count
  int count = 1;
};

/// "2/4" -> {2, 4}. Throws std::invalid_argument.
Shard parse_shard(const std::string& text);

/// First and one beyond the last of `n` things in the part: the parts are contiguous, in order, differ by at most one in size,
/// and together are the whole.
std::pair<std::size_t, std::size_t> range_of_shard(std::size_t n, Shard shard);

/// The part's entries, as range_of_shard().
std::span<const ListEntry> entries_of_shard(const std::vector<ListEntry>& entries, Shard shard);

}  // namespace ear
