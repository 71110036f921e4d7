#pragma once
// Records one after the other, from and to any format of this folder.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "frontend/stream/stream.h"

namespace ear {

/// What a source gives for one recording.
struct ReadRecord {
  Record record;
  std::string warning;  ///< empty, or one line on what was set right
  std::string error;    ///< empty, or one line on why the recording cannot be used; then `record` has its key only
};

/// What a file does not say that this project did not write. Setting one where the file does say it is a mistake, and refused.
struct ForeignParams {
  std::optional<double> dt_ms;  ///< > 0, length of a step in ms
  std::optional<Kind> kind;     ///< of dense numbers; not set: float is cochleagram, bool raster, whole numbers counts
  std::vector<std::string> classes;  ///< empty: the labels that are found, sorted by bytes
};

/// Records in order; holds one at a time beside the metadata of all.
class RecordReader {
 public:
  RecordReader() = default;
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;
  virtual ~RecordReader() = default;

  virtual const Header& header() const = 0;
  /// How many records there are, where that is known before they are read.
  virtual std::optional<std::size_t> n_records() const { return std::nullopt; }
  /// The next one; false after the last. Throws std::runtime_error naming file and record where nothing more can be read.
  virtual bool next(ReadRecord& item) = 0;
  /// Lines that a user may like to know, complete once next() has given false: what was changed or not used.
  virtual std::vector<std::string> notes() const { return {}; }
  /// Whether this project wrote the file, so that header and records are those that were written.
  virtual bool is_own() const { return false; }
};

/// The header of records that come from elsewhere: its recipe says from which format, "npz". Throws std::invalid_argument for
/// classes that stand twice or are empty.
Header foreign_header(Kind kind, int n_channels, std::vector<std::string> classes, std::optional<double> dt_ms,
                      const std::string& format);

/// The header that a file of this project's holds as JSON (FORMAT.md 3); `where` stands in messages. Throws std::runtime_error.
Header own_header(std::string_view json, const std::string& where);

/// The checksum of the record's member KEY.npy (FORMAT.md 5.1).
std::uint32_t npy_crc(const Header& header, const Record& record);

/// For a record that this project wrote into a file of another format. Throws std::runtime_error if it breaks FORMAT.md, or if its
/// checksum is not `crc`: the numbers were altered since they were written. `remedy` says what to do if that was meant.
void check_own_record(const Header& header, const Record& record, std::uint32_t crc, const char* remedy);

/// `values` as an array of the kind, which must not be kEvents. Throws std::runtime_error naming the first value, its step and
/// its channel that the kind cannot hold: what is not finite, other than 0 and 1 in a raster, no whole number from 0 to 65,535
/// in counts. Doubles are rounded to float in a cochleagram. For float and double.
template <class Real>
Array array_of(Kind kind, const std::vector<Real>& values, int n_channels);

/// `given`, or where that is empty the texts that are found, without the empty one, sorted by bytes.
std::vector<std::string> classes_or_sorted(const std::vector<std::string>& given,
                                           const std::vector<std::string>& found);

/// The header; throws std::invalid_argument for cochleagrams, in formats that hold spikes alone.
Header with_spikes(Header header);

/// Throws std::invalid_argument if a param is set, as the file is our own and says it.
void require_no_params(const ForeignParams& params, const std::string& name);
/// The length of a step; throws std::invalid_argument naming the file if it is neither set nor in the file, and for both.
double require_dt(const ForeignParams& params, std::optional<double> in_file, const std::string& name);

/// Takes records in order and writes them to a file.
class RecordWriter {
 public:
  /// Throws std::invalid_argument for a header that breaks FORMAT.md.
  RecordWriter(std::string name, Header header);
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;
  virtual ~RecordWriter() = default;

  /// Throws std::invalid_argument if the record breaks FORMAT.md, its key was written before, or the format cannot hold it;
  /// std::system_error where writing fails.
  void write(const Record& record);
  /// Writes what stands at the end; without it the output is not whole. Returns lines that a user may like to know: the size
  /// of a large array, what the format could not hold.
  virtual std::vector<std::string> close() = 0;

  const Header& header() const { return header_; }
  const std::string& name() const { return name_; }

 protected:
  /// `record` has been checked.
  virtual void put(const Record& record) = 0;

 private:
  std::string name_;
  Header header_;
  std::unordered_set<std::string> keys_;
};

/// Foreign names as keys of a stream: characters outside [A-Za-z0-9_-] become '_'; a hash of the name is added to a key that was
/// given before.
class KeyMaker {
 public:
  /// Throws std::runtime_error for a name that is empty or longer than FORMAT.md allows, and for one that was given before.
  std::string operator()(const std::string& name);
  /// Empty, or one line on how many were changed, with the first.
  std::string note() const;

 private:
  std::unordered_set<std::string> names_;
  std::unordered_set<std::string> keys_;
  std::size_t n_changed_ = 0;
  std::string first_;
};

}  // namespace ear
