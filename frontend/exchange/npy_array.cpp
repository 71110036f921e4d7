#include "frontend/exchange/npy_array.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cctype>
#include <charconv>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "frontend/exchange/npy_dict.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

static_assert(std::endian::native == std::endian::little, "arrays are read as they lie in memory");

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kAlign = 64;
constexpr std::uint64_t kMaxHeader = 1 << 16;
constexpr std::uint64_t kMaxText = kMaxHeaderBytes;  // characters of one element: a stream's header
constexpr std::uint64_t kMaxTexts = kMaxArrayBytes;  // bytes of an array of texts
constexpr std::size_t kMostShown = 20;               // characters of a type in a message

std::string as_text(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

std::uint64_t parse_size(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc() && end == digits.data() + digits.size() ? value
                                                                      : std::numeric_limits<std::uint64_t>::max();
}

/// A type that is read, with its byte order in front.
std::string checked_descr(const ZipReader& zip, std::string descr) {
  if (descr.starts_with("|O") || descr.starts_with('O'))
    zip.fail("holds Python objects, which only pickle can read; save arrays of numbers or text");
  if (!descr.empty() && std::isalpha(static_cast<unsigned char>(descr[0])) != 0) descr.insert(0, "<");
  const bool known = descr.size() >= 3 && std::string_view("<|=").find(descr[0]) != std::string_view::npos &&
                     std::string_view("fbiuUS").find(descr[1]) != std::string_view::npos;
  const std::uint64_t size = known ? parse_size(std::string_view(descr).substr(2)) : 0;
  const bool text_fits = known && (descr[1] == 'U' || descr[1] == 'S') && size >= 1 && size <= kMaxText;
  const bool number_fits = known && !text_fits && (size == 1 || size == 2 || size == 4 || size == 8) &&
                           (descr[1] != 'f' || size >= 4) && (descr[1] != 'b' || size == 1);
  if (!text_fits && !number_fits) {
    zip.fail(fmt::format("type {}; wanted little-endian float32 or float64, bool, integers or text",
                         descr.substr(0, kMostShown)));
  }
  return descr;
}

bool order_matters(const std::vector<std::uint64_t>& shape) {
  return std::ranges::count_if(shape, [](std::uint64_t size) { return size > 1; }) > 1;
}

void check_size(const ZipReader& zip, const NpyArray& array) {
  std::uint64_t bytes = array.item_size();
  for (const std::uint64_t size : array.shape) {
    if (__builtin_mul_overflow(bytes, size, &bytes))
      zip.fail(fmt::format("its shape {} is beyond any memory", shape_text(array.shape)));
  }
  if (bytes != zip.left()) {
    zip.fail(fmt::format("{} elements of {} bytes make {} bytes, {} are there", shape_text(array.shape),
                         array.item_size(), bytes, zip.left()));
  }
}

template <class T>
void append_as(std::vector<double>& values, std::span<const std::uint8_t> bytes) {
  for (std::size_t at = 0; at + sizeof(T) <= bytes.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    values.push_back(static_cast<double>(value));
  }
}

void append_utf8(std::string& text, std::uint32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) throw std::runtime_error(fmt::format("character {:#x} is none", c));
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    text += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
             static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    text += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
             static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
}

std::u32string to_utf32(std::string_view text) {
  std::u32string characters;
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<std::uint8_t>(text[i]);
    const std::size_t n = lead < 0x80 ? 1 : lead >= 0xF0 && lead < 0xF8 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 0;
    if (n == 0 || i + n > text.size()) throw std::invalid_argument("a text is not UTF-8");
    char32_t c = n == 1 ? lead : lead & (0x7FU >> n);
    for (std::size_t k = 1; k < n; ++k) {
      if ((static_cast<std::uint8_t>(text[i + k]) & 0xC0) != 0x80) throw std::invalid_argument("a text is not UTF-8");
      c = c << 6 | (static_cast<std::uint8_t>(text[i + k]) & 0x3F);
    }
    characters += c;
    i += n;
  }
  return characters;
}

}  // namespace

std::uint64_t NpyArray::item_size() const {
  const std::uint64_t size = parse_size(std::string_view(descr).substr(2));
  return kind() == 'U' ? 4 * size : size;
}

