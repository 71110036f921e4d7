#include "frontend/base/byte_source.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace ear {

namespace {

[[noreturn]] void fail_to_read() {
  throw std::runtime_error(fmt::format("cannot be read ({})", std::strerror(errno)));
}

std::string read_to_end(Input& input) {
  std::string bytes;
  std::vector<char> block(1 << 16);
  while (bytes.size() <= kMaxPipeBytes) {
    const auto n_read = input.read(block.data(), block.size());
    if (n_read < 0) fail_to_read();
    if (n_read == 0) return bytes;
    bytes.append(block.data(), static_cast<std::size_t>(n_read));
  }
  throw std::runtime_error(fmt::format("longer than {} bytes; cut it into utterances", kMaxPipeBytes));
}

}  // namespace

ByteSource::ByteSource(Input input) {
  const int fd = input.fd();
  struct stat status {};
  const off_t position = lseek(fd, 0, SEEK_CUR);
  // Files that the kernel makes up claim to be regular and empty.
  if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 && position >= 0) {
    fd_ = fd;
    begin_ = static_cast<std::uint64_t>(position);
    size_ = static_cast<std::uint64_t>(std::max<off_t>(0, status.st_size - position));
  } else {
    bytes_ = read_to_end(input);
    size_ = bytes_.size();
  }
}

std::size_t ByteSource::read(std::uint64_t offset, char* target, std::size_t n) const {
  if (offset >= size_) return 0;
  n = static_cast<std::size_t>(std::min<std::uint64_t>(n, size_ - offset));
  if (fd_ < 0) {
    std::memcpy(target, bytes_.data() + begin_ + offset, n);
    return n;
  }
  for (std::size_t done = 0; done < n;) {
    const auto n_read = pread(fd_, target + done, n - done, static_cast<off_t>(begin_ + offset + done));
    if (n_read < 0 && errno == EINTR) continue;
    if (n_read < 0) fail_to_read();
    if (n_read == 0) return done;  // it has become shorter meanwhile
    done += static_cast<std::size_t>(n_read);
  }
  return n;
}

std::string ByteSource::read(std::uint64_t offset, std::size_t n) const {
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(n, size_ - std::min(offset, size_))), '\0');
  bytes.resize(read(offset, bytes.data(), bytes.size()));
  return bytes;
}

void ByteSource::remove_prefix(std::uint64_t n) {
  n = std::min(n, size_);
  begin_ += n;
  size_ -= n;
}

}  // namespace ear
