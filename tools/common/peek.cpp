#include "tools/common/peek.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace tools {

namespace {

constexpr std::size_t kMost = 4096;  // a pipe takes that many in one piece
constexpr std::chrono::milliseconds kPause(2);

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    for (const int end : ends_) ::close(end);
  }
  int out() const { return ends_[0]; }
  int in() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

/// One copy of what stands at the pipe's beginning.
std::string copy_of_pipe(int fd, std::size_t n) {
  const Pipe copy;
  ssize_t got = 0;
  do {
    got = ::tee(fd, copy.in(), n, 0);  // waits for a first byte
  } while (got < 0 && errno == EINTR);
  if (got < 0) throw std::system_error(errno, std::generic_category(), "standard input");
  std::string bytes(static_cast<std::size_t>(got), '\0');
  if (got > 0 && ::read(copy.out(), bytes.data(), bytes.size()) != got) {
    throw std::system_error(errno, std::generic_category(), "standard input");
  }
  return bytes;
}

}  // namespace

std::string peek(int fd, std::size_t n) {
  n = std::min(n, kMost);
  struct stat info = {};
  if (::fstat(fd, &info) != 0) throw std::system_error(errno, std::generic_category(), "input");
  if (S_ISREG(info.st_mode)) {
    std::string bytes(n, '\0');
    const off_t here = ::lseek(fd, 0, SEEK_CUR);
    const ssize_t got = ::pread(fd, bytes.data(), n, here);
    if (got < 0) throw std::system_error(errno, std::generic_category(), "input");
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
  }
  if (!S_ISFIFO(info.st_mode)) return {};
  // A writer may bring the first bytes one at a time; once two looks find the same, it is waiting or gone.
  std::string bytes = copy_of_pipe(fd, n);
  for (int unchanged = 0; bytes.size() < n && !bytes.empty() && unchanged < 50;) {
    std::this_thread::sleep_for(kPause);
    std::string more = copy_of_pipe(fd, n);
    unchanged = more.size() == bytes.size() ? unchanged + 1 : 0;
    bytes = std::move(more);
  }
  return bytes;
}

}  // namespace tools
