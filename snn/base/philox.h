#pragma once
// Philox4x32-10: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 3.3.
#include <cstdint>

#include "snn/base/hd.h"

namespace snn {

struct PhiloxWords {
  std::uint32_t word[4];
  bool operator==(const PhiloxWords&) const = default;
};

struct PhiloxKey {
  std::uint32_t word[2];
};

/// The key of a 64-bit seed.
SNN_HD PhiloxKey philox_key(std::uint64_t seed) {
  return {{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
}

/// One block: a bijection of the counter, chosen by the key. Multipliers and Weyl increments are those of Random123's philox.h.
SNN_HD PhiloxWords philox4x32(PhiloxWords counter, PhiloxKey key) {
  SNN_UNROLL
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter.word[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter.word[2];
    counter = {
        {static_cast<std::uint32_t>(second >> 32) ^ counter.word[1] ^ key.word[0], static_cast<std::uint32_t>(second),
         static_cast<std::uint32_t>(first >> 32) ^ counter.word[3] ^ key.word[1], static_cast<std::uint32_t>(first)}};
    key = {{key.word[0] + 0x9E3779B9, key.word[1] + 0xBB67AE85}};
  }
  return counter;
}

/// The sum of the word's four bytes, less its mean, over its standard deviation: nearly normal, within 3.46, and the same bits on
/// every machine. [Ossicle noise]
template <class Real>
SNN_HD Real nearly_normal(std::uint32_t word) {
  const std::uint32_t sum = (word & 255U) + (word >> 8 & 255U) + (word >> 16 & 255U) + (word >> 24);
  constexpr double kDeviation = 147.80054127097046;  // sqrt(4 (256^2 - 1) / 12)
  return static_cast<Real>(static_cast<std::int32_t>(sum) - 510) * static_cast<Real>(1.0 / kDeviation);
}

}  // namespace snn
