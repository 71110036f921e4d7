#pragma once
// Plain files of the formats of this folder, byte by byte: pipes as well as files.
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ear {

/// Reads a descriptor in order through a buffer; the caller closes it. Throws std::system_error where reading fails.
class ByteInput {
 public:
  ByteInput(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  /// The next byte, -1 at the end.
  int get();
  /// Appends up to n bytes, fewer at the end; memory grows with what arrives. Returns how many.
  std::uint64_t append(std::vector<std::uint8_t>& bytes, std::uint64_t n);
  /// Goes to a byte of a file. Throws std::runtime_error for what is beyond its end, or a pipe.
  void seek(std::uint64_t offset);
  /// Bytes taken so far, or where seek() went plus what was taken since.
  std::uint64_t offset() const { return offset_; }
  const std::string& name() const { return name_; }

 private:
  bool fill();

  int fd_;
  std::string name_;
  std::vector<std::uint8_t> buffer_;
  std::size_t at_ = 0;
  std::uint64_t offset_ = 0;
};

/// A descriptor that is closed at the end.
class OpenFile {
 public:
  /// Throws std::runtime_error naming the path where it cannot be opened.
  static OpenFile to_read(const std::string& path);
  /// A new file; `name` stands in the message. Throws std::system_error.
  static OpenFile to_write(const std::string& path, const std::string& name);
  OpenFile() = default;
  OpenFile(OpenFile&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();
  int fd() const { return fd_; }
  /// Closes it now, for that may be where a write fails; `name` stands in the message. Throws std::system_error.
  void close(const std::string& name);

 private:
  explicit OpenFile(int fd) : fd_(fd) {}
  int fd_ = -1;
};

/// Writes all bytes. Throws std::system_error naming the file.
void write_all(int fd, const std::string& name, std::span<const std::uint8_t> bytes);

/// The text without a byte order mark of UTF-8 in front, which Windows' editors write. Throws std::runtime_error naming the file
/// for UTF-16.
std::string_view without_mark(std::string_view text, const std::string& name);

/// A whole text file of at most 1 GiB, without_mark(). Throws std::runtime_error, std::system_error.
std::string read_text(const std::string& path);
/// A new file of that text; `name` stands in messages. Throws std::system_error.
void write_text(const std::string& path, const std::string& name, std::string_view text);

/// Lines without their ends (LF or CR LF), empty ones left out, with their numbers from 1.
std::vector<std::pair<std::size_t, std::string_view>> lines_of(std::string_view text);

/// Words between blanks and tabs.
std::vector<std::string> words_of(std::string_view line);

/// A table of Kaldi: `key word word ...` in each line, without_mark(). Throws std::runtime_error naming table and line for a key that stands twice.
std::map<std::string, std::vector<std::string>> parse_table(std::string_view text, const std::string& name);

}  // namespace ear
