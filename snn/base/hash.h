#pragma once
// FNV-1a, 64 bits (Fowler, Noll and Vo), which tells data sets and keys apart and guards against nothing hostile. By hand:
// drawn weights and checkpoints depend on its values, and a faster hash would save 0.2 s for each 100 MB of data.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "snn/base/hd.h"

namespace snn {

/// The hash of a text to which a number's eight bytes are appended, little-endian, from the text's own.
SNN_HD std::uint64_t fnv1a(std::uint64_t hash, std::uint64_t number) {
  constexpr std::uint64_t kPrime = 0x100000001b3;
  for (int shift = 0; shift < 64; shift += 8) hash = (hash ^ (number >> shift & 0xff)) * kPrime;
  return hash;
}

class Hash {
 public:
  Hash& add_bytes(std::span<const std::byte> bytes);
  /// The length first, so that "ab","c" and "a","bc" differ.
  Hash& add(std::string_view text);
  /// Eight bytes, little-endian.
  Hash& add(std::uint64_t number);
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325u;
};

/// FNV-1a of the text's bytes alone.
std::uint64_t fnv1a(std::string_view text);

}  // namespace snn
