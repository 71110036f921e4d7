#include "tools/train/run_files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace tools {

namespace {

/// Whether the path is of something that is open already, which has no place for a file beside it.
bool is_open_file(const std::string& path) {
  const std::string plain = std::filesystem::path(path).lexically_normal().string();
  return plain == "-" || plain == "/dev/stdout" || plain == "/dev/stderr" || plain.starts_with("/dev/fd/") ||
         plain.starts_with("/proc/");
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

LogFile::LogFile(std::string path)
    : path_(std::move(path)),
      is_regular_(!std::filesystem::exists(path_) || std::filesystem::is_regular_file(path_)),
      file_(::open(path_.c_str(), (is_regular_ ? O_RDWR : O_WRONLY) | O_APPEND | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_) fail("cannot open");
  // Many may write to one device.
  if (is_regular_ && try_lock(file_.get()) == Lock::kHeldByAnother) {
    throw std::runtime_error(path_ +
                             ": is the log of a training that is running; wait until it ends, or name another file");
  }
}

void LogFile::fail(const char* what) const {
  throw std::system_error(errno, std::generic_category(), fmt::format("{}: {} the log", path_, what));
}

std::uint64_t LogFile::size() const {
  const off_t end = ::lseek(file_.get(), 0, SEEK_END);
  if (end < 0) fail("cannot examine");
  return static_cast<std::uint64_t>(end);
}

bool LogFile::has_line_end_at(std::uint64_t n_bytes) const {
  char last = 0;
  if (::pread(file_.get(), &last, 1, static_cast<off_t>(n_bytes) - 1) < 0) fail("cannot read");
  return last == '\n';
}

bool LogFile::has_more_lines_than(int n_lines) const {
  std::vector<char> block(1 << 16);
  std::ptrdiff_t n_found = 0;
  for (off_t at = 0; n_found <= n_lines;) {
    const ssize_t n = ::pread(file_.get(), block.data(), block.size(), at);
    if (n < 0) fail("cannot read");
    if (n == 0) return false;
    n_found += std::count(block.begin(), block.begin() + n, '\n');
    at += n;
  }
  return true;
}

void LogFile::cut(std::uint64_t n_bytes) const {
  if (::ftruncate(file_.get(), static_cast<off_t>(n_bytes)) != 0) fail("cannot cut");
}

void LogFile::append(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t n = ::write(file_.get(), text.data(), text.size());
    if (n < 0 && errno != EINTR) fail("cannot write");
    if (n > 0) text.remove_prefix(static_cast<std::size_t>(n));
  }
  if (is_regular_ && ::fsync(file_.get()) != 0) fail("cannot sync");
}

void LogFile::close() {
  if (!file_.close()) fail("cannot write");
}

RunFiles::RunFiles(std::string model, std::string log, RunStart start)
    : model_(std::move(model)), log_(std::move(log)) {
  if (is_open_file(model_)) {
    throw std::runtime_error(fmt::format(
        "-o {}: a model cannot go to standard output or a pipe, its checkpoint needs a place; name a file", model_));
  }
  if (log_ == "-") throw std::runtime_error("--log -: a log wants a file, not standard output; name one");
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
  if (std::filesystem::is_fifo(log_)) {
    throw std::runtime_error(fmt::format("{}: is a named pipe, and a log wants a file; name one", log_));
  }
  if (std::filesystem::is_regular_file(log_)) take_log();
  const bool resumes = start == RunStart::kResume && std::filesystem::exists(checkpoint_path());
  if (start != RunStart::kOverwrite && !resumes) require_nothing_there();
}

snn::Checkpoint RunFiles::read_checkpoint_there() const {
  try {
    return snn::read_checkpoint(checkpoint_path());
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(fmt::format("the checkpoint cannot be read: {}. --overwrite begins anew", error.what()));
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

const LogFile& RunFiles::take_log() {
  if (log_file_ && log_file_->is_there()) return *log_file_;
  require_replaceable(log_, FileKind::kLog);
  return log_file_.emplace(log_);
}

std::string RunFiles::open_log(std::uint64_t n_bytes, std::optional<int> epochs_before) {
  log_bytes_ = n_bytes;  // kept through a part of the run without --log
  if (log_.empty()) return "";
  const bool was_there = log_file_ && log_file_->is_there();
  const LogFile& file = take_log();
  if (!file.is_regular()) return "";
  const std::uint64_t size = file.size();
  if (!was_there && size > 0) {
    throw std::runtime_error(fmt::format("{}: another program wrote it since this run began; name another file", log_));
  }
  // A run that was stopped between its first line and that epoch's checkpoint finds this one line.
  const bool is_foreign = epochs_before && n_bytes == 0 && file.has_more_lines_than(*epochs_before == 0 ? 1 : 0);
  if (is_foreign || (n_bytes > 0 && size >= n_bytes && !file.has_line_end_at(n_bytes))) {
    throw std::runtime_error(
        fmt::format("{}: is not the log of the run that is resumed; name that one, or a new file", log_));
  }
  if (size >= n_bytes) {
    file.cut(n_bytes);
    return "";
  }
  log_bytes_ = size;
  if (size > 0 && !file.has_line_end_at(size)) {  // what was cut within a line stays a line of its own
    file.append("\n");
    ++log_bytes_;
  }
  return fmt::format(
      "{}: {} bytes, the checkpoint saw {}; the lines that are missing stay so, those of the epochs to come "
      "are added",
      log_, size, n_bytes);
}

void RunFiles::log(const snn::EpochReport& report, const snn::TrainingParams& params, double seconds) {
  if (log_.empty()) return;
  const std::string line = to_json(report, params, seconds).dump() + "\n";
  take_log().append(line);
  log_bytes_ += line.size();
}

void RunFiles::begin(const snn::Checkpoint& state) const {
  write_checkpoint(state);
  std::filesystem::remove(best_path());
}

void RunFiles::write_checkpoint(snn::Checkpoint state) const {
  state.log_bytes = log_bytes_;
  write_file(checkpoint_path(), snn::serialise(state), FileKind::kCheckpoint);
}

void RunFiles::write_best(const snn::Model& model) const {
  write_file(best_path(), snn::serialise(model), FileKind::kModel, {.overwrite = true});
}

void RunFiles::write_model(const snn::Model& model) {
  output_->write(snn::serialise(model));
  output_->commit();
  if (log_file_) log_file_->close();
}

}  // namespace tools
