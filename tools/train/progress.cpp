#include "tools/train/progress.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace tools {

namespace {

constexpr int kBarWidth = 24;
constexpr std::chrono::milliseconds kBarInterval(100);

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::string format_epoch(const snn::EpochReport& report) {
  std::string line = fmt::format("epoch {}/{}  loss {:.4g}  train {:.1f} %", report.epoch, report.n_epochs, report.loss,
                                 100.0 * report.accuracy);
  if (report.valid) line += fmt::format("  valid {:.1f} %", 100.0 * report.valid->accuracy());
  line += "  rates";
  for (const double rate : report.firing_rates) line += fmt::format(" {:.1f}", 100.0 * rate);
  return line + " %";
}

Progress::Progress(bool quiet, int first_epoch)
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1), first_(first_epoch) {}

Progress::~Progress() {
  clear();
}

void Progress::batch(const snn::BatchReport& report) {
  if (quiet_ || !terminal_) return;
  const Clock::time_point now = Clock::now();
  const double done = report.epoch - 1 + static_cast<double>(report.batch) / report.n_batches;
  if (!started_) {  // the first batch of this run sets the start
    started_ = true;
    first_ = done;
    begin_ = now;
  }
  if (now - last_bar_ < kBarInterval) return;
  last_bar_ = now;
  std::string sums;
  if (report.n_counted > 0)
    sums = fmt::format("  loss {:.4g}  accuracy {:.1f} %", report.loss, 100.0 * report.accuracy);
  const int filled = kBarWidth * report.batch / report.n_batches;
  const double left = done > first_ ? seconds() * (report.n_epochs - done) / (done - first_) : 0.0;
  fmt::print(stderr, "\r\033[Kepoch {}/{} [{}{}] batch {}/{}{}  {} left", report.epoch, report.n_epochs,
             std::string(static_cast<std::size_t>(filled), '#'),
             std::string(static_cast<std::size_t>(kBarWidth - filled), '.'), report.batch, report.n_batches, sums,
             done > first_ ? format_duration(left) : "?");
  std::fflush(stderr);
  bar_ = true;
}

void Progress::epoch(const snn::EpochReport& report) {
  if (quiet_) return;
  clear();
  fmt::print(stderr, "{}  {}\n", format_epoch(report), format_duration(seconds()));
}

void Progress::clear() {
  if (bar_) fmt::print(stderr, "\r\033[K");
  bar_ = false;
}

std::vector<std::string> ActivityWarnings::look(const snn::EpochReport& report) {
  std::vector<std::string> messages;
  last_.resize(report.firing_rates.size(), snn::Activity::kNormal);
  for (std::size_t l = 0; l < last_.size(); ++l) {
    const snn::Activity now = snn::activity_of(report.firing_rates[l]);
    if (now != last_[l] && now != snn::Activity::kNormal) {
      const bool silent = now == snn::Activity::kSilent;
      messages.push_back(fmt::format(
          "layer {} is {}: its neurons fire in {:.2f} % of the steps; try a {} --input-scale or --w-scale", l + 1,
          silent ? "silent" : "saturated", 100.0 * report.firing_rates[l], silent ? "larger" : "smaller"));
    }
    last_[l] = now;
  }
  return messages;
}

double Progress::seconds() const {
  return std::chrono::duration<double>(Clock::now() - begin_).count();
}

}  // namespace tools
