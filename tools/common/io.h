#pragma once
// Files of the tools: "-" is standard input or output; output is written aside and renamed.
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/base/descriptor.h"
#include "frontend/base/input.h"
#include "tools/common/file_kind.h"
#include "tools/common/hidden_output.h"

namespace tools {

/// An open input. Throws std::runtime_error, naming path and remedy, for a missing or unreadable file, a directory, and
/// a terminal on standard input.
class InputFile {
 public:
  /// `waits_for` completes "standard input is a terminal, and this tool waits for ...": "a stream of ossicle-lyon".
  InputFile(const std::string& path, std::string_view waits_for);

  int fd() const { return fd_; }
  /// For messages: the path, or "standard input".
  const std::string& name() const { return name_; }
  /// Whether it can be opened again by its name: no pipe, and not standard input.
  bool is_file() const;
  /// The next n bytes, fewer at the end, which stay the next ones. Throws std::system_error.
  std::string look(std::size_t n);
  /// For whoever reads it from here on: what look() saw comes first. To be taken once.
  ear::Input input() { return {fd_, std::exchange(first_, {})}; }

 private:
  ear::Descriptor owned_;  // none if it is standard input
  int fd_ = STDIN_FILENO;
  std::string name_ = "standard input";
  std::string first_;  // bytes that look() took from what cannot be sought, a pipe
};

struct OutputRules {
  bool overwrite = false;  ///< whether a model may be replaced
};

/// An open output. A regular or new file is written under a hidden name in its folder, and commit() syncs it and
/// renames it over the old one; without commit() the old file stays as it was, and what was written aside is removed. Standard output ("-", "/dev/stdout"),
/// devices and named pipes are written directly. Throws std::runtime_error for a directory, a missing folder, a file that
/// must stay (require_replaceable()), and binary content to a terminal; std::system_error for other failures.
class OutputFile {
 public:
  /// `kind`: of what will be written.
  OutputFile(const std::string& path, FileKind kind, OutputRules rules = {});
  int fd() const { return fd_; }
  /// For messages: the path, or "standard output".
  const std::string& name() const { return name_; }
  /// The file that the bytes go to until commit(), for libraries that want a name; throws std::runtime_error where the output
  /// is a pipe or device.
  std::filesystem::path path() const;
  /// Whether another run was writing this file when it was opened.
  bool has_rival() const { return aside_ && aside_->has_rival(); }
  /// Writes all bytes. Throws std::system_error (ENOSPC, EPIPE).
  void write(std::string_view bytes);
  /// Makes the output final. Nothing may be written after it.
  void commit();

 private:
  ear::Descriptor owned_;  // of a device or named pipe
  int fd_ = STDOUT_FILENO;
  std::string name_;
  std::optional<HiddenOutput> aside_;  // of a file
};

/// "-" or "/dev/stdout".
bool is_standard_output(const std::string& path);

/// What an output of that kind may replace: a file of its kind or an empty one, and a model only under `rules.overwrite`,
/// for it may be hours of work. Throws std::runtime_error saying what is there. "-", devices and pipes are not replaced.
void require_replaceable(const std::string& path, FileKind kind, OutputRules rules = {});

/// Throws std::invalid_argument if one of the outputs is the same file as an input or an output before it, by whatever path: it
/// would replace it. "-", devices and named pipes are written and not replaced; empty names are none.
void require_other_files(const std::vector<std::string>& outputs, std::vector<std::string> inputs);

/// The whole file through OutputFile.
void write_file(const std::string& path, std::string_view bytes, FileKind kind = FileKind::kText,
                OutputRules rules = {});

/// The whole file ("-": standard input). Throws std::runtime_error if it holds more than `limit` bytes.
std::string read_file(const std::string& path, std::size_t limit, std::string_view waits_for = "a file");
/// The rest of an open file; throws likewise.
std::string read_file(InputFile& file, std::size_t limit);

}  // namespace tools
