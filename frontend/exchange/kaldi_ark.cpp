#include "frontend/exchange/kaldi_ark.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "frontend/exchange/kaldi_compressed.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

constexpr std::size_t kMaxName = 4096;

[[noreturn]] void fail(const ByteInput& ark, const std::string& key, const std::string& what) {
  throw std::runtime_error(fmt::format("{}: key {} before byte {}: {}", ark.name(), key, ark.offset(), what));
}

std::string take(ByteInput& ark, const std::string& key, std::uint64_t n) {
  std::vector<std::uint8_t> bytes;
  if (ark.append(bytes, n) < n) fail(ark, key, "cut");
  return {bytes.begin(), bytes.end()};
}

/// `FM `, `DM `, or why it is none of them.
std::string read_type(ByteInput& ark, const std::string& key) {
  const std::string mark = take(ark, key, 2);
  if (mark != std::string("\0B", 2)) {
    fail(ark, key, "no binary matrix; a text archive wants `copy-feats ark,t:FILE ark:-` first");
  }
  std::string type;
  while (type.size() < 5 && !type.ends_with(' ')) type += take(ark, key, 1);
  if (type == "FM " || type == "DM " || is_compressed(type)) return type;
  if (type == "FV " || type == "DV ") fail(ark, key, "a vector, wanted matrices [step][channel]");
  fail(ark, key, "of an unknown type, wanted a matrix: of float (FM), double (DM) or compressed (CM, CM2, CM3)");
}

std::uint64_t checked_size(const ByteInput& ark, const std::string& key, std::int32_t size) {
  if (size < 1) fail(ark, key, fmt::format("{} rows or columns, wanted 1 or more", size));
  return static_cast<std::uint64_t>(size);
}

std::uint64_t read_size(ByteInput& ark, const std::string& key) {
  const std::string bytes = take(ark, key, 5);
  std::int32_t size = 0;
  std::memcpy(&size, bytes.data() + 1, sizeof size);
  if (bytes[0] != 4) fail(ark, key, "sizes are not of four bytes: damaged, or from another kind of machine");
  return checked_size(ark, key, size);
}

/// Throws for more numbers of `size` bytes, of two sizes below 2^31, than FORMAT.md allows.
void check_limit(const ByteInput& ark, const std::string& key, std::uint64_t rows, std::uint64_t columns,
                 std::uint64_t size) {
  if (rows * columns <= kMaxArrayBytes / size) return;
  fail(ark, key, fmt::format("{} x {} numbers, at most {} bytes are allowed", rows, columns, kMaxArrayBytes));
}

KaldiMatrix read_plain(ByteInput& ark, const std::string& key, bool is_double) {
  KaldiMatrix matrix;
  matrix.rows = read_size(ark, key);
  matrix.columns = read_size(ark, key);
  const std::uint64_t size = is_double ? sizeof(double) : sizeof(float);
  const std::uint64_t n = matrix.rows * matrix.columns;  // of two numbers below 2^31
  check_limit(ark, key, matrix.rows, matrix.columns, size);
  std::vector<std::uint8_t> bytes;
  if (ark.append(bytes, n * size) < n * size) {
    fail(ark, key, fmt::format("cut: {} x {} numbers were promised", matrix.rows, matrix.columns));
  }
  matrix.values.resize(n);
  if (!is_double) {
    std::memcpy(matrix.values.data(), bytes.data(), bytes.size());
    return matrix;
  }
  for (std::size_t i = 0; i < n; ++i) {
    double value = 0.0;
    std::memcpy(&value, bytes.data() + i * sizeof value, sizeof value);
    if (std::isfinite(value) && std::abs(value) > static_cast<double>(std::numeric_limits<float>::max())) {
      fail(ark, key, fmt::format("{} is beyond the range of float", value));
    }
    matrix.values[i] = static_cast<float>(value);
  }
  return matrix;
}

KaldiMatrix read_compressed(ByteInput& ark, const std::string& key, const std::string& type) {
  const std::string bytes = take(ark, key, 16);
  std::int32_t sizes[2] = {};
  CompressedHeader header;
  std::memcpy(&header.lowest, bytes.data(), sizeof header.lowest);
  std::memcpy(&header.range, bytes.data() + 4, sizeof header.range);
  std::memcpy(sizes, bytes.data() + 8, sizeof sizes);
  header.rows = checked_size(ark, key, sizes[0]);
  header.columns = checked_size(ark, key, sizes[1]);
  check_limit(ark, key, header.rows, header.columns, sizeof(float));
  const std::uint64_t n_bytes = compressed_bytes(type, header);
  std::vector<std::uint8_t> codes;
  if (ark.append(codes, n_bytes) < n_bytes) {
    fail(ark, key, fmt::format("cut: {} x {} compressed numbers were promised", header.rows, header.columns));
  }
  return {header.rows, header.columns, expand(type, header, codes)};
}

}  // namespace

std::string ark_matrix_header(std::uint64_t rows, std::uint64_t columns) {
  std::string text("\0BFM ", 5);
  for (const std::uint64_t size : {rows, columns}) {
    if (size > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
      throw std::invalid_argument(fmt::format("a matrix of {} rows or columns", size));
    }
    const auto narrow = static_cast<std::int32_t>(size);
    char bytes[sizeof narrow];
    std::memcpy(bytes, &narrow, sizeof narrow);
    text += '\4';
    text.append(bytes, sizeof bytes);
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
  return is_compressed(type) ? read_compressed(ark, key, type) : read_plain(ark, key, type == "DM ");
}

}  // namespace ear
