#include "frontend/exchange/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "frontend/base/text.h"

namespace ear {

namespace {

constexpr std::size_t kBlock = 65536;
constexpr std::uint64_t kGrowth = 1 << 20;
constexpr std::uint64_t kMaxText = 1ULL << 30;

[[noreturn]] void fail_system(const std::string& message) {
  throw std::system_error(errno, std::generic_category(), message);
}

}  // namespace

bool ByteInput::fill() {
  buffer_.resize(kBlock);
  ssize_t n = 0;
  do n = ::read(fd_, buffer_.data(), buffer_.size());
  while (n < 0 && errno == EINTR);
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

std::uint64_t ByteInput::append(std::vector<std::uint8_t>& bytes, std::uint64_t n) {
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
  if (::fstat(fd_, &status) != 0) fail_system(name_ + ": cannot examine");
  if (!S_ISREG(status.st_mode) || offset >= static_cast<std::uint64_t>(status.st_size)) {
    throw std::runtime_error(fmt::format("{}: byte {} is wanted, the file has {}", name_, offset, status.st_size));
  }
  if (::lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0) fail_system(name_ + ": cannot seek");
  buffer_.clear();
  at_ = 0;
  offset_ = offset;
}

OpenFile OpenFile::to_read(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    throw std::runtime_error(fmt::format("{}: cannot be opened ({})", path, std::generic_category().message(errno)));
  }
  return OpenFile(fd);
}

OpenFile OpenFile::to_write(const std::string& path, const std::string& name) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) fail_system(name + ": cannot create");
  return OpenFile(fd);
}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

OpenFile::~OpenFile() {
  if (fd_ >= 0) ::close(fd_);
}

void OpenFile::close(const std::string& name) {
  if (::close(std::exchange(fd_, -1)) != 0) fail_system(name + ": cannot write");
}

void write_all(int fd, const std::string& name, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) fail_system(name + ": cannot write");
    if (n > 0) bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

std::string_view without_mark(std::string_view text, const std::string& name) {
  constexpr std::string_view kUtf8Mark = "\xef\xbb\xbf";
  check_not_utf16(text, name);
  if (text.starts_with(kUtf8Mark)) text.remove_prefix(kUtf8Mark.size());
  return text;
}

std::string read_text(const std::string& path) {
  const OpenFile file = OpenFile::to_read(path);
  ByteInput input(file.fd(), path);
  std::vector<std::uint8_t> bytes;
  if (input.append(bytes, kMaxText + 1) > kMaxText) {
    throw std::runtime_error(fmt::format("{}: longer than {} bytes", path, kMaxText));
  }
  return std::string(without_mark({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, path));
}

void write_text(const std::string& path, const std::string& name, std::string_view text) {
  OpenFile file = OpenFile::to_write(path, name);
  write_all(file.fd(), name, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  file.close(name);
}

std::vector<std::pair<std::size_t, std::string_view>> lines_of(std::string_view text) {
  std::vector<std::pair<std::size_t, std::string_view>> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(number, line);
  }
  return lines;
}

std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> words;
  constexpr std::string_view kBlanks = " \t";
  for (;;) {
    const std::size_t begin = line.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos) return words;
    line.remove_prefix(begin);
    words.emplace_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(words.back().size());
  }
}

std::map<std::string, std::vector<std::string>> parse_table(std::string_view text, const std::string& name) {
  std::map<std::string, std::vector<std::string>> table;
  for (const auto& [number, line] : lines_of(without_mark(text, name))) {
    std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    const std::string key = words[0];
    words.erase(words.begin());
    if (!table.emplace(key, std::move(words)).second) {
      throw std::runtime_error(fmt::format("{}:{}: key {} stands twice", name, number, key));
    }
  }
  return table;
}

}  // namespace ear
