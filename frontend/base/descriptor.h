#pragma once
// An open file descriptor that is closed at the end.
#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>

namespace ear {

class Descriptor {
 public:
  Descriptor() = default;
  /// Takes it over; below 0: none.
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// Gives it up without closing it.
  int release() { return std::exchange(fd_, -1); }
  /// Closes it now, for that may be where a write fails; then false, and errno says why.
  bool close() { return fd_ < 0 || ::close(release()) == 0; }

 private:
  int fd_ = -1;
};

/// Opens a file to read. Throws std::runtime_error "PATH: cannot be opened (WHY); check the path".
Descriptor open_file(const std::string& path);

/// Opens a file that is read at any byte, and sets how many it has. Throws std::runtime_error naming the path for one that cannot be
/// opened, a folder, a pipe or device, and an empty file. `what` is wanted: "an HDF5 file".
Descriptor open_regular_file(const std::string& path, const std::string& what, std::uint64_t& size);

}  // namespace ear
