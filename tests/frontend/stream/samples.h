#pragma once
// Small streams, and tars made byte by byte without the code under test.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/stream/stream.h"

namespace samples {

/// Three channels, classes "0" and "1", a recipe with a value of every type.
ear::Header header(ear::Kind kind = ear::Kind::kCochleagram);
/// Values that depend on step and channel; label "1", speaker "ada".
ear::Record record(ear::Kind kind, std::string key, int n_steps = 4);

/// A descriptor of an unnamed file in memory, at its start.
class Memory {
 public:
  explicit Memory(std::string_view bytes = {});
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();
  int fd() const { return fd_; }
  std::string bytes() const;

 private:
  int fd_ = -1;
};

std::string write(const ear::Header& header, const std::vector<ear::Record>& records);
/// All records. Throws what the reader throws.
std::vector<ear::Record> read(std::string_view bytes);
bool equal(const ear::Record& a, const ear::Record& b);
bool equal(const std::vector<ear::Record>& a, const std::vector<ear::Record>& b);
/// The message of the error that reading gives; empty if there is none.
std::string error_of(std::string_view bytes);

/// CRC-32 bit by bit: the polynomial of ISO 3309, reflected.
std::uint32_t slow_crc(std::string_view bytes);
std::string hex(std::uint32_t value);
/// `object` without its last brace, sealed as FORMAT.md 3.1 says.
std::string seal(const std::string& object);
/// The same text with its seal made right again.
std::string reseal(std::string text);

/// One member in ustar, with a right checksum, that claims `claimed_size` bytes.
std::string member(const std::string& name, const std::string& contents, std::uint64_t claimed_size);
std::string member(const std::string& name, const std::string& contents);
/// The same member with another type in its header: '2' a link, 'x' an extended header.
std::string retyped(std::string member, char type);
/// A tar of them with its two zero blocks.
std::string tar(const std::vector<std::pair<std::string, std::string>>& members);

/// One member of a tar: where its parts lie.
struct Part {
  std::string name;
  char type = '0';
  std::size_t header = 0;    // byte of its header block
  std::size_t contents = 0;  // byte of its contents
  std::size_t size = 0;
};
std::vector<Part> parts_of(std::string_view tar);
/// The contents of the named member.
std::string contents_of(std::string_view tar, const std::string& name);

/// The largest single allocation since the last call, in bytes; counts every operator new of the program.
std::size_t largest_allocation();

}  // namespace samples
