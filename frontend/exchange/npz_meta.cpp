#include "frontend/exchange/npz_meta.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <stdexcept>

#include "frontend/exchange/formats.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<int>::max();
constexpr std::int64_t kMaxClass = 100'000;  // more are hardly classes
constexpr std::uint64_t kRecordMemory =
    sizeof(Record) + 100;  // a record's metadata, and its key among those that were given

/// The names of the arrays that are a record each.
std::vector<std::string> names_of_records(const NpzArrays& arrays) {
  std::vector<std::string> names;
  for (const std::string& name : arrays.names()) {
    const NpyHeader& type = arrays.type(name);
    if (!is_npz_record(name, type)) continue;
    const NpyHeader& first = arrays.type(names.empty() ? name : names[0]);
    if (!type.is_number() || type.descr != first.descr || type.shape[1] != first.shape[1]) {
      arrays.fail(name,
                  fmt::format("shape {} of {}; wanted numbers [step][channel] with the channels and the type of the "
                              "first, {} of {}",
                              shape_text(type.shape), type.descr, shape_text(first.shape), first.descr));
    }
    if (type.shape[0] < 1 || type.shape[0] > kMaxInt || type.item_size() * type.n_items() > kMaxArrayBytes) {
      arrays.fail(name, fmt::format("{} steps; wanted 1 or more, and at most {} bytes", type.shape[0], kMaxArrayBytes));
    }
    names.push_back(name);
  }
  if (names.empty())
    throw std::runtime_error(arrays.path() + ": neither an array X [record][step][channel] nor arrays [step][channel]");
  return names;
}

/// The keys of the records of X.
std::vector<std::string> keys_of_x(const NpzArrays& arrays) {
  const auto& shape = arrays.type("X").shape;
  const std::size_t n = arrays.has("header") ? arrays.type("keys").n_items() : shape.empty() ? 0 : shape[0];
  if (n > kMaxNpzRecords) arrays.fail("X", fmt::format("{} records, at most {} are read", n, kMaxNpzRecords));
  if (arrays.has("keys")) return arrays.texts("keys", n);
  arrays.require_memory("X", n * kRecordMemory);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < n; ++i) keys.push_back(fmt::format("{:06}", i));
  return keys;
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

/// The labels in y, texts or numbers of classes. Where no classes are given, they follow from the labels.
std::vector<std::string> labels_of(const NpzArrays& arrays, std::size_t n, std::vector<std::string>& classes) {
  std::vector<std::string> labels(n);
  if (!arrays.has("y")) return labels;
  if (arrays.type("y").is_text()) {
    labels = arrays.texts("y", n);
    classes = classes_or_sorted(classes, labels);
    return labels;
  }
  const bool is_given = !classes.empty();
  const auto indices = arrays.whole("y", n, -1, is_given ? static_cast<std::int64_t>(classes.size()) - 1 : kMaxClass);
  const std::int64_t highest = indices.empty() ? -1 : *std::ranges::max_element(indices);
  for (std::int64_t k = 0; !is_given && k <= highest; ++k) classes.push_back(fmt::to_string(k));
  for (std::size_t i = 0; i < n; ++i) {
    if (indices[i] >= 0) labels[i] = classes[static_cast<std::size_t>(indices[i])];
  }
  return labels;
}

/// The length of each record's step: the array's, one for all or one each; or the params'.
std::vector<double> dt_ms_of(const NpzArrays& arrays, const ForeignParams& params, std::size_t n) {
  if (!arrays.has("dt_ms")) return std::vector<double>(n, require_dt(params, {}, arrays.path()));
  const bool one = arrays.type("dt_ms").n_items() == 1;
  const std::vector<double> dt_ms =
      one ? std::vector<double>(n, arrays.numbers("dt_ms")[0]) : arrays.numbers("dt_ms", n);
  for (const double dt : dt_ms) require_dt(params, dt, arrays.path());
  return dt_ms;
}

