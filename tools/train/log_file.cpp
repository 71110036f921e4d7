#include "tools/train/log_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

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

std::string LogFile::text() const {
  std::string text;
  for (std::size_t size = 0;;) {
    text.resize(size + (1 << 16));
    const ssize_t n = ::pread(file_.get(), text.data() + size, text.size() - size, static_cast<off_t>(size));
    if (n < 0) fail("cannot read");
    size += static_cast<std::size_t>(n);
    text.resize(size);
    if (n == 0) return text;
  }
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
