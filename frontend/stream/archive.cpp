#include "frontend/stream/archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <stdexcept>
#include <system_error>

#include "frontend/base/require.h"

namespace ear {

namespace {

// Read and written at a time. 64 KiB is the capacity of a Linux pipe.
constexpr std::size_t kBlock = 65536;
// A member's memory grows by at most this much before the bytes that fill it have arrived.
constexpr std::uint64_t kGrowth = 1 << 20;
// Noon of 1980-01-01, the first day that a zip can name.
constexpr time_t kZipTime = 315576000;

template <auto Free>
struct Freed {
  void operator()(auto* object) const { Free(object); }
};

// What the callbacks of libarchive share with the classes.
struct Channel {
  Input file{-1};
  int error = 0;          // errno of a failed call
  bool given_up = false;  // nothing more is written
  std::uint64_t n_bytes = 0;
  Bytes buffer;
};

la_ssize_t read_block(archive* a, void* data, const void** buffer) {
  Channel& channel = *static_cast<Channel*>(data);
  const ssize_t n = channel.file.read(reinterpret_cast<char*>(channel.buffer.data()), channel.buffer.size());
  if (n < 0) {
    channel.error = errno;
    archive_set_error(a, channel.error, "read failed");
    return ARCHIVE_FATAL;
  }
  channel.n_bytes += static_cast<std::uint64_t>(n);
  *buffer = channel.buffer.data();
  return n;
}

// Never fails towards libarchive, which does not free its buffers after a failure: once there was an error, or the archive is
// given up, it swallows what comes, and ArchiveWriter throws.
la_ssize_t write_block(archive*, void* data, const void* buffer, std::size_t size) {
  Channel& channel = *static_cast<Channel*>(data);
  const char* at = static_cast<const char*>(buffer);
  for (std::size_t left = size; left > 0 && channel.error == 0 && !channel.given_up;) {
    const ssize_t n = ::write(channel.file.fd(), at, left);
    if (n < 0 && errno != EINTR) channel.error = errno;
    if (n < 0) continue;
    at += n;
    left -= static_cast<std::size_t>(n);
  }
  return static_cast<la_ssize_t>(size);
}

std::string text_of(archive* a) {
  const char* text = archive_error_string(a);
  return text != nullptr ? text : "unknown error of libarchive";
}

// For bytes that are not UTF-8, libarchive warns of a name that it cannot convert: of a tar's owner and group, which are not
// used, or of its member, which then has the bytes as they are. All other warnings tell of damage.
bool is_about_names(archive* a) {
  return text_of(a).find("be converted from") != std::string::npos;
}

/// libarchive converts members' names to the locale's characters, and in the C locale loses those of a zip that are not ASCII.
/// While one of these lives, this thread alone has UTF-8; the program's locale stays as it is.
class Utf8Names {
 public:
  Utf8Names() {
    static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);  // none: uselocale() changes nothing
    before_ = ::uselocale(utf8);
  }
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;
  ~Utf8Names() { ::uselocale(before_); }

 private:
  locale_t before_;
};

}  // namespace

struct ArchiveReader::State {
  bool is_zip = false;
  std::string name;
  Channel channel;
  std::unique_ptr<archive, Freed<archive_read_free>> handle{archive_read_new()};
  std::string member;
  std::uint64_t size = 0;
  std::uint64_t left = 0;  // bytes of the member not read yet

  // A call of libarchive failed: the system's error, or a damaged archive.
  [[noreturn]] void fail_call(const std::string& where) const {
    if (channel.error != 0) throw std::system_error(channel.error, std::generic_category(), name + ": cannot read");
    demand(is_zip || channel.n_bytes > 0, "{}: empty input, an Ossicle stream was expected", name);
    throw std::runtime_error(fmt::format(
        "{}: {}: damaged, cut or no {} ({}); {}", name, where, is_zip ? "npz" : "stream", text_of(handle.get()),
        is_zip ? "make it again with numpy.savez"
               : "a recording wants ossicle-lyon first, a compressed stream to be decompressed"));
  }
  std::string place() const {
    if (member.empty()) return "byte 0";
    if (is_zip) return "member " + member;
    return fmt::format("member {} at byte {}", member, archive_read_header_position(handle.get()));
  }
};

ArchiveReader::ArchiveReader(ArchiveFormat format, Input input, std::string name) : state_(std::make_unique<State>()) {
  State& s = *state_;
  archive* const a = s.handle.get();
  if (a == nullptr) throw std::bad_alloc();
  s.name = std::move(name);
  s.is_zip = format == ArchiveFormat::kZip;
  int status = ARCHIVE_OK;
  if (s.is_zip) {
    archive_read_support_format_zip_seekable(a);
    status = archive_read_open_fd(a, input.fd(), kBlock);
  } else {
    s.channel.file = std::move(input);
    s.channel.buffer.resize(kBlock);
    archive_read_support_format_tar(a);
    archive_read_set_format_option(a, "tar", "read_concatenated_archives", "1");
    status = archive_read_open(a, &s.channel, nullptr, read_block, nullptr);
  }
  if (status != ARCHIVE_OK) s.fail_call(s.place());
}

ArchiveReader::~ArchiveReader() = default;

