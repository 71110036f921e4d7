#include "frontend/exchange/npz_meta.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <unordered_set>

#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<int>::max();
constexpr std::int64_t kMaxClass = 100'000;  // more are hardly classes

Kind kind_of(const NpyArray& type, const ForeignParams& params) {
  if (params.kind) return *params.kind;
  return type.kind() == 'f' ? Kind::kCochleagram : type.kind() == 'b' ? Kind::kRaster : Kind::kCounts;
}

/// "3 0 5", indices of classes.
std::vector<std::string> sequence_of(const NpzArrays& arrays, const std::string& text,
                                     const std::vector<std::string>& classes) {
  std::vector<std::string> words;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at < end; ++at) {
    std::size_t index = 0;
    const auto [rest, error] = std::from_chars(at, end, index);
    if (error != std::errc() || index >= classes.size() || (rest != end && *rest != ' ')) {
      arrays.fail("sequences", fmt::format("'{}' is no list of the numbers of {} classes", text, classes.size()));
    }
    words.push_back(classes[index]);
    at = rest;
  }
  return words;
}

/// The labels of y: numbers of classes, or texts; sets the classes.
void read_labels(const NpzArrays& arrays, const ForeignParams& params, std::vector<std::string>& labels,
                 std::vector<std::string>& classes) {
  std::vector<std::string> given = params.classes;
  if (arrays.has("classes")) {
    if (!given.empty()) throw std::invalid_argument(arrays.path() + ": the classes stand in it; leave --classes out");
    given = arrays.texts("classes", arrays.type("classes").n_items());
  }
  if (!arrays.has("y")) {
    classes = given;
    return;
  }
  if (arrays.type("y").is_text()) {
    labels = arrays.texts("y", labels.size());
    classes = classes_or_sorted(given, labels);
    const std::unordered_set<std::string_view> known(classes.begin(), classes.end());
    for (const std::string& label : labels) {
      if (!label.empty() && !known.contains(label)) {
        arrays.fail("y", fmt::format("label '{}' is not among the {} classes", label, classes.size()));
      }
    }
    return;
  }
  const std::int64_t highest = given.empty() ? kMaxClass : static_cast<std::int64_t>(given.size()) - 1;
  const auto indices = arrays.whole("y", labels.size(), -1, highest);
  classes = given;
  const std::int64_t most = indices.empty() ? -1 : *std::max_element(indices.begin(), indices.end());
  for (auto k = static_cast<std::int64_t>(classes.size()); given.empty() && k <= most; ++k)
    classes.push_back(fmt::to_string(k));
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (indices[i] >= 0) labels[i] = classes[static_cast<std::size_t>(indices[i])];
  }
}

/// The length of each record's step: the array's, one for all or one each; or the params'.
std::vector<double> read_dt_ms(const NpzArrays& arrays, const ForeignParams& params, std::size_t n) {
  if (!arrays.has("dt_ms")) return std::vector<double>(n, require_dt(params, {}, arrays.path()));
  const bool one = arrays.type("dt_ms").n_items() == 1;
  const std::vector<double> dt_ms =
      one ? std::vector<double>(n, arrays.numbers("dt_ms")[0]) : arrays.numbers("dt_ms", n);
  for (const double dt : dt_ms) require_dt(params, dt, arrays.path());
  return dt_ms;
}

}  // namespace

NpzMeta own_npz_meta(const NpzArrays& arrays) {
  NpzMeta meta;
  meta.own = true;
  const auto& json = arrays.texts("header");
  if (json.size() != 1) arrays.fail("header", fmt::format("{} texts, wanted one", json.size()));
  try {
    meta.header = parse_header(json[0]);
    check_header(meta.header);
  } catch (const std::runtime_error& bad) {
    arrays.fail("header", bad.what());
  }
  for (const char* name : {"X", "y", "keys", "n_steps", "speakers", "sequences", "dt_ms", "decimation"}) {
    if (!arrays.has(name)) arrays.fail(name, "is missing; the array header says that it was written");
  }
  const std::size_t n = arrays.type("keys").n_items();
  arrays.require_memory_for("keys", n);
  const auto& keys = arrays.texts("keys", n);
  const auto& speakers = arrays.texts("speakers", n);
  const auto& sequences = arrays.texts("sequences", n);
  const auto& dt_ms = arrays.numbers("dt_ms", n);
  const auto n_steps = arrays.whole("n_steps", n, 1, kMaxInt);
  const auto decimation = arrays.whole("decimation", n, 1, kMaxInt);
  const auto& classes = meta.header.classes;
  const auto y = arrays.whole("y", n, -1, static_cast<std::int64_t>(classes.size()) - 1);
  for (std::size_t i = 0; i < n; ++i) {
    meta.records.push_back({keys[i],
                            y[i] < 0 ? "" : classes[static_cast<std::size_t>(y[i])],
                            sequence_of(arrays, sequences[i], classes),
                            speakers[i],
                            static_cast<int>(n_steps[i]),
                            dt_ms[i],
                            static_cast<int>(decimation[i]),
                            {}});
  }
  if (meta.header.kind == Kind::kEvents) {
    if (!arrays.has("offsets")) arrays.fail("offsets", "is missing");
    meta.offsets = arrays.whole("offsets", n + 1, 0, std::numeric_limits<std::int64_t>::max() / 2);
  }
  return meta;
}

NpzMeta foreign_npz_meta(const NpzArrays& arrays, const ForeignParams& params, const std::vector<std::string>& names,
                         const NpyArray& type) {
  const std::size_t n = names.size();
  std::vector<std::string> labels(n);
  std::vector<std::string> classes;
  read_labels(arrays, params, labels, classes);
  const std::vector<double> dt_ms = read_dt_ms(arrays, params, n);
  const bool same = n > 0 && std::equal(dt_ms.begin() + 1, dt_ms.end(), dt_ms.begin());
  NpzMeta meta;
  const std::uint64_t n_channels = type.shape.back();
  if (n_channels < 1 || n_channels > kMaxChannels)
    arrays.fail(names.empty() ? "X" : names[0], fmt::format("{} channels", n_channels));
  meta.header = foreign_header(kind_of(type, params), static_cast<int>(n_channels), classes,
                               same ? std::optional(dt_ms[0]) : std::nullopt, "npz");
  const auto speakers = arrays.has("speakers") ? arrays.texts("speakers", n) : std::vector<std::string>(n);
  KeyMaker key_of;
  for (std::size_t i = 0; i < n; ++i) {
    try {
      meta.records.push_back({key_of(names[i]), labels[i], {}, speakers[i], 0, dt_ms[i], 1, {}});
    } catch (const std::runtime_error& bad) {
      arrays.fail("keys", fmt::format("element {}: {}", i, bad.what()));
    }
  }
  if (std::string note = key_of.note(); !note.empty()) meta.notes.push_back(std::move(note));
  return meta;
}

}  // namespace ear
