#include "tools/common/status_line.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace tools {

namespace {

constexpr std::size_t kMinBar = 10, kMaxBar = 26;  // with its brackets
constexpr std::chrono::milliseconds kInterval(100);
constexpr int kUsualWidth = 80;
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

bool is_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
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
  if (!is_terminal() || !is_foreground() || another_draws()) return;
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
  if (drawn_ || (is_terminal() && another_draws())) std::fputs(kErase, stderr);
  drawn_ = false;
  std::fwrite(text.data(), 1, text.size(), stderr);
}

StatusLine& status_line() {
  static StatusLine line;
  return line;
}

}  // namespace tools
