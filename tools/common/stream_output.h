#pragma once
// What the tools that make streams share: their options, and the way from record to file.
#include <CLI/CLI.hpp>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "frontend/stream/list.h"
#include "frontend/stream/stream.h"
#include "tools/common/io.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"

namespace tools {

struct StreamOptions {
  std::string output = "-";
  std::string shard_text = "1/1";
  ear::Shard shard;  ///< from shard_text by check()
  int n_jobs = 0;
  bool strict = false;
};

/// --output, --shard and --strict. `noun` is what the tool takes: "recording".
void add_stream_options(CLI::App& app, StreamOptions& options, const std::string& noun);
/// --jobs.
void add_jobs_option(CLI::App& app, StreamOptions& options);
/// Throws std::invalid_argument.
void check(StreamOptions& options);
/// 1 to 256.
int n_threads(const StreamOptions& options);

/// "1 recording", "3 recordings".
std::string count_of(std::size_t n, const std::string& noun);

/// Recordings of which something is true.
struct Named {
  std::size_t n = 0;
  std::string first;  ///< its name

  void add(const std::string& name) {
    if (n++ == 0) first = name;
  }
  /// "3 recordings, KEY first".
  std::string text() const;
};

/// Puts the tool and its version into made_by, in place of an earlier run of the same tool.
void add_made_by(ear::Header& header, const std::string& tool);

/// A stream in the making, and how far it is on the status line. Records that cannot be used are named, and end the run under
/// --strict.
class StreamOutput {
 public:
  /// `n_total` records in all, where that is known; else `share`, where there is one, says how much of the input has been read.
  /// Throws what OutputFile and ear::Writer throw.
  StreamOutput(const StreamOptions& options, const ear::Header& header, const std::string& noun, Context& context,
               std::optional<std::size_t> n_total, std::function<std::optional<double>()> share = {});

  /// False if the record breaks the format; then it has failed, and `name` stands before the reason.
  bool write(const ear::Record& record, const std::string& name);
  /// Names a record that could not be made. Throws std::runtime_error under --strict.
  void fail(const std::string& message);
  /// Makes the stream final. Throws std::runtime_error where all records failed, unless it is a shard.
  void commit();

  std::size_t n_written() const { return n_written_; }
  std::size_t n_failed() const { return n_failed_; }

 private:
  void advance() { progress_.add(1, share_ ? share_() : std::nullopt); }

  const StreamOptions& options_;
  std::string noun_;
  Context& context_;
  std::function<std::optional<double>()> share_;
  RecordProgress progress_;
  OutputFile file_;
  ear::Writer writer_;
  std::size_t n_written_ = 0, n_failed_ = 0;
};

}  // namespace tools
