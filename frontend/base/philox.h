#pragma once
// Random numbers that are a function of their place and of nothing drawn before.
#include <array>
#include <cstdint>

namespace ear {

/// Philox4x32-10: four words for a counter and a key. J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers:
/// as easy as 1, 2, 3", SC 2011. [Philox sec. 3.3]
constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kFactor0 = 0xD2511F53, kFactor1 = 0xCD9E8D57;
  constexpr std::uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
  constexpr int kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = kFactor0 * counter[0], product1 = kFactor1 * counter[2];
    counter = {static_cast<std::uint32_t>(product1 >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(product1),
               static_cast<std::uint32_t>(product0 >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

/// Values of a word: 2^32.
inline constexpr double kPhiloxWords = 4294967296.0;

/// The key of a seed >= 0.
constexpr std::array<std::uint32_t, 2> philox_key(std::int64_t seed) {
  const auto bits = static_cast<std::uint64_t>(seed);
  return {static_cast<std::uint32_t>(bits), static_cast<std::uint32_t>(bits >> 32)};
}

}  // namespace ear
