#include "tests/frontend/stream/samples.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>

namespace {

std::atomic<std::size_t> largest = 0;

void* counted(std::size_t size) noexcept {
  std::size_t seen = largest.load();
  while (size > seen && !largest.compare_exchange_weak(seen, size)) continue;
  return std::malloc(size);
}

void* counted_or_throw(std::size_t size) {
  if (void* memory = counted(size)) return memory;
  throw std::bad_alloc();
}

constexpr std::size_t kBlock = 512;

}  // namespace

void* operator new(std::size_t size) {
  return counted_or_throw(size);
}
void* operator new[](std::size_t size) {
  return counted_or_throw(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, const std::nothrow_t&) noexcept {
  std::free(memory);
}

namespace samples {

using ear::Kind;

ear::Header header(Kind kind) {
  ear::Header header;
  header.kind = kind;
  header.n_channels = 3;
  header.classes = {"0", "1"};
  header.recipe.stages = {
      {"ossicle-lyon",
       {{"sample_rate_hz", 12500.0}, {"n_steps", std::int64_t{100}}, {"agc", true}, {"window", std::string("none")}}}};
  header.made_by = {{"ossicle-lyon", "0.1.0"}};
  return header;
}

ear::Record record(Kind kind, std::string key, int n_steps) {
  ear::Record record{std::move(key), "1", {}, "ada", n_steps, 8.5, 100, {}};
  const auto size = static_cast<std::size_t>(3 * n_steps);
  const auto fill = [&](auto data, auto value) {
    for (std::size_t i = 0; i < size; ++i) data.push_back(static_cast<typename decltype(data)::value_type>(value(i)));
    record.data = data;
  };
  if (kind == Kind::kCochleagram)
    fill(std::vector<float>{}, [](std::size_t i) { return 0.1F * static_cast<float>(i); });
  if (kind == Kind::kRaster) fill(std::vector<std::uint8_t>{}, [](std::size_t i) { return i % 2; });
  if (kind == Kind::kCounts) fill(std::vector<std::uint16_t>{}, [](std::size_t i) { return 7000 * (i % 9); });
  if (kind == Kind::kEvents) {
    std::vector<std::uint32_t> events;
    for (int t = 0; t < n_steps; ++t) events.insert(events.end(), {static_cast<std::uint32_t>(t), 2});
    record.data = events;
  }
  return record;
}

Memory::Memory(std::string_view bytes) : fd_(::memfd_create("sample", MFD_CLOEXEC)) {
  if (fd_ < 0 || ::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) ||
      ::lseek(fd_, 0, SEEK_SET) != 0) {
    throw std::runtime_error("no file in memory");
  }
}

Memory::~Memory() {
  ::close(fd_);
}

std::string Memory::bytes() const {
  std::string bytes(static_cast<std::size_t>(::lseek(fd_, 0, SEEK_END)), '\0');
  if (::pread(fd_, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    throw std::runtime_error("file in memory cannot be read");
  }
  return bytes;
}

std::string write(const ear::Header& header, const std::vector<ear::Record>& records) {
  const Memory memory;
  ear::Writer writer(memory.fd(), "sample", header);
  for (const ear::Record& record : records) writer.write(record);
  writer.close();
  return memory.bytes();
}

std::vector<ear::Record> read(std::string_view bytes) {
  const Memory memory(bytes);
  ear::Reader reader(memory.fd(), "sample.tar");
  std::vector<ear::Record> records;
  for (ear::Record record; reader.next(record);) records.push_back(record);
  return records;
}

bool equal(const ear::Record& a, const ear::Record& b) {
  return a.key == b.key && a.label == b.label && a.sequence == b.sequence && a.speaker == b.speaker &&
         a.n_steps == b.n_steps && a.dt_ms == b.dt_ms && a.decimation == b.decimation && a.data == b.data;
}

bool equal(const std::vector<ear::Record>& a, const std::vector<ear::Record>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ear::Record& x, const ear::Record& y) { return equal(x, y); });
}

std::string error_of(std::string_view bytes) {
  try {
    read(bytes);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

std::uint32_t slow_crc(std::string_view bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes) {
    crc ^= static_cast<unsigned char>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

std::string hex(std::uint32_t value) {
  char text[9];
  std::snprintf(text, sizeof(text), "%08x", value);
  return text;
}

std::string seal(const std::string& object) {
  return reseal(object + ",\"crc32\":\"00000000\"}\n");
}

std::string reseal(std::string text) {
  const std::size_t at = text.size() - 11;
  text.replace(at, 8, "00000000");
  return text.replace(at, 8, hex(slow_crc(text)));
}

std::string retyped(std::string member, char type) {
  member[156] = type;
  member.replace(148, 8, "        ");
  unsigned sum = 0;
  for (const char byte : member.substr(0, kBlock)) sum += static_cast<unsigned char>(byte);
  char checksum[8];
  std::snprintf(checksum, sizeof(checksum), "%06o", sum);
  return member.replace(148, 7, std::string(checksum, 7));
}

std::string member(const std::string& name, const std::string& contents, std::uint64_t claimed_size) {
  std::string block(kBlock, '\0');
  block.replace(0, name.size(), name);
  block.replace(100, 7, "0000644");
  if (claimed_size < (1ULL << 33)) {
    char size[12];
    std::snprintf(size, sizeof(size), "%011llo", static_cast<unsigned long long>(claimed_size));
    block.replace(124, 11, size);
  } else {  // the base-256 form for large files
    block[124] = '\x80';
    for (std::size_t i = 0; i < 8; ++i) block[135 - i] = static_cast<char>(claimed_size >> (8 * i));
  }
  block.replace(257, 8,
                std::string("ustar\0"
                            "00",
                            8));
  return retyped(block, '0') + contents + std::string((kBlock - contents.size() % kBlock) % kBlock, '\0');
}

std::string member(const std::string& name, const std::string& contents) {
  return member(name, contents, contents.size());
}

std::string tar(const std::vector<std::pair<std::string, std::string>>& members) {
  std::string bytes;
  for (const auto& [name, contents] : members) bytes += member(name, contents);
  return bytes + std::string(2 * kBlock, '\0');
}

std::vector<Part> parts_of(std::string_view tar) {
  std::vector<Part> parts;
  for (std::size_t at = 0; at + kBlock <= tar.size();) {
    if (tar[at] == '\0') {
      at += kBlock;
      continue;
    }
    Part part{std::string(tar.substr(at, 100)), tar[at + 156], at, at + kBlock, 0};
    part.name.resize(std::strlen(part.name.c_str()));
    part.size = std::stoul(std::string(tar.substr(at + 124, 11)), nullptr, 8);
    at += kBlock + (part.size + kBlock - 1) / kBlock * kBlock;
    parts.push_back(part);
  }
  return parts;
}

std::string contents_of(std::string_view tar, const std::string& name) {
  for (const Part& part : parts_of(tar)) {
    if (part.name == name) return std::string(tar.substr(part.contents, part.size));
  }
  throw std::runtime_error("no member " + name);
}

std::size_t largest_allocation() {
  return largest.exchange(0);
}

}  // namespace samples
