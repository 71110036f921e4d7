#pragma once
// The stream that the tools pipe to one another: a tar of arrays and their metadata. FORMAT.md is the contract.
//
//   ear::Reader reader(fd, "train.tar");
//   for (ear::Record record; reader.next(record);) use(reader.header(), record);
//
// Format errors are std::runtime_error and name the stream, the member (so the record's key) and its byte offset. A
// failed read or write is std::system_error with errno in code(): EPIPE, ENOSPC. Neither class seeks or closes the
// descriptor.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "frontend/base/input.h"
#include "frontend/base/units.h"
#include "frontend/stream/recipe.h"

namespace ear {

/// The version of FORMAT.md that Reader and Writer speak.
inline constexpr int kStreamVersion = 2;

/// What the arrays of a stream hold; T steps, C channels, E events.
enum class Kind {
  kCochleagram,  ///< float32 [T][C], finite intensities of the ear's channels
  kRaster,       ///< bool [T][C], a spike or none
  kCounts,       ///< uint16 [T][C], spikes in the step
  kEvents,       ///< uint32 [E][2], (step, channel), steps not decreasing; E may be 0
};

/// "cochleagram", "raster", "counts", "events".
const char* kind_name(Kind kind);

/// What is true of every record. made_by alone is never compared: a tool's version, what was done to the recordings.
struct Header {
  Kind kind = Kind::kCochleagram;
  int n_channels = 0;                ///< C >= 1
  std::vector<std::string> classes;  ///< distinct, not empty; a record's label is one of them or empty
  std::optional<double> dt_ms;       ///< length of a step in ms where it is the same for all records
  Recipe recipe;
  std::vector<std::pair<std::string, std::string>> made_by;  ///< (name, value), as {"ossicle-lyon", "0.1.0"}
};

/// Empty if the streams may be concatenated; otherwise one line naming what differs with both values, `a` first.
std::string first_difference(const Header& a, const Header& b);

/// One array, in the order of Kind: cochleagram, raster (bytes 0 or 1), counts, events (2 E numbers). Row-major: channel c of step t
/// is element t * n_channels + c.
using Array =
    std::variant<std::vector<float>, std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<std::uint32_t>>;

/// One utterance.
struct Record {
  std::string key;    ///< 1 to 200 characters of [A-Za-z0-9_-], unique in the stream, not __header__ or __end__
  std::string label;  ///< UTF-8; empty: not known, or a sequence
  std::vector<std::string> sequence = {};  ///< classes of a recording of several words, in order; then no label
  std::string speaker;                     ///< UTF-8; empty: not known
  int n_steps = 0;                         ///< T >= 1
  double dt_ms = 0.0;                      ///< length of a step in ms, > 0
  int decimation = 1;                      ///< sound samples per step, >= 1; 1 where no sound was decimated
  Array data;
};

/// Reads a stream, or several of equal headers one after the other, from a file or pipe.
class Reader {
 public:
  /// Reads the header. `name` stands in messages. Throws std::runtime_error (empty input, no stream, another version),
  /// std::system_error.
  Reader(Input input, std::string name);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  const Header& header() const;
  /// Reads the next record and checks it; false after the last one, once the end member has confirmed count and keys.
  bool next(Record& record);
  /// Records read so far.
  std::size_t n_records() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes a stream. Equal calls give equal bytes.
class Writer {
 public:
  /// Writes the header. Throws std::invalid_argument if a field breaks FORMAT.md, std::system_error.
  Writer(int fd, std::string name, Header header);
  Writer(Writer&&) noexcept;
  Writer& operator=(Writer&&) noexcept;
  /// Without close() the stream stays cut, so that no reader takes it for whole.
  ~Writer();

  /// Throws std::invalid_argument if the record breaks FORMAT.md (nothing was written then, the next record may
  /// follow), std::system_error.
  void write(const Record& record);
  /// Writes the end member. Nothing may follow.
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ear
