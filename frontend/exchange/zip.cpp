#include "frontend/exchange/zip.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace ear {

namespace {

constexpr std::size_t kBlock = 65536;
// Memory grows by at most this much before the bytes that fill it have arrived.
constexpr std::uint64_t kGrowth = 1 << 20;
// Noon of 1980-01-01, the first day that a zip can name, so that equal contents give equal bytes.
constexpr time_t kTime = 315576000;

struct FreeRead {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct FreeWrite {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

std::string text_of(archive* a) {
  const char* text = archive_error_string(a);
  return text != nullptr ? text : "unknown error of libarchive";
}

/// libarchive converts members' names to the locale's characters, and in the C locale loses those that are not ASCII. While one
/// of these lives, this thread alone has UTF-8; the program's locale stays as it is.
class Utf8Names {
 public:
  Utf8Names() : utf8_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
    if (utf8_ != nullptr) before_ = ::uselocale(utf8_);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names() {
    if (utf8_ == nullptr) return;
    ::uselocale(before_);
    ::freelocale(utf8_);
  }

 private:
  locale_t utf8_;
  locale_t before_ = nullptr;
};

void check_file(const std::string& path) {
  struct stat status = {};
  if (::stat(path.c_str(), &status) != 0) {
    throw std::runtime_error(
        fmt::format("{}: cannot be opened ({}); check the path", path, std::generic_category().message(errno)));
  }
  if (!S_ISREG(status.st_mode)) {
    throw std::runtime_error(path + ": is no regular file, and an npz is read from its end; save it first");
  }
  if (status.st_size == 0) throw std::runtime_error(path + ": is empty; wanted an npz");
}

}  // namespace

struct ZipReader::State {
  std::string path;
  std::unique_ptr<archive, FreeRead> zip;
  std::string member;
  std::uint64_t size = 0;
  std::uint64_t left = 0;

  [[noreturn]] void fail_call() const {
    const std::string where = member.empty() ? "" : fmt::format("member {}: ", member);
    throw std::runtime_error(fmt::format("{}: {}damaged, cut or no npz ({}); make it again with numpy.savez", path,
                                         where, text_of(zip.get())));
  }
};

ZipReader::ZipReader(const std::string& path) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.path = path;
  check_file(path);
  s.zip.reset(archive_read_new());
  if (!s.zip) throw std::bad_alloc();
  archive_read_support_format_zip_seekable(s.zip.get());
  if (archive_read_open_filename(s.zip.get(), path.c_str(), kBlock) != ARCHIVE_OK) s.fail_call();
}

ZipReader::~ZipReader() = default;

bool ZipReader::next() {
  State& s = *state_;
  const Utf8Names utf8;
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(s.zip.get(), &entry);
  if (status == ARCHIVE_EOF) return false;
  if (status != ARCHIVE_OK) s.fail_call();
  const char* path = archive_entry_pathname(entry);
  s.member = path != nullptr ? path : "(name is no text)";
  if (archive_entry_filetype(entry) != AE_IFREG || !archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0) {
    fail("not a plain file");
  }
  if (archive_entry_is_encrypted(entry) != 0) fail("is encrypted");
  s.size = s.left = static_cast<std::uint64_t>(archive_entry_size(entry));
  return true;
}

const std::string& ZipReader::member() const {
  return state_->member;
}
std::uint64_t ZipReader::size() const {
  return state_->size;
}
std::uint64_t ZipReader::left() const {
  return state_->left;
}

void ZipReader::append(Bytes& bytes, std::uint64_t n) {
  State& s = *state_;
  if (n > s.left) fail(fmt::format("cut: {} bytes are wanted, {} are left", n, s.left));
  for (std::uint64_t left = n; left > 0;) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + static_cast<std::size_t>(std::min(left, kGrowth)));
    const la_ssize_t got = archive_read_data(s.zip.get(), bytes.data() + old_size, bytes.size() - old_size);
    if (got < 0) s.fail_call();
    if (got == 0) fail(fmt::format("cut: {} of its {} bytes are missing", s.left, s.size));
    bytes.resize(old_size + static_cast<std::size_t>(got));
    left -= static_cast<std::uint64_t>(got);
    s.left -= static_cast<std::uint64_t>(got);
  }
}

void ZipReader::finish() {
  if (state_->left > 0) fail(fmt::format("{} bytes follow its last number", state_->left));
  std::array<char, 1> more{};
  const la_ssize_t got = archive_read_data(state_->zip.get(), more.data(), more.size());
  if (got < 0) state_->fail_call();
  if (got > 0) fail("has more bytes than the directory says");
}

void ZipReader::fail(std::string_view message) const {
  throw std::runtime_error(fmt::format("{}: member {}: {}", state_->path, state_->member, message));
}

struct ZipWriter::State {
  std::string name;
  int fd = -1;
  int error = 0;          // errno of a failed write
  bool given_up = false;  // nothing more is written
  std::unique_ptr<archive, FreeWrite> zip;

  void check(la_ssize_t status) const {
    if (error != 0) throw std::system_error(error, std::generic_category(), name + ": cannot write");
    if (status < ARCHIVE_OK) throw std::runtime_error(fmt::format("{}: cannot write: {}", name, text_of(zip.get())));
  }

  // Never fails towards libarchive, which does not free its buffers after a failure; check() throws.
  static la_ssize_t write_block(archive*, void* data, const void* buffer, std::size_t size) {
    State& s = *static_cast<State*>(data);
    const char* at = static_cast<const char*>(buffer);
    for (std::size_t left = size; left > 0 && s.error == 0 && !s.given_up;) {
      const ssize_t n = ::write(s.fd, at, left);
      if (n < 0 && errno != EINTR) s.error = errno;
      if (n < 0) continue;
      at += n;
      left -= static_cast<std::size_t>(n);
    }
    return static_cast<la_ssize_t>(size);
  }
};

ZipWriter::ZipWriter(int fd, std::string name) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.name = std::move(name);
  s.fd = fd;
  s.zip.reset(archive_write_new());
  if (!s.zip) throw std::bad_alloc();
  s.check(archive_write_set_format_zip(s.zip.get()));
  s.check(archive_write_zip_set_compression_store(s.zip.get()));
  s.check(archive_write_set_bytes_per_block(s.zip.get(), kBlock));
  s.check(archive_write_set_bytes_in_last_block(s.zip.get(), 1));
  s.check(archive_write_open(s.zip.get(), &s, nullptr, State::write_block, nullptr));
}

ZipWriter::~ZipWriter() {
  state_->given_up = true;  // archive_write_free() would write the directory
}

void ZipWriter::begin(const std::string& member, std::uint64_t size) {
  State& s = *state_;
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new2(s.zip.get()));
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), member.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), kTime, 0);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  s.check(archive_write_header(s.zip.get(), entry.get()));
}

void ZipWriter::write(std::span<const std::uint8_t> bytes) {
  if (!bytes.empty()) state_->check(archive_write_data(state_->zip.get(), bytes.data(), bytes.size()));
}

void ZipWriter::close() {
  state_->check(archive_write_close(state_->zip.get()));
}

}  // namespace ear
