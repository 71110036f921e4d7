#pragma once
// Tar and zip as a sequence of members: the only user of libarchive. A tar is read without seeking, a zip by its directory.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/base/input.h"

namespace ear {

using Bytes = std::vector<std::uint8_t>;

/// The memory of text as bytes.
inline std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

enum class ArchiveFormat {
  kTar,  ///< the container of a stream
  kZip   ///< the container of npz
};

/// Reads one zip, or one tar or several in a row. Throws std::runtime_error naming file and member for what is damaged, cut or
/// encrypted, std::system_error if a read fails.
class ArchiveReader {
 public:
  /// `name` stands in messages. A zip wants a regular file, whose start is byte 0.
  ArchiveReader(ArchiveFormat format, Input input, std::string name);
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;
  ~ArchiveReader();

  /// Goes to the next member, a plain file; false after the last.
  bool next();
  const std::string& member() const;
  /// Bytes of contents that the member's header claims, and how many of them were not read yet.
  std::uint64_t size() const;
  std::uint64_t left() const;

  /// Appends the next n bytes of the contents to `bytes`. Memory grows with what has arrived, not with what is claimed.
  void append(Bytes& bytes, std::uint64_t n);
  /// The whole contents of a member that claims at most `limit` bytes.
  Bytes read(std::uint64_t limit);
  /// After the last byte: throws if the member's checksum is wrong or more bytes follow.
  void finish();

  /// Bytes of a tar read from the descriptor so far.
  std::uint64_t n_bytes() const;
  /// Throws std::runtime_error "NAME: member MEMBER at byte OFFSET: MESSAGE"; of a zip, without the offset.
  [[noreturn]] void fail(std::string_view message) const;
  /// Throws std::runtime_error "NAME: MESSAGE", for errors that are no member's.
  [[noreturn]] void fail_archive(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes members as they are, without compression. The bytes depend on names and contents alone: owner and group are 0, the time
/// is the first that the format knows, the mode 0644. Throws std::system_error if the write fails.
class ArchiveWriter {
 public:
  ArchiveWriter(ArchiveFormat format, int fd, std::string name);
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;
  /// Without close() neither a tar's end nor a zip's directory is written, and nobody takes the file for whole.
  ~ArchiveWriter();

  /// Begins a member of `size` bytes, which the following write()s must give.
  void begin(const std::string& member, std::uint64_t size);
  void write(std::span<const std::uint8_t> bytes);
  /// A member of two pieces of contents, one after the other (the second may be empty).
  void add(const std::string& member, std::span<const std::uint8_t> first, std::span<const std::uint8_t> second = {});
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ear
