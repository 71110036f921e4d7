#include "tools/common/progress.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tools {

namespace {

constexpr std::size_t kMinBar = 10, kMaxBar = 26;  // with its brackets
constexpr std::chrono::milliseconds kInterval(100);
constexpr int kUsualWidth = 80;
constexpr double kLongEnough = 0.5;  // s; before that a rate says little
constexpr const char* kErase = "\r\033[K";

std::string join(const std::vector<Status::Part>& parts) {
  std::string line;
  for (const Status::Part& part : parts) line += (line.empty() ? "" : "  ") + part.text;
  return line;
}

std::string bar(double share, std::size_t width) {
  const std::size_t inside = width - 2;
  const auto filled = static_cast<std::size_t>(std::clamp(share, 0.0, 1.0) * static_cast<double>(inside));
  return " [" + std::string(filled, '#') + std::string(inside - filled, '.') + "]";
}

/// Columns of the terminal behind standard error.
int terminal_width() {
  winsize size = {};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* columns = std::getenv("COLUMNS");
  const int width = columns != nullptr ? std::atoi(columns) : 0;
  return width > 0 ? width : kUsualWidth;
}

bool is_foreground() {
  const pid_t foreground = ::tcgetpgrp(STDERR_FILENO);
  return foreground < 0 || foreground == ::getpgrp();  // < 0: not the terminal that started us
}

/// A lock of the terminal goes with the process that holds it. What cannot be locked is nobody's.
bool set_lock(short type, int command) {
  struct flock lock = {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return ::fcntl(STDERR_FILENO, command, &lock) == 0 && lock.l_type != F_UNLCK;
}

/// Two programs of a pipeline would draw over one another.
bool another_draws() {
  return set_lock(F_WRLCK, F_GETLK);
}

}  // namespace

std::string format_status(const Status& status, int width) {
  const auto most = static_cast<std::size_t>(width);
  std::vector<Status::Part> parts = status.parts;
  while (join(parts).size() > most) {
    const auto last = std::ranges::max_element(parts, {}, &Status::Part::rank);
    if (last->rank == 0) return join(parts).substr(0, most);
    parts.erase(last);
  }
  const std::size_t room = most - join(parts).size();
  if (status.share && room > kMinBar) parts.front().text += bar(*status.share, std::min(room - 1, kMaxBar));
  return join(parts);
}

std::string format_duration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  if (whole < 3600) return fmt::format("{}:{:02}", whole / 60, whole % 60);
  return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

void StatusLine::draw(const std::function<Status()>& describe) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point now = Clock::now();
  if (now - last_ < kInterval) return;
  last_ = now;
  if (::isatty(STDERR_FILENO) != 1 || !is_foreground() || another_draws()) return;
  set_lock(F_WRLCK, F_SETLK);
  // Not into the last column, where some terminals go on to the next line.
  std::fputs((kErase + format_status(describe(), terminal_width() - 1)).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void StatusLine::clear() {
  const std::lock_guard lock(mutex_);
  if (!drawn_) return;
  drawn_ = false;
  std::fputs(kErase, stderr);
  std::fflush(stderr);
  set_lock(F_UNLCK, F_SETLK);
}

void StatusLine::print(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (drawn_ || (::isatty(STDERR_FILENO) == 1 && another_draws())) std::fputs(kErase, stderr);
  drawn_ = false;
  std::fwrite(text.data(), 1, text.size(), stderr);
}

StatusLine& status_line() {
  static StatusLine line;
  return line;
}

std::optional<double> share_read(int fd) {
  struct stat status = {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0) return std::nullopt;
  return static_cast<double>(::lseek(fd, 0, SEEK_CUR)) / static_cast<double>(status.st_size);
}

RecordProgress::RecordProgress(const Context& context, std::optional<std::size_t> n_total, std::string noun)
    : quiet_(context.quiet()), n_total_(n_total), noun_(std::move(noun)) {
  add(0);
}

RecordProgress::~RecordProgress() {
  status_line().clear();
}

Status RecordProgress::describe(std::optional<double> share) const {
  const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin_;
  const double seconds = passed.count();
  if (n_total_ && *n_total_ > 0) share = static_cast<double>(n_done_) / static_cast<double>(*n_total_);
  const std::string of = n_total_ ? fmt::format(" of {}", *n_total_) : "";
  Status status{{{fmt::format("{}{} {}", n_done_, of, noun_), 0}}, share};
  if (share) status.parts.push_back({fmt::format("{:.0f} %", 100.0 * *share), 3});
  if (seconds < kLongEnough) return status;
  const double rate = static_cast<double>(n_done_) / seconds;
  status.parts.push_back({fmt::format("{:.{}f}/s", rate, rate < 10.0 ? 1 : 0), 2});
  if (share && *share > 0.0) {
    status.parts.push_back({fmt::format("{} left", format_duration(seconds * (1.0 - *share) / *share)), 1});
  }
  return status;
}

void RecordProgress::add(std::size_t n, std::optional<double> share) {
  n_done_ += n;
  if (!quiet_) status_line().draw([&] { return describe(share); });
}

}  // namespace tools
