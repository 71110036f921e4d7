#include "tools/train/run_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "tools/common/peek.h"

namespace tools {

namespace {

/// An open file that fails with its name.
class LogFile {
 public:
  explicit LogFile(const std::string& path)
      : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
    if (fd_ < 0) fail("cannot open");
  }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() {
    if (fd_ >= 0) ::close(fd_);
  }

  std::uint64_t size() const {
    const off_t end = ::lseek(fd_, 0, SEEK_END);
    return end < 0 ? 0 : static_cast<std::uint64_t>(end);  // a device or pipe has no size
  }
  void cut(std::uint64_t n_bytes) const {
    if (std::filesystem::is_regular_file(path_) && ::ftruncate(fd_, static_cast<off_t>(n_bytes)) != 0)
      fail("cannot cut");
  }
  void append(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t n = ::write(fd_, text.data(), text.size());
      if (n < 0 && errno != EINTR) fail("cannot write");
      if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
    }
    if (std::filesystem::is_regular_file(path_) && ::fsync(fd_) != 0) fail("cannot sync");
  }
  /// Closing may be where a write fails.
  void close() {
    if (::close(std::exchange(fd_, -1)) != 0) fail("cannot write");
  }

 private:
  [[noreturn]] void fail(const char* what) const {
    throw std::system_error(errno, std::generic_category(), fmt::format("{}: {} the log", path_, what));
  }
  std::string path_;
  int fd_;
};

bool begins_as_log(const std::string& path) {
  constexpr std::string_view kBegin = "{\"epoch\":";
  const InputFile file(path, "a log");
  const std::string bytes = peek(file.fd(), kBegin.size());
  return bytes.empty() || bytes == kBegin;
}

nlohmann::ordered_json to_json(const std::vector<snn::ArrayReport>& arrays) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const snn::ArrayReport& array : arrays) {
    nlohmann::ordered_json& one = all[array.name];
    one = {{"min", array.min}, {"mean", array.mean}, {"max", array.max}, {"rms", array.rms}};
    if (!array.gradient) continue;
    one["gradient_norm"] = array.gradient->norm;
    one["clipped_norm"] = array.gradient->clipped;
  }
  return all;
}

nlohmann::ordered_json to_json(const snn::EpochReport& report, const snn::TrainingParams& params, double seconds) {
  nlohmann::ordered_json line = {{"epoch", report.epoch},
                                 {"loss", report.loss},
                                 {"train_accuracy", report.accuracy},
                                 {"gradient_norm", report.gradient_norm},
                                 {"lr", params.optimiser.lr * report.rate_factor},
                                 {"firing_rates", report.firing_rates},
                                 {"silent", report.neurons.silent},
                                 {"saturated", report.neurons.saturated}};
  if (!report.surrogate_shares.empty()) line["surrogate_share"] = report.surrogate_shares;
  line["arrays"] = to_json(report.arrays);
  if (report.valid) {
    line["valid_accuracy"] = report.valid->accuracy();
    line["best_valid_accuracy"] = *report.best_accuracy;
    line["best_epoch"] = report.best_epoch;
  }
  line["seconds"] = seconds;
  return line;
}

}  // namespace

RunFiles::RunFiles(std::string model, std::string log, RunStart start)
    : model_(std::move(model)), log_(std::move(log)) {
  if (model_ == "-")
    throw std::runtime_error("-o -: a model cannot go to standard output, its checkpoint needs a place; name a file");
  if (std::filesystem::exists(model_) && !std::filesystem::is_regular_file(model_)) {
    throw std::runtime_error(fmt::format("{}: not a regular file; a model and its checkpoint want one", model_));
  }
  output_.emplace(model_, FileKind::kModel, OutputRules{.overwrite = true});  // fails now rather than after hours
  if (output_->has_rival()) {
    throw std::runtime_error(fmt::format(
        "{}: a training with this output is running; wait until it ends, or name another file with -o", model_));
  }
  require_replaceable(best_path(), FileKind::kModel, {.overwrite = true});
  require_replaceable(checkpoint_path(), FileKind::kCheckpoint);
  check_log();
  const bool resumes = start == RunStart::kResume && std::filesystem::exists(checkpoint_path());
  if (start != RunStart::kOverwrite && !resumes) require_nothing_there();
}

snn::Checkpoint RunFiles::read_checkpoint_there() const {
  try {
    return snn::read_checkpoint(checkpoint_path());
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("the checkpoint is damaged: {}; begin anew with --overwrite", error.what()));
  }
}