std::uint64_t NpyArray::n_items() const {
  std::uint64_t n = 1;
  for (const std::uint64_t size : shape) n *= size;
  return n;
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

std::string npy_array_header(const NpyArray& array) {
  std::string dict =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", array.descr, shape_text(array.shape));
  constexpr std::size_t kPrefix = 10;
  const std::size_t used = kPrefix + dict.size() + 1;
  dict.append((kAlign - used % kAlign) % kAlign, ' ').push_back('\n');
  std::string text(kMagic);
  text += {'\x01', '\x00', static_cast<char>(dict.size() & 0xff), static_cast<char>(dict.size() >> 8)};
  return text + dict;
}

NpyArray read_npy_header(ZipReader& zip) {
  constexpr std::size_t kShort = 10;  // magic, version, a length of two bytes; of four from version 2.0 on
  if (zip.left() < kShort) zip.fail("too short for a NumPy array");
  Bytes prefix;
  zip.append(prefix, kShort);
  if (!as_text(prefix).starts_with(kMagic) || prefix[6] < 1 || prefix[6] > 3) zip.fail("no NumPy array");
  if (prefix[6] > 1) zip.append(prefix, std::min<std::uint64_t>(2, zip.left()));
  std::uint64_t size = 0;
  for (std::size_t i = prefix.size(); i-- > 8;) size = size << 8 | prefix[i];
  if (size > kMaxHeader || size > zip.left()) zip.fail(fmt::format("cut: its header claims {} bytes", size));
  Bytes bytes;
  zip.append(bytes, size);
  NpyArray array;
  try {
    const NpyDict dict = parse_npy_dict(as_text(bytes));
    array = {checked_descr(zip, dict.descr), dict.shape, dict.fortran_order && order_matters(dict.shape)};
  } catch (const std::invalid_argument& bad) {
    zip.fail(bad.what());
  }
  check_size(zip, array);
  return array;
}

Bytes rows_in_c_order(const NpyArray& array, std::span<const std::uint8_t> bytes, std::uint64_t first,
                      std::uint64_t n) {
  const std::size_t size = array.item_size();
  const std::size_t n_axes = array.shape.size();
  std::vector<std::size_t> strides(n_axes, size);  // bytes from one element of an axis to the next
  for (std::size_t axis = 1; axis < n_axes; ++axis) strides[axis] = strides[axis - 1] * array.shape[axis - 1];
  Bytes ordered(bytes.empty() ? 0 : bytes.size() / array.shape[0] * n);
  std::vector<std::uint64_t> index(n_axes);
  index[0] = first;
  std::size_t from = first * strides[0];
  for (std::size_t to = 0; to < ordered.size(); to += size) {
    std::memcpy(ordered.data() + to, bytes.data() + from, size);
    for (std::size_t axis = n_axes; axis-- > 0;) {  // the last axis goes round fastest
      from += strides[axis];
      if (++index[axis] < array.shape[axis]) break;
      from -= strides[axis] * array.shape[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}

std::vector<double> npy_numbers(const NpyArray& array, std::span<const std::uint8_t> bytes) {
  std::vector<double> values;
  values.reserve(bytes.size() / array.item_size());
  const std::string type = array.descr.substr(1);
  if (type == "f4") append_as<float>(values, bytes);
  if (type == "f8") append_as<double>(values, bytes);
  if (type == "b1" || type == "u1") append_as<std::uint8_t>(values, bytes);
  if (type == "i1") append_as<std::int8_t>(values, bytes);
  if (type == "u2") append_as<std::uint16_t>(values, bytes);
  if (type == "i2") append_as<std::int16_t>(values, bytes);
  if (type == "u4") append_as<std::uint32_t>(values, bytes);
  if (type == "i4") append_as<std::int32_t>(values, bytes);
  if (type == "u8") append_as<std::uint64_t>(values, bytes);
  if (type == "i8") append_as<std::int64_t>(values, bytes);
  return values;
}

std::vector<std::string> npy_texts(const NpyArray& array, std::span<const std::uint8_t> bytes) {
  const std::size_t size = array.item_size();
  std::vector<std::string> texts(bytes.size() / size);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto item = bytes.subspan(i * size, size);
    if (array.kind() == 'S') {
      texts[i].assign(item.begin(), item.end());
    } else {
      for (std::size_t at = 0; at < item.size(); at += 4) {
        std::uint32_t c = 0;
        std::memcpy(&c, item.data() + at, sizeof c);
        append_utf8(texts[i], c);
      }
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
  if (4 * width * texts.size() > kMaxTexts) {
    throw std::invalid_argument(
        fmt::format("{} texts of up to {} characters take more than {} bytes in NumPy's fixed width; "
                    "shorten the longest",
                    texts.size(), width, kMaxTexts));
  }
  NpyTexts array{fmt::format("<U{}", width), std::vector<std::uint8_t>(4 * width * texts.size())};
  for (std::size_t i = 0; i < wide.size(); ++i) {
    std::memcpy(array.bytes.data() + 4 * width * i, wide[i].data(), 4 * wide[i].size());
  }
  return array;
}

}  // namespace ear
