#pragma once
// How far a tool is with its records, on the status line.
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "tools/common/run_tool.h"
#include "tools/common/status_line.h"

namespace tools {

/// How much of an open file has been read, 0..1; none of a pipe.
std::optional<double> share_read(int fd);

class RecordProgress {
 public:
  /// Says at once that the work begins; silent under --quiet. n_total: records in all, where that is known beforehand. noun: what they are called.
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
