#pragma once
// Files of chunks, byte by byte, for the tests of what is read from them.
#include <cstdint>
#include <string>

namespace test_support {

/// The number in n bytes, the lowest first or last.
inline std::string number(std::uint64_t value, std::size_t n_bytes, bool big_endian = false) {
  std::string bytes(n_bytes, '\0');
  for (std::size_t i = 0; i < n_bytes; ++i, value >>= 8U) {
    bytes[big_endian ? n_bytes - 1 - i : i] = static_cast<char>(value & 0xFFU);
  }
  return bytes;
}

/// Name, size and contents, with a byte of padding behind an odd number.
inline std::string chunk(const std::string& name, const std::string& contents, bool big_endian = false) {
  return name + number(contents.size(), 4, big_endian) + contents + std::string(contents.size() % 2, '\0');
}

/// The chunk "fmt " of 8 kHz, one channel, 16 bits.
inline std::string pcm_format(bool big_endian = false) {
  return chunk("fmt ",
               number(1, 2, big_endian) + number(1, 2, big_endian) + number(8000, 4, big_endian) +
                   number(16'000, 4, big_endian) + number(2, 2, big_endian) + number(16, 2, big_endian),
               big_endian);
}

/// A whole file of these chunks.
inline std::string riff(const std::string& chunks, const std::string& form = "RIFF") {
  return form + number(chunks.size() + 4, 4, form == "RIFX") + "WAVE" + chunks;
}

/// Samples of 16 bits that are no names of chunks.
inline std::string sound_bytes(std::size_t n_bytes) {
  std::string bytes(n_bytes, '\0');
  for (std::size_t i = 0; i < n_bytes; ++i) bytes[i] = static_cast<char>(i % 2 == 0 ? i * 13 : i / 2 % 23);
  return bytes;
}

/// An ID3v2 tag of n bytes, 10 at least.
inline std::string id3_tag(std::size_t n_bytes) {
  const std::size_t n = n_bytes - 10;
  std::string tag = std::string("ID3\x04\0\0", 6);
  for (int shift = 21; shift >= 0; shift -= 7) tag += static_cast<char>(n >> shift & 0x7FU);
  return tag + std::string(n, '\0');
}

}  // namespace test_support
