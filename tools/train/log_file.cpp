#include "tools/train/log_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

namespace tools {

namespace fs = std::filesystem;

LogFile::LogFile(std::string path)
    : path_(std::move(path)),
      is_regular_(!fs::exists(path_) || fs::is_regular_file(path_)),
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
  struct stat status = {};
  if (::fstat(file_.get(), &status) != 0) fail("cannot examine");
  return static_cast<std::uint64_t>(status.st_size);
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

}  // namespace tools
