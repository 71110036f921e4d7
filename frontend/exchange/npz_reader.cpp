#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>

#include "frontend/exchange/npz.h"
#include "frontend/exchange/npz_arrays.h"
#include "frontend/exchange/npz_meta.h"
#include "frontend/exchange/values.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::int64_t kMaxInt = std::numeric_limits<int>::max();

Array convert(Kind kind, const NpyArray& type, std::span<const std::uint8_t> bytes, int n_channels) {
  if (type.descr != dtype(kind)) return array_of(kind, npy_numbers(type, bytes), n_channels);
  Array array = empty_array(kind);
  std::visit(
      [&](auto& data) {
        data.resize(bytes.size() / sizeof(*data.data()));
        if (!bytes.empty()) std::memcpy(data.data(), bytes.data(), bytes.size());
      },
      array);
  return array;
}

std::vector<std::string> keys_of_x(const NpzArrays& arrays, std::size_t n) {
  if (arrays.has("keys")) return arrays.texts("keys", n);
  std::vector<std::string> keys;
  for (std::size_t i = 0; i < n; ++i) keys.push_back(fmt::format("{:06}", i));
  return keys;
}

/// X [N][T][C] or, for events, X [E][2].
class StackedNpz : public RecordSource {
 public:
  StackedNpz(const NpzArrays& arrays, NpzMeta meta) : meta_(std::move(meta)), zip_(arrays.path()) {
    type_ = arrays.type("X");
    const bool events = meta_.header.kind == Kind::kEvents;
    const std::size_t n = meta_.records.size();
    const auto n_channels = static_cast<std::uint64_t>(meta_.header.n_channels);
    const auto& shape = type_.shape;
    if (events ? type_.descr != "<u4" || shape.size() != 2 || shape[1] != 2
               : shape.size() != 3 || shape[0] != n || shape[2] != n_channels) {
      arrays.fail("X", fmt::format("shape {} of {} does not fit {} records of kind {} with {} channels",
                                   shape_text(shape), type_.descr, n, kind_name(meta_.header.kind), n_channels));
    }
    if (events) check_offsets(arrays);
    if (!events && (n > 0 ? type_.item_size() * type_.n_items() / n : 0) > kMaxArrayBytes) {
      arrays.fail("X", fmt::format("{} steps of {} channels are more than {} bytes a record", shape[1], shape[2],
                                   kMaxArrayBytes));
    }
    for (const Record& record : meta_.records) {
      if (!events && static_cast<std::uint64_t>(record.n_steps) > shape[1]) {
        arrays.fail("n_steps", fmt::format("record {} has {} steps, X has {}", record.key, record.n_steps, shape[1]));
      }
    }
    while (zip_.next() && array_name(zip_) != "X") continue;
    read_npy_header(zip_);
    if (type_.fortran) read_whole(arrays);
  }

  const Header& header() const override { return meta_.header; }
  std::optional<std::size_t> n_records() const override { return meta_.records.size(); }
  std::vector<std::string> notes() const override { return meta_.notes; }
  bool is_own() const override { return meta_.own; }

  bool next(SourceItem& item) override {
    if (next_ == meta_.records.size()) {
      zip_.finish();
      return false;
    }
    item = {meta_.records[next_], {}, {}};
    const bool events = meta_.header.kind == Kind::kEvents;
    const std::uint64_t n_rows =
        events ? static_cast<std::uint64_t>(meta_.offsets[next_ + 1] - meta_.offsets[next_]) : 1;
    Bytes bytes = take(n_rows);
    ++next_;
    try {
      if (!events) crop(bytes, item);
      item.record.data = convert(meta_.header.kind, type_, bytes, meta_.header.n_channels);
      check_record(meta_.header, item.record);
    } catch (const std::runtime_error& bad) {
      zip_.fail(fmt::format("record {}: {}", item.record.key, bad.what()));
    }
    return true;
  }

 private:
  /// In Fortran order every record is spread over all of X.
  void read_whole(const NpzArrays& arrays) {
    const std::uint64_t most = std::min(kMaxArrayBytes, arrays.memory_left());
    const std::uint64_t n_records = std::max<std::uint64_t>(meta_.records.size(), 1);
    // One record alone takes no more than it does in C order.
    if (zip_.left() > most && n_records > 1) {
      arrays.fail("X", fmt::format("in Fortran order, which is read as a whole: {} bytes, at most {} are read from a "
                                   "file of this size; save numpy.ascontiguousarray of it",
                                   zip_.left(), most));
    }
    whole_.reserve(zip_.left());
    zip_.append(whole_, zip_.left());
  }

  /// The next n rows of X, which are records or events, in C order.
  Bytes take(std::uint64_t n) {
    if (type_.fortran) {
      Bytes bytes = rows_in_c_order(type_, whole_, taken_, n);
      taken_ += n;
      return bytes;
    }
    Bytes bytes;
    zip_.append(bytes, n * type_.item_size() * (type_.n_items() / std::max<std::uint64_t>(type_.shape[0], 1)));
    return bytes;
  }

  void check_offsets(const NpzArrays& arrays) const {
    const auto& offsets = meta_.offsets;
    if (offsets.front() != 0 || !std::is_sorted(offsets.begin(), offsets.end()) ||
        static_cast<std::uint64_t>(offsets.back()) != type_.shape[0]) {
      arrays.fail("offsets", fmt::format("do not rise from 0 to the {} events of X", type_.shape[0]));
    }
    for (std::size_t i = 1; i < offsets.size(); ++i) {
      if (static_cast<std::uint64_t>(offsets[i] - offsets[i - 1]) * 2 * sizeof(std::uint32_t) > kMaxArrayBytes) {
        arrays.fail("offsets", fmt::format("record {} has more than {} bytes of events", i - 1, kMaxArrayBytes));
      }
    }
  }

