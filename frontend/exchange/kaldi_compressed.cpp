#include "frontend/exchange/kaldi_compressed.h"

#include <array>
#include <cstring>

namespace ear {

namespace {

constexpr std::uint64_t kColumnHeader = 8;  // four percentiles of 16 bits: 0, 25, 75, 100
constexpr float kMost16 = 65535.0F;
constexpr float kMost8 = 255.0F;

std::uint16_t word_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  std::uint16_t word = 0;
  std::memcpy(&word, bytes.data() + at, sizeof word);
  return word;
}

/// Codes 0 to 64 lie between the first two percentiles, to 192 between the middle ones, to 255 between the last two.
float between(const std::array<float, 4>& percentiles, std::uint8_t code) {
  constexpr std::array<int, 4> kCodes = {0, 64, 192, 255};
  const std::size_t part = code <= kCodes[1] ? 0 : code <= kCodes[2] ? 1 : 2;
  const auto share = static_cast<float>(code - kCodes[part]) / static_cast<float>(kCodes[part + 1] - kCodes[part]);
  return percentiles[part] + (percentiles[part + 1] - percentiles[part]) * share;
}

std::vector<float> expand_columns(const CompressedHeader& header, std::span<const std::uint8_t> bytes) {
  std::vector<float> values(header.rows * header.columns);
  for (std::uint64_t c = 0; c < header.columns; ++c) {
    std::array<float, 4> percentiles{};
    for (std::size_t p = 0; p < percentiles.size(); ++p) {
      const std::uint16_t code = word_at(bytes, c * kColumnHeader + 2 * p);
      percentiles[p] = header.lowest + header.range * (static_cast<float>(code) / kMost16);
    }
    const auto codes = bytes.subspan(header.columns * kColumnHeader + c * header.rows, header.rows);
    for (std::uint64_t r = 0; r < header.rows; ++r) values[r * header.columns + c] = between(percentiles, codes[r]);
  }
  return values;
}

}  // namespace

bool is_compressed(std::string_view mark) {
  return mark == "CM " || mark == "CM2 " || mark == "CM3 ";
}

std::uint64_t compressed_bytes(std::string_view mark, const CompressedHeader& header) {
  const std::uint64_t n = header.rows * header.columns;
  return mark == "CM " ? n + kColumnHeader * header.columns : mark == "CM2 " ? 2 * n : n;
}

std::vector<float> expand(std::string_view mark, const CompressedHeader& header, std::span<const std::uint8_t> bytes) {
  if (mark == "CM ") return expand_columns(header, bytes);
  std::vector<float> values(header.rows * header.columns);
  const bool wide = mark == "CM2 ";
  for (std::size_t i = 0; i < values.size(); ++i) {
    const float share =
        wide ? static_cast<float>(word_at(bytes, 2 * i)) / kMost16 : static_cast<float>(bytes[i]) / kMost8;
    values[i] = header.lowest + header.range * share;
  }
  return values;
}

}  // namespace ear
