#pragma once
// A tar as a sequence of small members, without seeking.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ear {

using Bytes = std::vector<std::uint8_t>;

/// Reads one tar or several in a row. Throws std::runtime_error for a damaged or cut one, std::system_error if the read
/// fails.
class TarReader {
 public:
  TarReader(int fd, std::string name);
  TarReader(const TarReader&) = delete;
  TarReader& operator=(const TarReader&) = delete;
  ~TarReader();

  /// Goes to the next member, a regular file; false at the end of the input.
  bool next();
  const std::string& member() const;
  /// Bytes of contents that the member's header claims.
  std::uint64_t size() const;

  /// Appends the next n bytes of the contents to `bytes`. Memory grows with what has arrived, not with what is claimed.
  void append(Bytes& bytes, std::uint64_t n);
  /// The whole contents of a member that claims at most `limit` bytes.
  Bytes read(std::uint64_t limit);

  /// Bytes read from the descriptor so far.
  std::uint64_t n_bytes() const;
  /// Throws std::runtime_error "NAME: member MEMBER at byte OFFSET: MESSAGE".
  [[noreturn]] void fail(std::string_view message) const;
  /// Throws std::runtime_error "NAME: MESSAGE", for errors that are no member's.
  [[noreturn]] void fail_stream(std::string_view message) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes a tar whose bytes depend on names and contents alone: owner, group and time are 0, mode 0644.
/// Throws std::system_error if the write fails.
class TarWriter {
 public:
  TarWriter(int fd, std::string name);
  TarWriter(const TarWriter&) = delete;
  TarWriter& operator=(const TarWriter&) = delete;
  /// Without close() the tar's end is not written.
  ~TarWriter();

  /// A member of two pieces of contents, one after the other (the second may be empty).
  void add(const std::string& member, std::span<const std::uint8_t> first, std::span<const std::uint8_t> second = {});
  void close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ear
