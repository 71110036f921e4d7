#include "frontend/stream/tar.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace ear {

namespace {

// Read and written at a time. 64 KiB is the capacity of a Linux pipe.
constexpr std::size_t kBlock = 65536;
// A member's memory grows by at most this much before the bytes that fill it have arrived.
constexpr std::uint64_t kGrowth = 1 << 20;

struct FreeRead {
  void operator()(archive* a) const { archive_read_free(a); }
};
struct FreeWrite {
  void operator()(archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
  void operator()(archive_entry* e) const { archive_entry_free(e); }
};

// What the callbacks of libarchive share with the classes.
struct Channel {
  int fd = -1;
  int error = 0;          // errno of a failed call
  bool given_up = false;  // nothing more is written
  std::uint64_t n_bytes = 0;
  Bytes buffer;
};

la_ssize_t read_block(archive* a, void* data, const void** buffer) {
  Channel& channel = *static_cast<Channel*>(data);
  ssize_t n = 0;
  do n = ::read(channel.fd, channel.buffer.data(), channel.buffer.size());
  while (n < 0 && errno == EINTR);
  if (n < 0) {
    channel.error = errno;
    archive_set_error(a, channel.error, "read failed");
    return ARCHIVE_FATAL;
  }
  channel.n_bytes += static_cast<std::uint64_t>(n);
  *buffer = channel.buffer.data();
  return n;
}

// Never fails towards libarchive, which does not free its buffers after a failure: once there was an error, or the tar is
// given up, it swallows what comes, and TarWriter throws.
la_ssize_t write_block(archive*, void* data, const void* buffer, std::size_t size) {
  Channel& channel = *static_cast<Channel*>(data);
  const char* at = static_cast<const char*>(buffer);
  for (std::size_t left = size; left > 0 && channel.error == 0 && !channel.given_up;) {
    const ssize_t n = ::write(channel.fd, at, left);
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

// In the C locale, and for bytes that are not UTF-8, libarchive warns of a name that it cannot convert: of the owner and the
// group, which are not used, or of the member, which then has the bytes as they are. All other warnings tell of damage.
bool is_about_names(archive* a) {
  return text_of(a).find("be converted from") != std::string::npos;
}

}  // namespace

struct TarReader::State {
  std::string name;
  Channel channel;
  std::unique_ptr<archive, FreeRead> tar;
  std::string member;
  std::uint64_t size = 0;
  std::uint64_t left = 0;  // bytes of the member not read yet

  // A call of libarchive failed: the system's error, or a damaged tar.
  [[noreturn]] void fail_call(const std::string& where) const {
    if (channel.error != 0) throw std::system_error(channel.error, std::generic_category(), name + ": cannot read");
    if (channel.n_bytes == 0) throw std::runtime_error(name + ": empty input, an Ossicle stream was expected");
    throw std::runtime_error(
        fmt::format("{}: {}: damaged, cut or no stream ({}); a recording wants ossicle-lyon first, a compressed stream "
                    "to be decompressed",
                    name, where, text_of(tar.get())));
  }
  std::string place() const {
    return fmt::format("member {} at byte {}", member, archive_read_header_position(tar.get()));
  }
};

TarReader::TarReader(int fd, std::string name) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.name = std::move(name);
  s.channel.fd = fd;
  s.channel.buffer.resize(kBlock);
  s.tar.reset(archive_read_new());
  if (!s.tar) throw std::bad_alloc();
  archive_read_support_format_tar(s.tar.get());
  archive_read_set_format_option(s.tar.get(), "tar", "read_concatenated_archives", "1");
  if (archive_read_open(s.tar.get(), &s.channel, nullptr, read_block, nullptr) != ARCHIVE_OK) s.fail_call("byte 0");
}

TarReader::~TarReader() = default;

bool TarReader::next() {
  State& s = *state_;
  const std::string after = s.member.empty() ? "byte 0" : "after " + s.place();
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(s.tar.get(), &entry);
  if (status == ARCHIVE_EOF) return false;
  if (status != ARCHIVE_OK && !(status == ARCHIVE_WARN && is_about_names(s.tar.get()))) s.fail_call(after);
  const char* path = archive_entry_pathname(entry);
  s.member = path != nullptr ? path : "(name is no text)";
  if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) != nullptr ||
      archive_entry_sparse_count(entry) > 0 || !archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0) {
    fail("not a plain file");
  }
  s.size = static_cast<std::uint64_t>(archive_entry_size(entry));
  s.left = s.size;
  return true;
}

