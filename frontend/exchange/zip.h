#pragma once
// A zip file as a sequence of members: the container of npz.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "frontend/stream/tar.h"

namespace ear {

/// Reads a zip file by its directory. Throws std::runtime_error naming file and member for what is damaged, cut or encrypted.
class ZipReader {
 public:
  /// Throws also for what is no regular file, empty or no zip.
  explicit ZipReader(const std::string& path);
  ZipReader(const ZipReader&) = delete;
  ZipReader& operator=(const ZipReader&) = delete;
  ~ZipReader();

  /// Goes to the next member, a plain file; false after the last.
  bool next();
  const std::string& member() const;
  /// Bytes of contents that the directory claims.
  std::uint64_t size() const;
  /// Bytes of them not read yet.
  std::uint64_t left() const;

  /// Appends the next n bytes to `bytes`; memory grows with what has arrived, not with what is claimed.
  void append(Bytes& bytes, std::uint64_t n);
  /// After the last byte: throws if the member's checksum is wrong or more bytes follow.
  void finish();
  /// Throws std::runtime_error "PATH: member MEMBER: MESSAGE".
  [[noreturn]] void fail(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes a zip of members that are not compressed, larger than 4 GiB where need be. Throws std::system_error where writing
/// fails.
class ZipWriter {
 public:
  ZipWriter(int fd, std::string name);
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;
  /// Without close() the directory is not written, and nobody takes the file for whole.
  ~ZipWriter();

  /// Begins a member of `size` bytes, which the following write()s must give.
  void begin(const std::string& member, std::uint64_t size);
  void write(std::span<const std::uint8_t> bytes);
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ear
