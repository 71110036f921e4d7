#pragma once
// HDF5 files: arrays by name. The only user of libhdf5.
//
// Errors are std::runtime_error and name the file, the object in it, what was found and what was wanted; the library's own
// messages are never printed. Sizes are compared with the file's before memory is taken. libhdf5 itself may crash or hang on a
// damaged file: read files of others in a process of its own (frontend/events/isolated_source.h). A file is for the thread that opened it.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace ear {

/// A file that cannot be used at all, not only the record that was wanted: it wants what lies in other files (an external link,
/// external storage, a virtual data set), or is compressed with a filter that libhdf5 does not have.
class Hdf5Refused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Whether the first bytes are those of an HDF5 file (a signature at byte 0).
bool is_hdf5(std::span<const char> first_bytes);

/// Reads what lies in the file itself; all functions throw Hdf5Refused where a link or a dataset leads out of it. Names are
/// paths such as "/spikes/times".
class Hdf5Reader {
 public:
  /// Throws for a file that is missing, unreadable, not HDF5, or shorter than its own header says.
  explicit Hdf5Reader(const std::string& path);
  Hdf5Reader(Hdf5Reader&&) noexcept;
  ~Hdf5Reader();

  const std::string& path() const;
  bool has(const std::string& name) const;
  /// Names of a group's members, sorted by bytes.
  std::vector<std::string> members(const std::string& group) const;
  /// Sizes of each dimension; a scalar has none.
  std::vector<std::uint64_t> shape(const std::string& dataset) const;
  /// All numbers in C order, whatever integer or float type they are stored as.
  std::vector<double> numbers(const std::string& dataset) const;
  /// All strings, of fixed or variable length, without padding.
  std::vector<std::string> strings(const std::string& dataset) const;
  /// Element `row` of a one-dimensional dataset whose elements are sequences of numbers of variable length (SHD).
  std::vector<double> row(const std::string& dataset, std::uint64_t row) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// How numbers are stored.
enum class Hdf5Type { kFloat32, kFloat64, kInt64, kUInt8, kUInt16, kUInt32, kFloat16 };

/// Writes a new file. Groups on the way are made. Throws std::system_error with errno where writing fails (ENOSPC).
class Hdf5Writer {
 public:
  /// Replaces what is at `path`: give it the place that an output is written to aside. `name` stands in messages; empty: the
  /// path.
  explicit Hdf5Writer(const std::string& path, const std::string& name = {});
  /// Without close() the file may be incomplete.
  ~Hdf5Writer();

  void group(const std::string& name);
  /// values.size() is the product of `shape`; an empty shape makes a scalar.
  void numbers(const std::string& dataset, Hdf5Type type, std::span<const double> values,
               std::span<const std::uint64_t> shape);
  /// Strings of variable length, UTF-8, of a shape as in numbers(); without a shape they are a list.
  void strings(const std::string& dataset, std::span<const std::string> values, std::span<const std::uint64_t> shape);
  void strings(const std::string& dataset, std::span<const std::string> values) {
    const std::uint64_t n = values.size();
    strings(dataset, values, {&n, 1});
  }
  /// One string, a scalar.
  void text(const std::string& dataset, const std::string& value) { strings(dataset, {&value, 1}, {}); }
  /// A one-dimensional dataset that grows by append(); `type` of the elements of each row (sequences of variable length).
  void rows(const std::string& dataset, Hdf5Type type);
  void append(const std::string& dataset, std::span<const double> row);
  /// Everything is in the file afterwards.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ear
