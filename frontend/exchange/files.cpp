#include "frontend/exchange/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include "frontend/base/byte_source.h"
#include "frontend/base/text.h"

namespace ear {

namespace {

constexpr std::size_t kBlock = 65536;
constexpr std::uint64_t kGrowth = 1 << 20;

[[noreturn]] void fail_system(const std::string& message) {
  throw std::system_error(errno, std::generic_category(), message);
}

}  // namespace

bool ByteInput::fill() {
  buffer_.resize(kBlock);
  const ssize_t n = input_.read(reinterpret_cast<char*>(buffer_.data()), buffer_.size());
  if (n < 0) fail_system(name_ + ": cannot read");
  buffer_.resize(static_cast<std::size_t>(n));
  at_ = 0;
  return n > 0;
}

int ByteInput::get() {
  if (at_ == buffer_.size() && !fill()) return -1;
  ++offset_;
  return buffer_[at_++];
}

std::uint64_t ByteInput::append(Bytes& bytes, std::uint64_t n) {
  std::uint64_t got = 0;
  while (got < n && (at_ < buffer_.size() || fill())) {
    const auto piece = static_cast<std::size_t>(std::min<std::uint64_t>(n - got, buffer_.size() - at_));
    if (bytes.capacity() < bytes.size() + piece) {
      bytes.reserve(bytes.size() +
                    static_cast<std::size_t>(std::min(n - got, std::max(kGrowth, std::uint64_t{bytes.size()}))));
    }
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(at_);
    bytes.insert(bytes.end(), from, from + static_cast<std::ptrdiff_t>(piece));
    at_ += piece;
    got += piece;
  }
  offset_ += got;
  return got;
}

void ByteInput::seek(std::uint64_t offset) {
  struct stat status = {};
  if (::fstat(input_.fd(), &status) != 0) fail_system(name_ + ": cannot examine");
  if (!S_ISREG(status.st_mode) || offset >= static_cast<std::uint64_t>(status.st_size)) {
    throw std::runtime_error(fmt::format("{}: byte {} is wanted, the file has {}", name_, offset, status.st_size));
  }
  if (::lseek(input_.fd(), static_cast<off_t>(offset), SEEK_SET) < 0) fail_system(name_ + ": cannot seek");
  buffer_.clear();
  at_ = 0;
  offset_ = offset;
}

ByteOutput::ByteOutput(const std::string& path, std::string name)
    : file_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)),
      fd_(file_.get()),
      name_(std::move(name)) {
  if (!file_) fail_system(name_ + ": cannot create");
}

void ByteOutput::write(std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) fail_system(name_ + ": cannot write");
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

void ByteOutput::close() {
  if (!file_.close()) fail_system(name_ + ": cannot write");
}

std::string read_text(const std::string& path) {
  constexpr std::uint64_t kMaxText = 1ULL << 30;
  const Descriptor file = open_file(path);
  const ByteSource source(file.get());
  if (source.size() > kMaxText) throw std::runtime_error(fmt::format("{}: longer than {} bytes", path, kMaxText));
  const std::string text = source.read(0, source.size());
  return std::string(without_mark(text, path));
}

void write_text(const std::string& path, const std::string& name, std::string_view text) {
  ByteOutput file(path, name);
  file.write(bytes_of(text));
  file.close();
}

}  // namespace ear
