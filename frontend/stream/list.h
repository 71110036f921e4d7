#pragma once
// Lists of recordings: which files, with which labels, under which keys, in which order.
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
