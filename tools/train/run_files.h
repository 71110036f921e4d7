#pragma once
// The files of a training run: MODEL, MODEL.best, MODEL.ckpt and the log. Each is replaced as a whole or not at all.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "snn/files/checkpoint.h"
#include "snn/train/trainer.h"
#include "tools/common/io.h"

namespace tools {

/// The log: a file that one run at a time appends lines to. Held by an advisory lock of the kernel for as long as this lives;
/// where the file system has no locks, and for a device, by none. What fails throws std::system_error with the path.
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

/// How a run stands to what an earlier one left under the same names.
enum class RunStart {
  kNew,       ///< replaces nothing
  kResume,    ///< goes on from MODEL.ckpt; where there is none, as kNew
  kOverwrite  ///< replaces what a training left, and nothing else
};

class RunFiles {
 public:
  /// model: path of the model. log: path of the log, or empty. For as long as this lives, no other can be made for the same
  /// model, in any process: the kernel's advisory lock on the hidden file that becomes MODEL says so, and ends with the
  /// process. The log is locked likewise: one that is there already at once, a new one in open_log(). Throws
  /// std::runtime_error if the model cannot be written there, if another training is at work on it or on the log, and if there
  /// are files that `start` does not allow to be replaced.
  RunFiles(std::string model, std::string log, RunStart start);

  /// The checkpoint of the run that `fresh` began, or nothing if there is none. Throws std::runtime_error if it is
  /// damaged or of another run: other data, parameters or recipe.
  std::optional<snn::Checkpoint> find_checkpoint(const snn::Checkpoint& fresh) const;

  /// Starts the log anew, or cuts it back to the n_bytes that the checkpoint of a resumed run saw; `epochs_before` of that run
  /// are done. A log that is shorter, or new, is continued as it is: then returns what the user should know, else nothing.
  /// Throws std::runtime_error if the log is not that of the resumed run, or if another run has begun it.
  std::string open_log(std::uint64_t n_bytes, std::optional<int> epochs_before);
  /// Adds the epoch's line to the log.
  void log(const snn::EpochReport& report, const snn::TrainingParams& params, double seconds);

  /// The checkpoint of a run at its beginning, in place of what an earlier run left: its MODEL.best would pass for this one's.
  void begin(const snn::Checkpoint& state) const;
  void write_checkpoint(snn::Checkpoint state) const;
  void write_best(const snn::Model& model) const;
  /// The last epoch's, and closes the log. Only once.
  void write_model(const snn::Model& model);

  std::string checkpoint_path() const { return model_ + ".ckpt"; }
  std::string best_path() const { return model_ + ".best"; }

 private:
  snn::Checkpoint read_checkpoint_there() const;
  void require_nothing_there() const;
  /// The log that the path leads to now, open and locked.
  const LogFile& take_log();

  std::string model_;
  std::string log_;
  std::optional<OutputFile> output_;  // of the model
  std::optional<LogFile> log_file_;
  std::uint64_t log_bytes_ = 0;
};

}  // namespace tools