/// The header that NpzWriter wrote.
Header header_of(const NpzArrays& arrays) {
  const auto& json = arrays.texts("header");
  if (json.size() != 1) arrays.fail("header", fmt::format("{} texts, wanted one", json.size()));
  Header header = own_header(json[0], arrays.path() + ": array header");
  for (const char* name : {"X", "y", "keys", "n_steps", "speakers", "sequences", "dt_ms", "decimation", "offsets"}) {
    if (arrays.has(name) || (name == std::string("offsets") && header.kind != Kind::kEvents)) continue;
    arrays.fail(name, "is missing; the array header says that it was written");
  }
  return header;
}

void check_x(const NpzArrays& arrays, const NpzMeta& meta, std::size_t n) {
  const auto& shape = meta.type.shape;
  const bool fits = meta.has_events()
                        ? meta.type.descr == "<u4" && shape.size() == 2 && shape[1] == 2 && !meta.type.fortran
                        : meta.type.is_number() && shape.size() == 3 && shape[0] == n;
  if (!fits || (meta.own && !meta.has_events() && shape[2] != static_cast<std::uint64_t>(meta.header.n_channels))) {
    arrays.fail("X", fmt::format("shape {} of {}, wanted numbers [record][step][channel] of {} records, or events "
                                 "[event][2] of ossicle-convert",
                                 shape_text(shape), meta.type.descr, n));
  }
  if (meta.has_events() || n == 0) return;
  if (shape[1] < 1 || shape[1] > kMaxInt || meta.type.item_size() * meta.type.n_items() / n > kMaxArrayBytes) {
    arrays.fail("X", fmt::format("{} steps of {} channels; wanted 1 or more, and at most {} bytes a record", shape[1],
                                 shape[2], kMaxArrayBytes));
  }
}

/// Where the records' events begin among the rows of X.
std::vector<std::uint64_t> offsets_of(const NpzArrays& arrays, std::size_t n) {
  const auto whole = arrays.whole("offsets", n + 1, 0, std::numeric_limits<std::int64_t>::max() / 2);
  const std::vector<std::uint64_t> offsets(whole.begin(), whole.end());
  const std::uint64_t n_events = arrays.type("X").shape[0];
  if (offsets.front() != 0 || !std::ranges::is_sorted(offsets) || offsets.back() != n_events) {
    arrays.fail("offsets", fmt::format("do not rise from 0 to the {} events of X", n_events));
  }
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    if ((offsets[i] - offsets[i - 1]) * 2 * sizeof(std::uint32_t) <= kMaxArrayBytes) continue;
    arrays.fail("offsets", fmt::format("record {} has more than {} bytes of events", i - 1, kMaxArrayBytes));
  }
  return offsets;
}

/// The classes that the file or a person gives; none: those of the labels.
std::vector<std::string> given_classes(const NpzArrays& arrays, const ForeignParams& params, const NpzMeta& meta) {
  if (meta.own) return meta.header.classes;
  if (!arrays.has("classes")) return params.classes;
  if (params.classes.empty()) return arrays.texts("classes", arrays.type("classes").n_items());
  throw std::invalid_argument(arrays.path() + ": the classes stand in it; leave --classes out");
}

Header header_of_stranger(const NpzArrays& arrays, const ForeignParams& params, const NpyHeader& type,
                          const std::vector<std::string>& classes, const std::vector<double>& dt_ms) {
  const std::uint64_t n_channels = type.shape.back();
  if (n_channels < 1 || n_channels > kMaxChannels) {
    throw std::runtime_error(fmt::format("{}: arrays of {} channels", arrays.path(), n_channels));
  }
  const bool same = !dt_ms.empty() && std::equal(dt_ms.begin() + 1, dt_ms.end(), dt_ms.begin());
  const Kind kind = type.kind() == 'f' ? Kind::kCochleagram : type.kind() == 'b' ? Kind::kRaster : Kind::kCounts;
  return foreign_header(params.kind.value_or(kind), static_cast<int>(n_channels), classes,
                        same ? std::optional(dt_ms[0]) : std::nullopt, "npz");
}

