#pragma once
// Counter-based random numbers: every draw depends on (seed, purpose, index) alone, never on what was drawn before
// elsewhere.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "snn/base/philox.h"

namespace snn {

/// What a stream of numbers is for. The values are part of the reproducibility promise: never renumber.
enum class Purpose : std::uint32_t {
  kInit = 1,     ///< index: hash of the array's name
  kOrder = 2,    ///< index: epoch
  kShift = 3,    ///< index: hash of epoch and key
  kAugment = 4,  ///< likewise: everything else of the input
  kSilent = 5,   ///< index: hash of epoch, key and layer
  kVersion = 6,  ///< index: hash of epoch and key
  kSplit = 9,    ///< index: hash of key, group or speaker
  kTempo = 10,   ///< index: hash of epoch and key
  kMixup = 11,   ///< likewise
  kNoise = 12,   ///< likewise: seed of the noise
};

/// Words 4 block .. 4 block + 3 of the stream of (seed, purpose, index), as Rng gives them one after the other. key: of the seed.
SNN_HD PhiloxWords random_words(PhiloxKey key, Purpose purpose, std::uint64_t index, std::uint32_t block) {
  const auto low = static_cast<std::uint32_t>(index), high = static_cast<std::uint32_t>(index >> 32);
  return philox4x32({{block, static_cast<std::uint32_t>(purpose), low, high}}, key);
}

/// A number of [0, 1) with 53 bits from two words of a stream.
SNN_HD double uniform(std::uint32_t low, std::uint32_t high) {
  return static_cast<double>((std::uint64_t{high} << 32 | low) >> 11) * 0x1p-53;
}

/// The stream of (seed, purpose, index): key = seed, counter = (block, purpose, index). 2^34 words long; throws
/// std::length_error at its end.
class Rng {
 public:
  Rng(std::uint64_t seed, Purpose purpose, std::uint64_t index);
  /// Goes to that word of the stream, from 0.
  void seek(std::uint64_t word);
  std::uint32_t next_u32();
  std::uint64_t next_u64();
  double uniform();  ///< [0, 1), 53 bits
  double normal();   ///< standard normal, Box-Muller in double; four words each, nothing kept
  /// Uniform on 0..n-1 without bias (masked rejection); n >= 1, otherwise std::invalid_argument.
  std::uint64_t below(std::uint64_t n);
  /// Uniform on low..high, both included; low <= high, otherwise std::invalid_argument.
  int between(int low, int high);
  /// Fisher-Yates: every order is equally likely.
  template <typename T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[static_cast<std::size_t>(below(i))]);
  }

 private:
  PhiloxKey key_;
  Purpose purpose_;
  std::uint64_t index_;
  std::uint64_t n_blocks_ = 0;  // of the stream up to the one that is used
  PhiloxWords block_{};
  unsigned used_ = 4;  // words of it
};

}  // namespace snn
