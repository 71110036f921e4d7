#pragma once
// The bytes of an input at any offset, whether it is a file or a pipe.
#include <cstddef>
#include <cstdint>
#include <string>

#include "frontend/base/input.h"

namespace ear {

/// Most that is taken from a pipe, in bytes.
inline constexpr std::size_t kMaxPipeBytes = 1ULL << 31;

/// May be read by one thread at a time.
class ByteSource {
 public:
  /// From an open descriptor, which must stay open: a regular file is read where it lies, from its present position on;
  /// anything else is read to its end now. Throws std::runtime_error if it cannot be read or a pipe brings more than
  /// kMaxPipeBytes.
  explicit ByteSource(Input input);
  /// Bytes in memory.
  explicit ByteSource(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

  std::uint64_t size() const { return size_; }
  /// Up to n bytes from the offset on, fewer only at the end. Throws std::runtime_error if they cannot be read.
  std::size_t read(std::uint64_t offset, char* target, std::size_t n) const;
  std::string read(std::uint64_t offset, std::size_t n) const;
  /// Takes the first n bytes (at most size()) off: offsets count from behind them.
  void remove_prefix(std::uint64_t n);

 private:
  int fd_ = -1;        // < 0: the bytes are in memory
  std::string bytes_;  // then
  std::uint64_t begin_ = 0;
  std::uint64_t size_ = 0;
};

}  // namespace ear