/// `names`: of the records.
void read_records(const NpzArrays& arrays, const ForeignParams& params, const std::vector<std::string>& names,
                  NpzMeta& meta) {
  const std::size_t n = names.size();
  std::vector<std::string> classes = given_classes(arrays, params, meta);
  const std::vector<std::string> labels = labels_of(arrays, n, classes);
  const std::vector<double> dt_ms = dt_ms_of(arrays, params, n);
  if (!meta.own) meta.header = header_of_stranger(arrays, params, meta.type, classes, dt_ms);
  const std::vector<std::string> none(n);
  const auto texts = [&](const char* name) -> const auto& {
    return arrays.has(name) ? arrays.texts(name, n) : none;
  };
  const auto whole = [&](const char* name, std::int64_t highest, std::int64_t otherwise) {
    return arrays.has(name) ? arrays.whole(name, n, 1, highest) : std::vector<std::int64_t>(n, otherwise);
  };
  const auto &speakers = texts("speakers"), &sequences = texts("sequences");
  const auto most_steps = meta.has_events() || !meta.stacked ? kMaxInt : static_cast<std::int64_t>(meta.type.shape[1]);
  const auto n_steps = meta.stacked ? whole("n_steps", most_steps, most_steps) : std::vector<std::int64_t>(n);
  const auto decimation = whole("decimation", kMaxInt, 1);
  KeyMaker key_of;
  for (std::size_t i = 0; i < n; ++i) {
    std::string key = names[i];
    try {
      if (!meta.own) key = key_of(key);
    } catch (const std::runtime_error& bad) {
      arrays.fail("keys", fmt::format("element {}: {}", i, bad.what()));
    }
    const auto steps = meta.stacked ? static_cast<int>(n_steps[i]) : static_cast<int>(arrays.type(names[i]).shape[0]);
    meta.records.push_back({key,
                            labels[i],
                            sequence_of(arrays, sequences[i], classes),
                            speakers[i],
                            steps,
                            dt_ms[i],
                            static_cast<int>(decimation[i]),
                            {}});
  }
  if (std::string note = key_of.note(); !note.empty()) meta.notes.push_back(std::move(note));
}

void note_unused(const NpzArrays& arrays, NpzMeta& meta) {
  std::vector<std::string> unused;
  for (const std::string& name : arrays.names()) {
    const bool is_used = meta.stacked ? name == "X" : is_npz_record(name, arrays.type(name));
    if (!is_used && !NpzArrays::is_about_records(name)) unused.push_back(name);
  }
  if (!unused.empty()) meta.notes.push_back(fmt::format("arrays that are not used: {}", fmt::join(unused, ", ")));
}

}  // namespace

bool is_npz_record(const std::string& name, const NpyHeader& type) {
  return type.shape.size() == 2 && !NpzArrays::is_about_records(name);
}

NpzMeta read_npz_meta(const NpzArrays& arrays, const ForeignParams& params) {
  NpzMeta meta;
  meta.own = arrays.has("header");
  meta.stacked = meta.own || arrays.has("X");
  if (meta.own) meta.header = header_of(arrays);
  const std::vector<std::string> names = meta.stacked ? keys_of_x(arrays) : names_of_records(arrays);
  const std::string numbers = meta.stacked ? "X" : names[0];
  meta.type = arrays.type(numbers);
  arrays.require_memory(numbers, names.size() * kRecordMemory);
  if (meta.stacked) check_x(arrays, meta, names.size());
  read_records(arrays, params, names, meta);
  if (meta.has_events()) meta.offsets = offsets_of(arrays, names.size());
  note_unused(arrays, meta);
  return meta;
}

}  // namespace ear