std::optional<snn::Checkpoint> RunFiles::find_checkpoint(const snn::Checkpoint& fresh) const {
  if (!std::filesystem::exists(checkpoint_path())) return std::nullopt;
  snn::Checkpoint found = read_checkpoint_there();
  const std::string difference =
      first_difference(found, fresh.model, fresh.train_hash, fresh.valid_hash, fresh.init_hash);
  if (!difference.empty()) {
    throw std::runtime_error(
        fmt::format("{}: is of another run: {}; resume with the same data and options, or begin anew "
                    "with --overwrite",
                    checkpoint_path(), difference));
  }
  return found;
}

void RunFiles::require_nothing_there() const {
  constexpr const char* kRemedies = "go on with --resume, or begin anew with --overwrite";
  if (std::filesystem::exists(checkpoint_path())) {
    const snn::Checkpoint found = read_checkpoint_there();
    const int n_epochs = found.model.training.n_epochs;
    if (found.epoch < n_epochs) {
      throw std::runtime_error(fmt::format("{}: holds an unfinished run ({} of {} epochs done); {}", checkpoint_path(),
                                           found.epoch, n_epochs, kRemedies));
    }
    if (!std::filesystem::exists(model_)) {
      throw std::runtime_error(fmt::format(
          "{}: holds a finished run, and its model is not there; --resume writes it, --overwrite begins anew",
          checkpoint_path()));
    }
  }
  require_replaceable(model_, FileKind::kModel);
  require_replaceable(best_path(), FileKind::kModel);
  if (std::filesystem::is_regular_file(log_) && std::filesystem::file_size(log_) > 0) {
    throw std::runtime_error(
        fmt::format("{}: is the log of another training; replace it with --overwrite, or name another file", log_));
  }
}

void RunFiles::check_log() const {
  if (std::filesystem::is_fifo(log_)) {
    throw std::runtime_error(
        fmt::format("{}: is a named pipe, and a log is opened anew for every line; name a file", log_));
  }
  if (std::filesystem::is_regular_file(log_) && !begins_as_log(log_)) {
    throw std::runtime_error(fmt::format("{}: exists and is not the log of a training; name another file", log_));
  }
}

std::string RunFiles::open_log(std::uint64_t n_bytes, std::optional<int> epochs_before) {
  log_bytes_ = n_bytes;  // kept through a part of the run without --log
  if (log_.empty()) return "";
  LogFile file(log_);
  if (!std::filesystem::is_regular_file(log_)) return "";
  const std::string text = read_file(log_, std::numeric_limits<std::size_t>::max() - 1, "a log");
  // A run that was stopped between its first line and that epoch's checkpoint finds this one line.
  const auto n_unknown = n_bytes > 0 ? 0 : std::count(text.begin(), text.end(), '\n');
  const bool is_foreign = epochs_before && n_unknown > (*epochs_before == 0 ? 1 : 0);
  if (is_foreign || (n_bytes > 0 && text.size() >= n_bytes && text[n_bytes - 1] != '\n')) {
    throw std::runtime_error(
        fmt::format("{}: is not the log of the run that is resumed; name that one, or a new file", log_));
  }
  if (text.size() >= n_bytes) {
    file.cut(n_bytes);
    file.close();
    return "";
  }
  log_bytes_ = text.size();
  if (!text.empty() && text.back() != '\n') {  // what was cut within a line stays a line of its own
    file.size();                               // to the end
    file.append("\n");
    ++log_bytes_;
  }
  file.close();
  return fmt::format(
      "{}: {} bytes, the checkpoint saw {}; the lines that are missing stay so, those of the epochs to come "
      "are added",
      log_, text.size(), n_bytes);
}

void RunFiles::log(const snn::EpochReport& report, const snn::TrainingParams& params, double seconds) {
  if (log_.empty()) return;
  LogFile file(log_);
  const std::string line = to_json(report, params, seconds).dump() + "\n";
  file.size();  // to the end
  file.append(line);
  file.close();
  log_bytes_ += line.size();
}

void RunFiles::begin(const snn::Checkpoint& state) const {
  write_checkpoint(state);
  std::filesystem::remove(best_path());
}

void RunFiles::write_checkpoint(snn::Checkpoint state) const {
  state.log_bytes = log_bytes_;
  const std::string bytes = snn::serialise(state);
  write_file(checkpoint_path(), std::as_bytes(std::span(bytes)), FileKind::kCheckpoint);
}

void RunFiles::write_best(const snn::Model& model) const {
  const std::string bytes = snn::serialise(model);
  write_file(best_path(), std::as_bytes(std::span(bytes)), FileKind::kModel, {.overwrite = true});
}

void RunFiles::write_model(const snn::Model& model) {
  output_->write(snn::serialise(model));
  output_->commit();
}

}  // namespace tools