const std::string& TarReader::member() const {
  return state_->member;
}
std::uint64_t TarReader::size() const {
  return state_->size;
}
std::uint64_t TarReader::n_bytes() const {
  return state_->channel.n_bytes;
}

void TarReader::append(Bytes& bytes, std::uint64_t n) {
  State& s = *state_;
  if (n > s.left) fail(fmt::format("{} bytes are wanted, {} are left", n, s.left));
  for (std::uint64_t left = n; left > 0;) {
    const std::size_t old_size = bytes.size();
    bytes.resize(old_size + static_cast<std::size_t>(std::min(left, kGrowth)));
    const la_ssize_t got = archive_read_data(s.tar.get(), bytes.data() + old_size, bytes.size() - old_size);
    if (got <= 0) s.fail_call(s.place());
    bytes.resize(old_size + static_cast<std::size_t>(got));
    left -= static_cast<std::uint64_t>(got);
    s.left -= static_cast<std::uint64_t>(got);
  }
}

Bytes TarReader::read(std::uint64_t limit) {
  if (size() > limit) fail(fmt::format("claims {} bytes, at most {} are allowed", size(), limit));
  Bytes bytes;
  append(bytes, size());
  return bytes;
}

void TarReader::fail(std::string_view message) const {
  throw std::runtime_error(fmt::format("{}: {}: {}", state_->name, state_->place(), message));
}

void TarReader::fail_stream(std::string_view message) const {
  throw std::runtime_error(fmt::format("{}: {}", state_->name, message));
}

struct TarWriter::State {
  std::string name;
  Channel channel;
  std::unique_ptr<archive, FreeWrite> tar;
  bool closed = false;

  void check(la_ssize_t status) const {
    if (channel.error != 0) throw std::system_error(channel.error, std::generic_category(), name + ": cannot write");
    if (status < ARCHIVE_OK) throw std::runtime_error(fmt::format("{}: cannot write: {}", name, text_of(tar.get())));
  }
};

TarWriter::TarWriter(int fd, std::string name) : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.name = std::move(name);
  s.channel.fd = fd;
  s.tar.reset(archive_write_new());
  if (!s.tar) throw std::bad_alloc();
  // Extended headers appear only where a name is too long for the plain one.
  s.check(archive_write_set_format_pax_restricted(s.tar.get()));
  s.check(archive_write_set_bytes_per_block(s.tar.get(), kBlock));
  s.check(archive_write_set_bytes_in_last_block(s.tar.get(), 1));
  s.check(archive_write_open(s.tar.get(), &s.channel, nullptr, write_block, nullptr));
}

TarWriter::~TarWriter() {
  // archive_write_free() would write the end: a tar that was not closed stays cut.
  state_->channel.given_up = true;
}

void TarWriter::add(const std::string& member, std::span<const std::uint8_t> first,
                    std::span<const std::uint8_t> second) {
  State& s = *state_;
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new2(s.tar.get()));
  if (!entry) throw std::bad_alloc();
  archive_entry_set_pathname(entry.get(), member.c_str());
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  archive_entry_set_mtime(entry.get(), 0, 0);
  archive_entry_set_uid(entry.get(), 0);
  archive_entry_set_gid(entry.get(), 0);
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(first.size() + second.size()));
  s.check(archive_write_header(s.tar.get(), entry.get()));
  for (const auto piece : {first, second}) {
    if (!piece.empty()) s.check(archive_write_data(s.tar.get(), piece.data(), piece.size()));
  }
}

void TarWriter::close() {
  State& s = *state_;
  if (s.closed) return;
  s.check(archive_write_close(s.tar.get()));
  s.closed = true;
}

}  // namespace ear
