#include "frontend/stream/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/base/text.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::array<std::string_view, 4> kColumns = {"path", "label", "speaker", "key"};
constexpr const char* kFirstLine =
    "wanted the columns path, label, speaker and optionally key in the first line, separated by tabs";
enum Column { kPath, kLabel, kSpeaker, kKey };

/// check_name() at a place.
void check_at(const std::string& place, std::string_view text, const char* what) {
  try {
    check_name(text, what);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("{}: {}", place, error.what()));
  }
}

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t at = 0; at <= line.size(); at += fields.back().size() + 1) {
    fields.push_back(line.substr(at, line.find('\t', at) - at));
  }
  return fields;
}

/// For each column of the list, which one it is.
std::vector<Column> parse_header(std::string_view line, const std::string& name) {
  std::vector<Column> columns;
  for (const std::string_view field : fields_of(line)) {
    const auto* const known = std::ranges::find(kColumns, field);
    demand(known != kColumns.end(), "{}: column '{}' is not known; {}", name, shown(field), kFirstLine);
    const auto column = static_cast<Column>(known - kColumns.begin());
    demand(std::ranges::find(columns, column) == columns.end(), "{}: column {} stands twice", name, field);
    columns.push_back(column);
  }
  for (const Column column : {kPath, kLabel, kSpeaker}) {
    const bool is_there = std::ranges::find(columns, column) != columns.end();
    demand(is_there, "{}: no column {}; {}", name, kColumns[column], kFirstLine);
  }
  return columns;
}

/// Refuses keys that break FORMAT.md and keys that stand twice; `place` is where each entry comes from.
void check_keys(const std::vector<ListEntry>& entries, const std::vector<std::string>& places) {
  std::map<std::string_view, std::size_t> first;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    try {
      check_key(entries[i].key);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(fmt::format("{}: {}; give it another in the column key", places[i], error.what()));
    }
    const auto [known, is_new] = first.emplace(entries[i].key, i);
    demand(is_new,
           "{}: key {} is already that of {} ({}); take one of them away, or give each a key of its own in the column "
           "key of a list",
           places[i], entries[i].key, entries[known->second].path, places[known->second]);
  }
}

}  // namespace

std::vector<ListEntry> list_of_paths(const std::vector<std::string>& paths) {
  std::vector<ListEntry> entries;
  entries.reserve(paths.size());
  for (const std::string& path : paths) entries.push_back({path, "", "", ""});
  give_keys(entries);
  check_keys(entries, paths);
  return entries;
}

std::vector<ListEntry> parse_list(std::string_view text, const std::string& name) {
  const auto lines = lines_of(text, name);
  demand(!lines.empty(), "{}: is empty; {}", name, kFirstLine);
  const auto columns = parse_header(lines.front().second, name);
  std::vector<ListEntry> entries;
  std::vector<std::string> places;
  for (const auto& [number, line] : std::span(lines).subspan(1)) {
    const auto fields = fields_of(line);
    places.push_back(fmt::format("{}:{}", name, number));
    demand(fields.size() == columns.size(),
           "{}: {} fields, but the first line names {} columns; fields are separated by one tab", places.back(),
           fields.size(), columns.size());
    std::array<std::string, kColumns.size()> values;
    for (std::size_t i = 0; i < fields.size(); ++i) values[columns[i]] = fields[i];
    demand(!values[kPath].empty(), "{}: the path is empty", places.back());
    check_at(places.back(), values[kLabel], "label");
    check_at(places.back(), values[kSpeaker], "speaker");
    entries.push_back({values[kPath], values[kLabel], values[kSpeaker], values[kKey]});
  }
  demand(!entries.empty(), "{}: names no recording", name);
  give_keys(entries);
  check_keys(entries, places);
  return entries;
}

std::vector<std::string> classes_of(const std::vector<ListEntry>& entries) {
  std::set<std::string> labels;
  for (const ListEntry& entry : entries) labels.insert(entry.label);
  labels.erase("");
  return {labels.begin(), labels.end()};
}

std::vector<std::string> parse_classes(std::string_view text, const std::string& name) {
  std::vector<std::string> classes;
  std::set<std::string_view> known;
  for (const auto& [number, line] : lines_of(text, name)) {
    check_at(fmt::format("{}:{}", name, number), line, "class");
    demand(known.insert(line).second, "{}:{}: class {} stands twice", name, number, shown(line));
    classes.emplace_back(line);
  }
  demand(!classes.empty(), "{}: names no class; wanted one a line", name);
  return classes;
}

void check_labels(const std::vector<ListEntry>& entries, const std::vector<std::string>& classes) {
  const std::set<std::string_view> known(classes.begin(), classes.end());
  for (const ListEntry& entry : entries) {
    if (!entry.label.empty() && !known.contains(entry.label)) {
      throw std::runtime_error(
          fmt::format("{}: label '{}' is not one of the {} classes{}; add it to them or take the "
                      "recording off the list",
                      entry.path, shown(entry.label), classes.size(), look_alike_hint(entry.label, classes)));
    }
  }
}

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto [slash, index_error] = std::from_chars(text.data(), end, shard.index);
  if (index_error == std::errc() && slash != end && *slash == '/') {
    const auto [rest, count_error] = std::from_chars(slash + 1, end, shard.count);
    if (count_error == std::errc() && rest == end && 1 <= shard.index && shard.index <= shard.count) return shard;
  }
  throw std::invalid_argument(fmt::format("shard '{}': wanted i/n with 1 <= i <= n, as 2/4", text));
}

std::string path_of(const ListEntry& entry, const std::string& root) {
  return entry.path == "-" || root.empty() ? entry.path : (std::filesystem::path(root) / entry.path).string();
}

std::pair<std::size_t, std::size_t> range_of_shard(std::size_t n, Shard shard) {
  const auto bound = [&](int parts) {
    return n * static_cast<std::size_t>(parts) / static_cast<std::size_t>(shard.count);
  };
  return {bound(shard.index - 1), bound(shard.index)};
}

std::span<const ListEntry> entries_of_shard(const std::vector<ListEntry>& entries, Shard shard) {
  const auto [first, end] = range_of_shard(entries.size(), shard);
  return std::span(entries).subspan(first, end - first);
}

}  // namespace ear
