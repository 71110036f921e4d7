#include "frontend/stream/list.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>

#include "frontend/base/text.h"
#include "frontend/stream/list_keys.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::array<std::string_view, 4> kColumns = {"path", "label", "speaker", "key"};
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
  for (;;) {
    const auto tab = line.find('\t');
    fields.push_back(line.substr(0, tab));
    if (tab == std::string_view::npos) return fields;
    line.remove_prefix(tab + 1);
  }
}

/// For each column of the list, which one it is.
std::vector<Column> parse_header(std::string_view line, const std::string& name) {
  std::vector<Column> columns;
  for (const std::string_view field : fields_of(line)) {
    const auto* const known = std::find(kColumns.begin(), kColumns.end(), field);
    if (known == kColumns.end()) {
      throw std::runtime_error(
          fmt::format("{}: column '{}' is not known; the first line names the columns path, label, "
                      "speaker and optionally key, separated by tabs",
                      name, shown(field)));
    }
    const auto column = static_cast<Column>(known - kColumns.begin());
    if (std::find(columns.begin(), columns.end(), column) != columns.end()) {
      throw std::runtime_error(fmt::format("{}: column {} stands twice", name, field));
    }
    columns.push_back(column);
  }
  for (const Column column : {kPath, kLabel, kSpeaker}) {
    if (std::find(columns.begin(), columns.end(), column) == columns.end()) {
      throw std::runtime_error(
          fmt::format("{}: no column {} in the first line; wanted path, label, speaker and "
                      "optionally key, separated by tabs",
                      name, kColumns[column]));
    }
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
    if (!is_new) {
      throw std::runtime_error(fmt::format(
          "{}: key {} is already that of {} ({}); take one of them away, or give each a key of its own in the "
          "column key of a list",
          places[i], entries[i].key, entries[known->second].path, places[known->second]));
    }
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
  if (lines.empty()) throw std::runtime_error(name + ": is empty; wanted a line with the names of the columns first");
  const auto columns = parse_header(lines.front().second, name);
  std::vector<ListEntry> entries;
  std::vector<std::string> places;
  for (const auto& [number, line] : std::span(lines).subspan(1)) {
    const auto fields = fields_of(line);
    places.push_back(fmt::format("{}:{}", name, number));
    if (fields.size() != columns.size()) {
      throw std::runtime_error(
          fmt::format("{}: {} fields, but the first line names {} columns; fields are separated by one tab",
                      places.back(), fields.size(), columns.size()));
    }
    std::array<std::string, kColumns.size()> values;
    for (std::size_t i = 0; i < fields.size(); ++i) values[columns[i]] = fields[i];
    if (values[kPath].empty()) throw std::runtime_error(places.back() + ": the path is empty");
    check_at(places.back(), values[kLabel], "label");
    check_at(places.back(), values[kSpeaker], "speaker");
    entries.push_back({values[kPath], values[kLabel], values[kSpeaker], values[kKey]});
  }
  if (entries.empty()) throw std::runtime_error(name + ": names no recording");
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
    if (!known.insert(line).second)
      throw std::runtime_error(fmt::format("{}:{}: class {} stands twice", name, number, shown(line)));
    classes.emplace_back(line);
  }
  if (classes.empty()) throw std::runtime_error(name + ": names no class; wanted one a line");
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
