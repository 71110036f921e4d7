#pragma once
// What a reader takes: a descriptor, of which the first bytes may have been read already.
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace ear {

/// An open descriptor, which must stay open, and bytes that stand before what it still gives: those of a pipe that were taken to
/// see what it brings.
class Input {
 public:
  Input(int fd, std::string first = {}) : fd_(fd), first_(std::move(first)) {}

  int fd() const { return fd_; }
  /// Up to n bytes, 0 at the end. As read(2), and again where a signal interrupted it: below 0 errno says why.
  ssize_t read(char* target, std::size_t n) {
    if (!first_.empty()) {
      n = first_.copy(target, n);
      first_.erase(0, n);
      return static_cast<ssize_t>(n);
    }
    ssize_t n_read = 0;
    do n_read = ::read(fd_, target, n);
    while (n_read < 0 && errno == EINTR);
    return n_read;
  }

 private:
  int fd_;
  std::string first_;
};

}  // namespace ear
