#pragma once
// How far a tool is, in one line on a terminal: drawn over itself, and taken away before anything else is said.
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/common/run_tool.h"

namespace tools {

/// What the line says, in ASCII.
struct Status {
  struct Part {
    std::string text;
    int rank = 0;  ///< 0 stays; of the others the highest goes first where the terminal is narrow
  };
  std::vector<Part> parts;      ///< from left to right, at least one
  std::optional<double> share;  ///< of the work that is done, 0..1: a bar behind the first part
};

/// The line in at most `width` characters (>= 0). Where they are few, the bar gets shorter and is left out, then parts by
/// their rank; what is still too long is cut off.
std::string format_status(const Status& status, int width);

/// "1:02:03" or "2:03".
std::string format_duration(double seconds);

/// Standard error, with or without a status in its last line. Threads may call it.
class StatusLine {
 public:
  /// Draws what `describe` returns, in the width that the terminal has now, at most ten times a second. Draws nothing where
  /// standard error is no terminal, in the background, and while another program of the pipeline draws there.
  void draw(const std::function<Status()>& describe);
  /// Takes the status away and leaves the line to other programs.
  void clear();
  /// Writes text to standard error, after taking the status away.
  void print(std::string_view text);

 private:
  using Clock = std::chrono::steady_clock;

  std::mutex mutex_;
  bool drawn_ = false;
  Clock::time_point last_{};
};

/// There is one standard error, so one of them.
StatusLine& status_line();

/// How much of an open file has been read, 0..1; none of a pipe.
std::optional<double> share_read(int fd);

class RecordProgress {
 public:
  /// Says at once that the work begins; silent under --quiet. n_total: records in all, where that is known beforehand. noun:
  /// what they are called.
  explicit RecordProgress(const Context& context, std::optional<std::size_t> n_total = {},
                          std::string noun = "records");
  /// Takes the status away.
  ~RecordProgress();
  RecordProgress(const RecordProgress&) = delete;
  RecordProgress& operator=(const RecordProgress&) = delete;

  /// n more records are done. share: of the work that is done, 0..1, where that is known and n_total is not.
  void add(std::size_t n, std::optional<double> share = {});

 private:
  Status describe(std::optional<double> share) const;

  bool quiet_;
  std::optional<std::size_t> n_total_;
  std::string noun_;
  std::size_t n_done_ = 0;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

}  // namespace tools
