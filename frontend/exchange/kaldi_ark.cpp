#include "frontend/exchange/kaldi_ark.h"

#include <fmt/format.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <stdexcept>

#include "frontend/stream/rules.h"

namespace ear {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::size_t kMaxName = 4096;
constexpr std::uint64_t kColumnHeader = 8;  // four percentiles of 16 bits: 0, 25, 75, 100
constexpr float kMost16 = 65535.0F, kMost8 = 255.0F;

/// Bytes of one number, by the mark of the type.
const std::map<std::string, std::uint64_t, std::less<>> kItemSizes = {
    {"FM ", 4}, {"DM ", 8}, {"CM ", 1}, {"CM2 ", 2}, {"CM3 ", 1}};

[[noreturn]] void fail(const ByteInput& ark, const std::string& key, const std::string& what) {
  throw std::runtime_error(fmt::format("{}: key {} before byte {}: {}", ark.name(), key, ark.offset(), what));
}

template <class Number>
Number number_at(std::span<const std::uint8_t> bytes, std::size_t at) {
  Number number{};
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

Bytes take(ByteInput& ark, const std::string& key, std::uint64_t n, const std::string& what = "cut") {
  Bytes bytes;
  if (ark.append(bytes, n) < n) fail(ark, key, what);
  return bytes;
}

/// `FM `, `DM `, `CM `, ..., or why it is none of them.
std::string read_type(ByteInput& ark, const std::string& key) {
  const Bytes mark = take(ark, key, 2);
  if (mark[0] != 0 || mark[1] != 'B') {
    fail(ark, key, "no binary matrix; a text archive wants `copy-feats ark,t:FILE ark:-` first");
  }
  std::string type;
  while (type.size() < 5 && !type.ends_with(' ')) type += static_cast<char>(take(ark, key, 1)[0]);
  if (kItemSizes.contains(type)) return type;
  if (type == "FV " || type == "DV ") fail(ark, key, "a vector, wanted matrices [step][channel]");
  fail(ark, key, "of an unknown type, wanted a matrix: of float (FM), double (DM) or compressed (CM, CM2, CM3)");
}

/// Of compressed numbers: the value of the lowest code, and how far it is from there to the highest code's.
struct Range {
  float lowest = 0.0F;
  float range = 0.0F;

  float value(float share) const { return lowest + range * share; }
};

std::uint64_t read_size(ByteInput& ark, const std::string& key, bool is_plain) {
  if (is_plain && take(ark, key, 1)[0] != 4)
    fail(ark, key, "sizes are not of four bytes: damaged, or from another kind of machine");
  const auto size = number_at<std::int32_t>(take(ark, key, sizeof(std::int32_t)), 0);
  if (size < 1) fail(ark, key, fmt::format("{} rows or columns, wanted 1 or more", size));
  return static_cast<std::uint64_t>(size);
}

/// Codes 0 to 64 lie between the first two percentiles, to 192 between the middle ones, to 255 between the last two.
float between(const std::array<float, 4>& percentiles, std::uint8_t code) {
  constexpr std::array<int, 4> kCodes = {0, 64, 192, 255};
  const std::size_t part = code <= kCodes[1] ? 0 : code <= kCodes[2] ? 1 : 2;
  const auto share = static_cast<float>(code - kCodes[part]) / static_cast<float>(kCodes[part + 1] - kCodes[part]);
  return percentiles[part] + (percentiles[part + 1] - percentiles[part]) * share;
}

/// CM holds column after column, as codes between four of its percentiles.
void expand_columns(const Range& range, std::span<const std::uint8_t> bytes, KaldiMatrix& matrix) {
  for (std::uint64_t c = 0; c < matrix.columns; ++c) {
    std::array<float, 4> percentiles{};
    for (std::size_t p = 0; p < percentiles.size(); ++p) {
      const auto code = number_at<std::uint16_t>(bytes, c * kColumnHeader + 2 * p);
      percentiles[p] = range.value(static_cast<float>(code) / kMost16);
    }
    const auto codes = bytes.subspan(matrix.columns * kColumnHeader + c * matrix.rows, matrix.rows);
    for (std::uint64_t r = 0; r < matrix.rows; ++r)
      matrix.values[r * matrix.columns + c] = between(percentiles, codes[r]);
  }
}

}  // namespace

std::string ark_matrix_header(std::uint64_t rows, std::uint64_t columns) {
  std::string text("\0BFM ", 5);
  for (const std::uint64_t size : {rows, columns}) {
    if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
      throw std::invalid_argument(fmt::format("a matrix of {} rows or columns", size));
    }
    text += '\4';
    for (unsigned shift = 0; shift < 32; shift += 8) text += static_cast<char>(size >> shift);
  }
  return text;
}

bool read_ark_key(ByteInput& ark, std::string& key) {
  key.clear();
  int c = ark.get();
  while (c == '\n' || c == '\r' || c == ' ') c = ark.get();
  if (c < 0) return false;
  for (; c > ' ' && c != 0x7F && key.size() < kMaxName; c = ark.get()) key += static_cast<char>(c);
  if (c != ' ') {
    throw std::runtime_error(
        fmt::format("{}: no key at byte {}: damaged, cut or no Kaldi archive", ark.name(), ark.offset() - key.size()));
  }
  return true;
}

KaldiMatrix read_ark_matrix(ByteInput& ark, const std::string& key) {
  const std::string type = read_type(ark, key);
  const bool is_plain = type == "FM " || type == "DM ";
  const Range range = is_plain ? Range() : number_at<Range>(take(ark, key, sizeof(Range)), 0);
  KaldiMatrix matrix;
  matrix.rows = read_size(ark, key, is_plain);
  matrix.columns = read_size(ark, key, is_plain);
  const std::uint64_t n = matrix.rows * matrix.columns;  // of two numbers below 2^31
  const std::uint64_t item = kItemSizes.find(type)->second;
  if (n > kMaxArrayBytes / std::max<std::uint64_t>(item, sizeof(float))) {
    fail(ark, key,
         fmt::format("{} x {} numbers, at most {} bytes are allowed", matrix.rows, matrix.columns, kMaxArrayBytes));
  }
  const Bytes bytes = take(ark, key, n * item + (type == "CM " ? kColumnHeader * matrix.columns : 0),
                           fmt::format("cut: {} x {} numbers were promised", matrix.rows, matrix.columns));
  matrix.values.resize(n);
  if (type == "FM ") std::memcpy(matrix.values.data(), bytes.data(), bytes.size());
  if (type == "CM ") expand_columns(range, bytes, matrix);
  if (type == "CM2 ") {
    for (std::size_t i = 0; i < n; ++i)
      matrix.values[i] = range.value(static_cast<float>(number_at<std::uint16_t>(bytes, 2 * i)) / kMost16);
  }
  if (type == "CM3 ") {
    for (std::size_t i = 0; i < n; ++i) matrix.values[i] = range.value(static_cast<float>(bytes[i]) / kMost8);
  }
  for (std::size_t i = 0; type == "DM " && i < n; ++i) {
    const auto value = number_at<double>(bytes, i * sizeof(double));
    if (std::isfinite(value) && std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
      fail(ark, key, fmt::format("{} is beyond the range of float", value));
    }
    matrix.values[i] = static_cast<float>(value);
  }
  return matrix;
}

}  // namespace ear
