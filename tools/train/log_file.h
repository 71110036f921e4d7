#pragma once
// The log of a training: a file that one run at a time appends lines to.
#include <cstdint>
#include <string>
#include <string_view>

#include "frontend/base/descriptor.h"
#include "tools/common/hidden_output.h"

namespace tools {

/// Held by an advisory lock of the kernel for as long as this lives; where the file system has no locks, and for a device, by
/// none. What fails throws std::system_error with the path.
class LogFile {
 public:
  /// Opens it, or makes it. Throws std::runtime_error if another training holds it.
  explicit LogFile(std::string path);

  /// Whether the path still leads to it: somebody may have deleted or moved it.
  bool is_there() const { return is_at(file_.get(), path_); }
  /// A device is not.
  bool is_regular() const { return is_regular_; }

  /// Of a regular file: how many bytes it has.
  std::uint64_t size() const;
  /// Whether a line ends with the first n_bytes; n_bytes in [1, size()].
  bool has_line_end_at(std::uint64_t n_bytes) const;
  /// Reads no further than the answer needs.
  bool has_more_lines_than(int n_lines) const;
  void cut(std::uint64_t n_bytes) const;

  /// Writes it at the end, and syncs a regular file.
  void append(std::string_view text) const;
  /// Nothing may be done with it afterwards.
  void close();

 private:
  [[noreturn]] void fail(const char* what) const;
  std::string path_;
  bool is_regular_;
  ear::Descriptor file_;
};

}  // namespace tools
