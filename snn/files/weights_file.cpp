#include "snn/files/weights_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "snn/files/metadata.h"
#include "snn/files/safetensors.h"

namespace snn {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors files are little-endian and copied as they are");

constexpr std::size_t kPrefix = 8;                 // length of the header, unsigned, little-endian
constexpr std::uint64_t kMaxHeader = 100'000'000;  // as the package safetensors has it
constexpr std::uint64_t kMaxFile = std::uint64_t{1} << 32;
constexpr const char* kRemedy = "the file is damaged, or another one was appended: write it again";

template <typename Stored>
Stored load(const char* at) {
  Stored value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// Sign, 5 bits of exponent, 10 of fraction (IEEE 754 binary16).
float from_f16(const char* at) {
  const auto bits = load<std::uint16_t>(at);
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  if (exponent == 31) return NAN;  // an infinity is refused like it
  const float size = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                                   : std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  return bits >> 15 != 0 ? -size : size;
}

// The upper half of a float32.
float from_bf16(const char* at) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(at)) << 16);
}

float from_i64(const char* at) {
  constexpr std::int64_t kExact = std::int64_t{1} << 24;
  const auto value = load<std::int64_t>(at);
  return value >= -kExact && value <= kExact ? static_cast<float>(value) : NAN;
}

struct Type {
  const char* name;
  std::size_t n_bytes;
  float (*read)(const char*);
};

constexpr Type kTypes[] = {{"F32", 4, load<float>},
                           {"F64", 8, [](const char* at) { return static_cast<float>(load<double>(at)); }},
                           {"F16", 2, from_f16},
                           {"BF16", 2, from_bf16},
                           {"I64", 8, from_i64}};

const Type& type_of(const TensorEntry& entry) {
  for (const Type& type : kTypes) {
    if (entry.dtype == type.name) return type;
  }
  throw std::runtime_error(fmt::format("array {} is of type {}; wanted are F32, F64, F16, BF16 or I64",
                                       shown(entry.name), shown(entry.dtype)));
}

/// `n_file`: bytes of the whole file, or the most that are read.
std::uint64_t header_length(std::string_view bytes, std::uint64_t n_file) {
  const std::uint64_t length = bytes.size() < kPrefix ? 0 : load<std::uint64_t>(bytes.data());
  if (length < 2 || length > kMaxHeader || length > n_file - kPrefix) {
    throw std::runtime_error(fmt::format(
        "is no safetensors file, or a cut one: {} bytes, which begin with a header's length of {}; give the file "
        "that save_file of the package safetensors wrote",
        n_file, length));
  }
  return length;
}

}  // namespace

WeightsFile::WeightsFile(const ByteSource& source) {
  const std::uint64_t n_file = source.size.value_or(kMaxFile);
  if (n_file > kMaxFile) throw std::runtime_error(fmt::format("is longer than {} bytes", kMaxFile));
  append_from(source, kPrefix, bytes_);
  const std::uint64_t n_header = header_length(bytes_, bytes_.size() < kPrefix ? bytes_.size() : n_file);
  append_from(source, n_header, bytes_);
  header_length(bytes_, bytes_.size());
  header_ = header_from_json(std::string_view(bytes_).substr(kPrefix));
  const std::uint64_t end = check_layout(header_.tensors, n_file - bytes_.size());
  if (source.size && n_file - bytes_.size() > end) {
    throw std::runtime_error(
        fmt::format("holds {} bytes behind its arrays; {}", n_file - bytes_.size() - end, kRemedy));
  }
  append_from(source, end + 1, bytes_);  // one more byte tells a pipe that is too long
  data_ = std::string_view(bytes_).substr(kPrefix + static_cast<std::size_t>(n_header));
  check_layout(header_.tensors, data_.size());
  if (data_.size() > end) throw std::runtime_error(fmt::format("goes on behind its arrays; {}", kRemedy));
}

Tensor WeightsFile::read(const TensorEntry& entry) const {
  const Type& type = type_of(entry);
  const std::size_t n = count_values(entry, type.n_bytes);
  Tensor tensor{{entry.shape.begin(), entry.shape.end()}, std::vector<float>(n)};
  for (std::size_t i = 0; i < n; ++i) {
    tensor.values[i] = type.read(data_.data() + entry.begin + i * type.n_bytes);
    if (!std::isfinite(tensor.values[i])) {
      throw std::runtime_error(fmt::format("array {}: value {} is not finite in float32", shown(entry.name), i));
    }
  }
  return tensor;
}

}  // namespace snn
