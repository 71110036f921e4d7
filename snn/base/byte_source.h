#pragma once
// Bytes that arrive one after the other: a file, a pipe, memory.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace snn {

struct ByteSource {
  /// Reads the next bytes, as read(2) does: how many, 0 at the end, -1 with errno where it fails.
  std::function<std::ptrdiff_t(std::span<char>)> read;
  std::optional<std::uint64_t> size;  ///< how many there are in all; nothing where only the end tells, as of a pipe
};

/// Appends up to n bytes, fewer only at the source's end. No memory is taken for bytes that are not there. Throws
/// std::runtime_error "cannot be read: ...".
void append_from(const ByteSource& source, std::uint64_t n, std::string& bytes);

}  // namespace snn
