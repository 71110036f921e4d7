#pragma once
// Plain files of the formats of this folder, byte by byte: pipes as well as files.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "frontend/base/descriptor.h"
#include "frontend/base/input.h"
#include "frontend/stream/archive.h"

namespace ear {

/// Reads a descriptor in order through a buffer; the caller closes it. Throws std::system_error where reading fails.
class ByteInput {
 public:
  ByteInput(int fd, std::string name) : input_(fd), name_(std::move(name)) {}

  /// The next byte, -1 at the end.
  int get();
  /// Appends up to n bytes, fewer at the end; memory grows with what arrives. Returns how many.
  std::uint64_t append(Bytes& bytes, std::uint64_t n);
  /// Goes to a byte of a file. Throws std::runtime_error for what is beyond its end, or a pipe.
  void seek(std::uint64_t offset);
  /// Bytes taken so far, or where seek() went plus what was taken since.
  std::uint64_t offset() const { return offset_; }
  const std::string& name() const { return name_; }

 private:
  bool fill();

  Input input_;
  std::string name_;
  Bytes buffer_;
  std::size_t at_ = 0;
  std::uint64_t offset_ = 0;
};

/// Writes a new file, or a descriptor that is open already; the name stands in messages, as it does for every function.
class ByteOutput {
 public:
  ByteOutput(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  /// Throws std::system_error, also where there is such a file.
  ByteOutput(const std::string& path, std::string name);

  /// Writes all bytes. Throws std::system_error.
  void write(std::span<const std::uint8_t> bytes);
  /// Closes the new file, for that may be where a write fails. Throws std::system_error.
  void close();

 private:
  Descriptor file_;
  int fd_ = -1;
  std::string name_;
};

/// A whole text file of at most 1 GiB, without_mark(). Throws std::runtime_error naming it.
std::string read_text(const std::string& path);

/// A new file of that text; throws as ByteOutput.
void write_text(const std::string& path, const std::string& name, std::string_view text);

}  // namespace ear
