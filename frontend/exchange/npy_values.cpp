#include "frontend/exchange/npy_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string_view>

#include "frontend/base/text.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie in memory");

template <class T>
void append_as(std::vector<double>& values, std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    values.push_back(static_cast<double>(value));
  }
}

}  // namespace

Bytes rows_in_c_order(const NpyHeader& type, std::span<const std::uint8_t> bytes, std::uint64_t first,
                      std::uint64_t n) {
  const std::size_t size = type.item_size(), n_rows = type.shape.front(), n_columns = type.shape.back();
  const std::size_t n_middle = type.shape.size() == 3 ? type.shape[1] : 1;
  Bytes ordered(size * n * n_middle * n_columns);
  std::uint8_t* to = ordered.data();
  for (std::size_t row = first; row < first + n; ++row) {
    for (std::size_t m = 0; m < n_middle; ++m) {
      for (std::size_t c = 0; c < n_columns; ++c, to += size) {
        std::memcpy(to, bytes.data() + size * (row + n_rows * (m + n_middle * c)), size);
      }
    }
  }
  return ordered;
}

std::vector<double> npy_numbers(const NpyHeader& type, std::span<const std::uint8_t> bytes) {
  std::vector<double> values;
  values.reserve(bytes.size() / type.item_size());
  const std::string_view name = std::string_view(type.descr).substr(1);
  if (name == "f4") append_as<float>(values, bytes);
  if (name == "f8") append_as<double>(values, bytes);
  if (name == "b1" || name == "u1") append_as<std::uint8_t>(values, bytes);
  if (name == "i1") append_as<std::int8_t>(values, bytes);
  if (name == "u2") append_as<std::uint16_t>(values, bytes);
  if (name == "i2") append_as<std::int16_t>(values, bytes);
  if (name == "u4") append_as<std::uint32_t>(values, bytes);
  if (name == "i4") append_as<std::int32_t>(values, bytes);
  if (name == "u8") append_as<std::uint64_t>(values, bytes);
  if (name == "i8") append_as<std::int64_t>(values, bytes);
  return values;
}

std::vector<std::string> npy_texts(const NpyHeader& type, std::span<const std::uint8_t> bytes) {
  const std::size_t size = type.item_size();
  std::vector<std::string> texts(bytes.size() / size);
  std::u32string wide(size / sizeof(char32_t), U'\0');
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto item = bytes.subspan(i * size, size);
    if (type.kind() == 'S') {
      texts[i].assign(item.begin(), item.end());
    } else {
      std::memcpy(wide.data(), item.data(), size);
      texts[i] = to_utf8(std::u32string_view(wide).substr(0, wide.find_last_not_of(U'\0') + 1));
    }
    texts[i].erase(texts[i].find_last_not_of('\0') + 1);
  }
  return texts;
}

NpyTexts npy_text_array(std::span<const std::string> texts) {
  std::vector<std::u32string> wide;
  std::size_t width = 1;  // NumPy has no text of no characters
  for (const std::string& text : texts) {
    wide.push_back(to_utf32(text));
    if (text.ends_with('\0')) throw std::invalid_argument("a text ends in a zero character, which NumPy cannot keep");
    width = std::max(width, wide.back().size());
  }
  const std::size_t item = sizeof(char32_t) * width;
  if (item * texts.size() > kMaxArrayBytes) {
    throw std::invalid_argument(
        fmt::format("{} texts of up to {} characters take more than {} bytes in NumPy's fixed width; "
                    "shorten the longest",
                    texts.size(), width, kMaxArrayBytes));
  }
  NpyTexts array{fmt::format("<U{}", width), Bytes(item * texts.size())};
  for (std::size_t i = 0; i < wide.size(); ++i) {
    std::memcpy(array.bytes.data() + item * i, wide[i].data(), sizeof(char32_t) * wide[i].size());
  }
  return array;
}

}  // namespace ear
