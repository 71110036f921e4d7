#include "snn/base/rng.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <stdexcept>

namespace snn {
namespace {

constexpr std::uint64_t kBlocks = std::uint64_t{1} << 32, kBlockWords = 4;

}  // namespace

Rng::Rng(std::uint64_t seed, Purpose purpose, std::uint64_t index)
    : key_(philox_key(seed)), purpose_(purpose), index_(index) {}

void Rng::seek(std::uint64_t word) {
  n_blocks_ = word / kBlockWords;
  used_ = kBlockWords;
  for (std::uint64_t i = 0; i < word % kBlockWords; ++i) next_u32();
}

std::uint32_t Rng::next_u32() {
  if (used_ == kBlockWords) {
    if (n_blocks_ >= kBlocks) throw std::length_error("random stream exhausted after 2^34 words");
    block_ = random_words(key_, purpose_, index_, static_cast<std::uint32_t>(n_blocks_++));
    used_ = 0;
  }
  return block_.word[used_++];
}

std::uint64_t Rng::next_u64() {
  const std::uint64_t first = next_u32();
  return std::uint64_t{next_u32()} << 32 | first;
}

double Rng::uniform() {
  const std::uint32_t first = next_u32();
  return snn::uniform(first, next_u32());
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
