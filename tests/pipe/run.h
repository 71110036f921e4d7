#pragma once
// Runs the real binaries, as a user's shell does, and returns all they said.
#include <filesystem>
#include <string>
#include <vector>

namespace pipe_support {

struct Result {
  int exit_code = 0;     ///< 128 + signal if a signal ended it, as in a shell
  std::string out;       ///< standard output, all bytes
  std::string err;       ///< standard error
  double peak_mb = 0.0;  ///< most memory it held, as the system counts it, in 10^6 bytes
};

struct Where {
  std::filesystem::path folder;     ///< working folder; empty: the test's own
  bool stdin_is_terminal = false;   ///< standard input is a new pseudo-terminal instead of a pipe
  bool stdout_is_terminal = false;  ///< likewise standard output; `out` is then what the terminal received
};

/// Runs {"ossicle-lyon", args...} with the build's tools first on the PATH; `input` goes to standard input.
Result run(const std::vector<std::string>& command, const std::string& input = {}, const Where& where = {});

/// Runs a line of /bin/sh with the same PATH: pipelines and redirections.
Result shell(const std::string& line, const std::string& input = {}, const Where& where = {});

/// A new empty folder, removed with its contents at the end.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  const std::filesystem::path& path() const { return path_; }
  /// The path of a file in it, as a string.
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// Whole files, all bytes. Throw std::runtime_error.
std::string slurp(const std::filesystem::path& path);
void spill(const std::filesystem::path& path, const std::string& bytes);

}  // namespace pipe_support
