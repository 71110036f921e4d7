#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/exchange/formats.h"
#include "frontend/exchange/npy_values.h"
#include "frontend/exchange/npz_meta.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

/// The numbers one record after the other: from X, or from an array each.
class Npz : public RecordReader {
 public:
  Npz(const NpzArrays& arrays, NpzMeta meta) : meta_(std::move(meta)), type_(meta_.type), file_(arrays.path()) {
    if (!meta_.stacked) return;
    while (file_.next() && file_.name != "X") continue;
    if (type_.fortran) read_whole(arrays);
  }

  const Header& header() const override { return meta_.header; }
  std::optional<std::size_t> n_records() const override { return meta_.records.size(); }
  std::vector<std::string> notes() const override { return meta_.notes; }
  bool is_own() const override { return meta_.own; }

  bool next(ReadRecord& item) override {
    if (next_ == meta_.records.size()) {
      if (meta_.stacked) file_.zip.finish();
      return false;
    }
    item = {meta_.records[next_], {}, {}};
    Bytes bytes = meta_.stacked ? rows_of_x() : next_array();
    ++next_;
    try {
      if (meta_.stacked && !meta_.has_events()) crop(bytes, item);
      const Kind kind = meta_.header.kind;
      item.record.data = type_.descr == dtype(kind)
                             ? array_of_bytes(kind, bytes)
                             : array_of(kind, npy_numbers(type_, bytes), meta_.header.n_channels);
      check_record(meta_.header, item.record);
    } catch (const std::runtime_error& bad) {
      file_.zip.fail(fmt::format("record {}: {}", item.record.key, bad.what()));
    }
    return true;
  }

 private:
  /// In Fortran order every record is spread over all of X.
  void read_whole(const NpzArrays& arrays) {
    const std::uint64_t most = std::min(kMaxArrayBytes, arrays.memory_left());
    // One record alone takes no more than it does in C order.
    if (file_.zip.left() > most && meta_.records.size() > 1) {
      arrays.fail("X", fmt::format("in Fortran order, which is read as a whole: {} bytes, at most {} are read from a "
                                   "file of this size; save numpy.ascontiguousarray of it",
                                   file_.zip.left(), most));
    }
    whole_.reserve(file_.zip.left());
    file_.zip.append(whole_, file_.zip.left());
  }

  Bytes rows_of_x() {
    if (type_.fortran) return rows_in_c_order(type_, whole_, next_, 1);
    const std::uint64_t n = meta_.has_events() ? meta_.offsets[next_ + 1] - meta_.offsets[next_] : 1;
    Bytes bytes;
    file_.zip.append(bytes, n * type_.item_size() * (type_.n_items() / std::max<std::uint64_t>(type_.shape[0], 1)));
    return bytes;
  }

  Bytes next_array() {
    do {
      if (!file_.next()) file_.zip.fail_archive("has become shorter");
    } while (!is_npz_record(file_.name, file_.type));
    type_ = file_.type;
    Bytes bytes;
    file_.zip.append(bytes, file_.zip.left());
    file_.zip.finish();
    return type_.fortran ? rows_in_c_order(type_, bytes, 0, type_.shape[0]) : bytes;
  }

  void crop(Bytes& bytes, ReadRecord& item) const {
    const std::size_t end = static_cast<std::size_t>(item.record.n_steps) * type_.shape[2] * type_.item_size();
    if (std::any_of(bytes.begin() + static_cast<std::ptrdiff_t>(end), bytes.end(),
                    [](std::uint8_t b) { return b != 0; })) {
      item.warning =
          fmt::format("record {}: numbers after its {} steps were left out", item.record.key, item.record.n_steps);
    }
    bytes.resize(end);
  }

  NpzMeta meta_;
  NpyHeader type_;  // of the array that is read
  NpzFile file_;
  std::size_t next_ = 0;
  Bytes whole_;  // X; only where that is in Fortran order
};

}  // namespace

std::unique_ptr<RecordReader> open_npz(const std::string& path, const ForeignParams& params) {
  const NpzArrays arrays(path);
  if (arrays.has("header")) require_no_params(params, path);
  // A member's name in a zip has no checksum: a damaged one must not make the file a stranger's.
  if (!arrays.has("header") && (arrays.has("sequences") || arrays.has("decimation"))) {
    arrays.fail("header", "is missing; it stands beside sequences and decimation in every npz of ossicle-convert");
  }
  if (params.kind == Kind::kEvents) {
    throw std::invalid_argument(path +
                                ": events are read from an npz of ossicle-convert alone; give their HDF5 or text file");
  }
  return std::make_unique<Npz>(arrays, read_npz_meta(arrays, params));
}

}  // namespace ear