  void crop(Bytes& bytes, SourceItem& item) const {
    const std::size_t end = static_cast<std::size_t>(item.record.n_steps) * type_.shape[2] * type_.item_size();
    if (std::any_of(bytes.begin() + static_cast<std::ptrdiff_t>(end), bytes.end(),
                    [](std::uint8_t b) { return b != 0; })) {
      item.warning =
          fmt::format("record {}: numbers after its {} steps were left out", item.record.key, item.record.n_steps);
    }
    bytes.resize(end);
  }

  NpzMeta meta_;
  NpyArray type_;
  ZipReader zip_;
  std::size_t next_ = 0;
  Bytes whole_;              // X as it is stored; only where that is in Fortran order
  std::uint64_t taken_ = 0;  // rows of it
};

/// Arrays [T][C], a record each.
class SeparateNpz : public RecordSource {
 public:
  SeparateNpz(const NpzArrays& arrays, NpzMeta meta) : meta_(std::move(meta)), zip_(arrays.path()) {}

  const Header& header() const override { return meta_.header; }
  std::optional<std::size_t> n_records() const override { return meta_.records.size(); }
  std::vector<std::string> notes() const override { return meta_.notes; }

  bool next(SourceItem& item) override {
    NpyArray type;
    do {
      if (!zip_.next()) return false;
      type = read_npy_header(zip_);
    } while (type.shape.size() != 2 || NpzArrays::is_about_records(array_name(zip_)));
    item = {meta_.records.at(next_++), {}, {}};
    item.record.n_steps = static_cast<int>(type.shape[0]);
    Bytes bytes;
    zip_.append(bytes, zip_.left());
    zip_.finish();
    if (type.fortran) bytes = rows_in_c_order(type, bytes, 0, type.shape[0]);
    try {
      item.record.data = convert(meta_.header.kind, type, bytes, meta_.header.n_channels);
      check_record(meta_.header, item.record);
    } catch (const std::runtime_error& bad) {
      zip_.fail(bad.what());
    }
    return true;
  }

 private:
  NpzMeta meta_;
  ZipReader zip_;
  std::size_t next_ = 0;
};

void note_unused(const NpzArrays& arrays, bool stacked, NpzMeta& meta) {
  std::vector<std::string> unused;
  for (const std::string& name : arrays.names()) {
    const bool is_record = stacked ? name == "X" : arrays.type(name).shape.size() == 2;
    if (!is_record && !NpzArrays::is_about_records(name)) unused.push_back(name);
  }
  if (!unused.empty()) meta.notes.push_back(fmt::format("arrays that are not used: {}", fmt::join(unused, ", ")));
}

std::unique_ptr<RecordSource> open_stacked(const NpzArrays& arrays, const ForeignParams& params) {
  const NpyArray& x = arrays.type("X");
  if (x.shape.size() != 3 || !x.is_number()) {
    arrays.fail("X",
                fmt::format("shape {} of {}, wanted numbers [record][step][channel]", shape_text(x.shape), x.descr));
  }
  const std::size_t n = x.shape[0];
  if (n > kMaxNpzRecords) arrays.fail("X", fmt::format("{} records, at most {} are read", n, kMaxNpzRecords));
  if (x.shape[1] < 1 || x.shape[1] > kMaxInt) arrays.fail("X", fmt::format("{} steps", x.shape[1]));
  arrays.require_memory_for("X", n);
  NpzMeta meta = foreign_npz_meta(arrays, params, keys_of_x(arrays, n), x);
  const auto steps = static_cast<std::int64_t>(x.shape[1]);
  const auto n_steps =
      arrays.has("n_steps") ? arrays.whole("n_steps", n, 1, steps) : std::vector<std::int64_t>(n, steps);
  for (std::size_t i = 0; i < n; ++i) meta.records[i].n_steps = static_cast<int>(n_steps[i]);
  note_unused(arrays, true, meta);
  return std::make_unique<StackedNpz>(arrays, std::move(meta));
}

std::unique_ptr<RecordSource> open_separate(const NpzArrays& arrays, const ForeignParams& params) {
  std::vector<std::string> names;
  for (const std::string& name : arrays.names()) {
    const NpyArray& type = arrays.type(name);
    if (type.shape.size() != 2 || NpzArrays::is_about_records(name)) continue;
    const NpyArray& first = arrays.type(names.empty() ? name : names[0]);
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
  arrays.require_memory_for(names[0], names.size());
  NpzMeta meta = foreign_npz_meta(arrays, params, names, arrays.type(names[0]));
  note_unused(arrays, false, meta);
  return std::make_unique<SeparateNpz>(arrays, std::move(meta));
}

}  // namespace

std::unique_ptr<RecordSource> open_npz(const std::string& path, const ForeignParams& params) {
  const NpzArrays arrays(path);
  if (arrays.has("header")) {
    require_no_params(params, path);
    return std::make_unique<StackedNpz>(arrays, own_npz_meta(arrays));
  }
  // A member's name in a zip has no checksum: a damaged one must not make the file a stranger's.
  if (arrays.has("sequences") || arrays.has("decimation")) {
    arrays.fail("header", "is missing; it stands beside sequences and decimation in every npz of ossicle-convert");
  }
  if (params.kind == Kind::kEvents) {
    throw std::invalid_argument(path +
                                ": events are read from an npz of ossicle-convert alone; give their HDF5 or text file");
  }
  return arrays.has("X") ? open_stacked(arrays, params) : open_separate(arrays, params);
}

}  // namespace ear
