#include "snn/base/rng.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace snn {
namespace {

// Multipliers and Weyl increments of Philox4x32 (Salmon et al. 2011, section 3.3; Random123's philox.h).
constexpr std::uint32_t kMultiplier0 = 0xD2511F53;
constexpr std::uint32_t kMultiplier1 = 0xCD9E8D57;
constexpr std::uint32_t kWeyl0 = 0x9E3779B9;
constexpr std::uint32_t kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

constexpr std::uint32_t low(std::uint64_t x) {
  return static_cast<std::uint32_t>(x);
}
constexpr std::uint32_t high(std::uint64_t x) {
  return static_cast<std::uint32_t>(x >> 32);
}

}  // namespace

std::array<std::uint32_t, 4> philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < kRounds; ++round) {
    const std::uint64_t product0 = std::uint64_t{kMultiplier0} * counter[0];
    const std::uint64_t product1 = std::uint64_t{kMultiplier1} * counter[2];
    counter = {high(product1) ^ counter[1] ^ key[0], low(product1), high(product0) ^ counter[3] ^ key[1],
               low(product0)};
    key = {key[0] + kWeyl0, key[1] + kWeyl1};
  }
  return counter;
}

Rng::Rng(std::uint64_t seed, Purpose purpose, std::uint64_t index)
    : key_{low(seed), high(seed)}, counter_{0, static_cast<std::uint32_t>(purpose), low(index), high(index)} {}

std::uint32_t Rng::next_u32() {
  if (used_ == block_.size()) {
    if (exhausted_) throw std::length_error("random stream exhausted after 2^34 words");
    block_ = philox4x32(counter_, key_);
    used_ = 0;
    exhausted_ = ++counter_[0] == 0;
  }
  return block_[used_++];
}

std::uint64_t Rng::next_u64() {
  const std::uint64_t first = next_u32();
  return std::uint64_t{next_u32()} << 32 | first;
}

double Rng::uniform() {
  return static_cast<double>(next_u64() >> 11) * 0x1p-53;
}

double Rng::normal() {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));  // 1 - u is in (0, 1]
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

std::uint64_t Rng::below(std::uint64_t n) {
  if (n == 0) throw std::invalid_argument("random number below 0 asked for; the bound must be at least 1");
  const std::uint64_t mask = n == 1 ? 0 : ~std::uint64_t{0} >> std::countl_zero(n - 1);
  for (;;) {
    const std::uint64_t draw = next_u64() & mask;
    if (draw < n) return draw;
  }
}

int Rng::between(int low_end, int high_end) {
  if (low_end > high_end) throw std::invalid_argument("random number in an empty range asked for");
  const std::int64_t width = std::int64_t{high_end} - low_end + 1;
  return static_cast<int>(low_end + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(width))));
}

}  // namespace snn