bool ArchiveReader::next() {
  State& s = *state_;
  std::optional<Utf8Names> utf8;
  if (s.is_zip) utf8.emplace();
  const std::string after = (s.member.empty() ? "" : "after ") + s.place();
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(s.handle.get(), &entry);
  if (status == ARCHIVE_EOF) return false;
  if (status != ARCHIVE_OK && !(status == ARCHIVE_WARN && !s.is_zip && is_about_names(s.handle.get()))) {
    s.fail_call(after);
  }
  const char* path = archive_entry_pathname(entry);
  s.member = path != nullptr ? path : "(name is no text)";
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr ||
      archive_entry_sparse_count(entry) > 0 || !archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0) {
    fail("not a plain file");
  }
  if (archive_entry_is_encrypted(entry) != 0) fail("is encrypted");
  s.size = s.left = static_cast<std::uint64_t>(archive_entry_size(entry));
  return true;
}

const std::string& ArchiveReader::member() const {
  return state_->member;
}
std::uint64_t ArchiveReader::size() const {
  return state_->size;
}
std::uint64_t ArchiveReader::left() const {
  return state_->left;
}
std::uint64_t ArchiveReader::n_bytes() const {
  return state_->channel.n_bytes;
}

void ArchiveReader::append(Bytes& bytes, std::uint64_t n) {
  State& s = *state_;
  if (n > s.left) fail(fmt::format("cut: {} bytes are wanted, {} are left", n, s.left));
  for (std::uint64_t left = n; left > 0;) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + static_cast<std::size_t>(std::min(left, kGrowth)));
    const la_ssize_t got = archive_read_data(s.handle.get(), bytes.data() + old_size, bytes.size() - old_size);
    if (got < 0) s.fail_call(s.place());
    if (got == 0) fail(fmt::format("cut: {} of its {} bytes are missing", s.left, s.size));
    bytes.resize(old_size + static_cast<std::size_t>(got));
    left -= static_cast<std::uint64_t>(got);
    s.left -= static_cast<std::uint64_t>(got);
  }
}

Bytes ArchiveReader::read(std::uint64_t limit) {
  if (size() > limit) fail(fmt::format("claims {} bytes, at most {} are allowed", size(), limit));
  Bytes bytes;
  append(bytes, size());
  return bytes;
}

void ArchiveReader::finish() {
  if (state_->left > 0) fail(fmt::format("{} bytes follow its last number", state_->left));
  std::array<char, 1> more{};
  const la_ssize_t got = archive_read_data(state_->handle.get(), more.data(), more.size());
  if (got < 0) state_->fail_call(state_->place());
  if (got > 0) fail("has more bytes than the directory says");
}

void ArchiveReader::fail(std::string_view message) const {
  fail_archive(fmt::format("{}: {}", state_->place(), message));
}

void ArchiveReader::fail_archive(std::string_view message) const {
  throw std::runtime_error(fmt::format("{}: {}", state_->name, message));
}

struct ArchiveWriter::State {
  std::string name;
  Channel channel;
  time_t time = 0;
  std::unique_ptr<archive, Freed<archive_write_free>> handle{archive_write_new()};

  void check(la_ssize_t status) const {
    if (channel.error != 0) throw std::system_error(channel.error, std::generic_category(), name + ": cannot write");
    if (status < ARCHIVE_OK) demand(false, "{}: cannot write: {}", name, text_of(handle.get()));
  }
};

ArchiveWriter::ArchiveWriter(ArchiveFormat format, int fd, std::string name) : state_(std::make_unique<State>()) {
  State& s = *state_;
  archive* const a = s.handle.get();
  if (a == nullptr) throw std::bad_alloc();
  s.name = std::move(name);
  s.channel.file = fd;
  if (format == ArchiveFormat::kZip) {
    s.time = kZipTime;
    s.check(archive_write_set_format_zip(a));
    s.check(archive_write_zip_set_compression_store(a));
  } else {
    // Extended headers appear only where a name is too long for the plain one.
    s.check(archive_write_set_format_pax_restricted(a));
  }
  s.check(archive_write_set_bytes_per_block(a, kBlock));
  s.check(archive_write_set_bytes_in_last_block(a, 1));
  s.check(archive_write_open(a, &s.channel, nullptr, write_block, nullptr));
}

ArchiveWriter::~ArchiveWriter() {
  state_->channel.given_up = true;  // archive_write_free() would write the end
}

void ArchiveWriter::begin(const std::string& member, std::uint64_t size) {
  State& s = *state_;
  const std::unique_ptr<archive_entry, Freed<archive_entry_free>> entry(archive_entry_new2(s.handle.get()));
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), member.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), s.time, 0);
  archive_entry_set_uid(entry.get(), 0);
  archive_entry_set_gid(entry.get(), 0);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  s.check(archive_write_header(s.handle.get(), entry.get()));
}

void ArchiveWriter::write(std::span<const std::uint8_t> bytes) {
  if (!bytes.empty()) state_->check(archive_write_data(state_->handle.get(), bytes.data(), bytes.size()));
}

void ArchiveWriter::add(const std::string& member, std::span<const std::uint8_t> first,
                        std::span<const std::uint8_t> second) {
  begin(member, first.size() + second.size());
  write(first);
  write(second);
}

void ArchiveWriter::close() {
  state_->check(archive_write_close(state_->handle.get()));
}

}  // namespace ear
