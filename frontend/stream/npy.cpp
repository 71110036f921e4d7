#include "frontend/stream/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);
constexpr std::size_t kPrefix = 10;  // magic, version, a length of two bytes; of four from version 2.0 on
constexpr std::size_t kAlign = 64;   // numbers begin at a multiple of it
constexpr std::uint64_t kMaxDict = 1 << 16;
constexpr std::size_t kMostShown = 20;  // characters of a type in a message

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error("no NumPy array: in its header " + what);
}

/// Takes a number off the front; false if there is none, or none of 64 bits.
bool take_size(std::string_view& text, std::uint64_t& size) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

/// What stands after the mark `'KEY':` in a dictionary without blanks.
std::string_view value_of(std::string_view dict, std::string_view mark) {
  const std::size_t at = dict.find(mark);
  if (at == std::string_view::npos) fail(fmt::format("{} is missing", mark));
  return dict.substr(at + mark.size());
}

/// A type that is read, with its byte order in front.
std::string parse_descr(std::string_view value) {
  if (value.starts_with('[')) fail("stands a structured array; save its columns as arrays of their own");
  if (value.starts_with("u'") || value.starts_with("b'")) value.remove_prefix(1);  // Python 2 has both kinds of text
  const std::size_t end = value.find('\'', 1);
  if (!value.starts_with('\'') || end == std::string_view::npos) fail("descr is no text");
  std::string descr(value.substr(1, end - 1));
  demand(!descr.starts_with("|O") && !descr.starts_with('O'),
         "holds Python objects, which only pickle can read; save arrays of numbers or text");
  if (!descr.empty() && std::isalpha(static_cast<unsigned char>(descr[0])) != 0) descr.insert(0, "<");
  std::string_view digits = std::string_view(descr).substr(std::min<std::size_t>(2, descr.size()));
  std::uint64_t size = 0;
  const bool known = descr.size() >= 3 && std::string_view("<|=").find(descr[0]) != std::string_view::npos &&
                     take_size(digits, size) && digits.empty();
  const char kind = known ? descr[1] : ' ';
  const bool is_text = (kind == 'U' || kind == 'S') && size >= 1 && size <= kMaxHeaderBytes;
  const bool is_integer = (kind == 'i' || kind == 'u') && (size == 1 || size == 2 || size == 4 || size == 8);
  demand(is_text || is_integer || (kind == 'f' && (size == 4 || size == 8)) || (kind == 'b' && size == 1),
         "type {}; wanted little-endian float32 or float64, bool, integers or text", descr.substr(0, kMostShown));
  return descr;
}

std::vector<std::uint64_t> parse_shape(std::string_view value) {
  std::vector<std::uint64_t> shape;
  for (value.remove_prefix(value.starts_with('(') ? 1 : 0); !value.starts_with(')');) {
    std::uint64_t size = 0;
    if (!take_size(value, size)) fail("its shape is no list of sizes");
    shape.push_back(size);
    if (value.starts_with('L')) value.remove_prefix(1);
    if (!value.starts_with(')') && !value.starts_with(',')) fail("its shape is no list of sizes");
    if (value.starts_with(',')) value.remove_prefix(1);
  }
  return shape;
}

bool order_matters(const std::vector<std::uint64_t>& shape) {
  return std::ranges::count_if(shape, [](std::uint64_t size) { return size > 1; }) > 1;
}

std::string dict_of(const NpyHeader& header) {
  return fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", header.descr,
                     shape_text(header.shape));
}

/// Throws unless the rest of the member is the array's numbers.
void check_size(const ArchiveReader& archive, const NpyHeader& header) {
  std::uint64_t bytes = header.item_size();
  for (const std::uint64_t size : header.shape) {
    if (__builtin_mul_overflow(bytes, size, &bytes))
      archive.fail(fmt::format("its shape {} is beyond any memory", shape_text(header.shape)));
  }
  if (bytes == archive.left()) return;
  archive.fail(fmt::format("shape {} of type {} makes {} bytes, {} are there", shape_text(header.shape), header.descr,
                           bytes, archive.left()));
}

}  // namespace

std::uint64_t NpyHeader::item_size() const {
  std::string_view digits = std::string_view(descr).substr(2);
  std::uint64_t size = 0;
  take_size(digits, size);
  return kind() == 'U' ? 4 * size : size;
}

std::uint64_t NpyHeader::n_items() const {
  std::uint64_t n = 1;
  for (const std::uint64_t size : shape) n *= size;
  return n;
}

std::string shape_text(const std::vector<std::uint64_t>& shape) {
  return fmt::format("({}{})", fmt::join(shape, ", "), shape.size() == 1 ? "," : "");
}

std::string npy_header(const NpyHeader& header) {
  std::string dict = dict_of(header);
  dict.append((kAlign - (kPrefix + dict.size() + 1) % kAlign) % kAlign, ' ').push_back('\n');
  std::string text(kMagic);
  text += {'\x01', '\x00', static_cast<char>(dict.size() & 0xff), static_cast<char>(dict.size() >> 8)};
  return text + dict;
}

NpyHeader npy_header_of(const Header& header, const Array& array) {
  const std::uint64_t columns = header.kind == Kind::kEvents ? 2 : static_cast<std::uint64_t>(header.n_channels);
  return {dtype(header.kind), {bytes_of(array).size() / (columns * item_size(header.kind)), columns}};
}

NpyHeader parse_npy_dict(std::string dict) {
  std::erase_if(dict, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
  std::ranges::replace(dict, '"', '\'');
  // Three values, each behind a colon: no type that is read has one in its name.
  if (!dict.starts_with('{') || !dict.ends_with('}') || std::ranges::count(dict, ':') != 3) {
    fail("stands no dictionary of descr, fortran_order and shape");
  }
  const std::string_view order = value_of(dict, "'fortran_order':");
  if (!order.starts_with("True") && !order.starts_with("False")) fail("fortran_order is neither True nor False");
  const std::vector<std::uint64_t> shape = parse_shape(value_of(dict, "'shape':"));
  return {parse_descr(value_of(dict, "'descr':")), shape, order.starts_with("True") && order_matters(shape)};
}

NpyHeader read_npy_header(ArchiveReader& archive, Bytes& bytes) {
  if (archive.left() < kPrefix) archive.fail("too short for a NumPy array");
  const std::size_t start = bytes.size();
  archive.append(bytes, kPrefix);
  const int version = bytes[start + kMagic.size()];
  if (!std::ranges::equal(bytes_of(kMagic), std::span(bytes).subspan(start, kMagic.size())) || version < 1 ||
      version > 3) {
    archive.fail("no NumPy array");
  }
  if (version > 1) archive.append(bytes, std::min<std::uint64_t>(2, archive.left()));
  const std::size_t dict = bytes.size();
  std::uint64_t size = 0;
  for (std::size_t i = dict; i-- > start + kMagic.size() + 2;) size = size << 8 | bytes[i];
  if (size > kMaxDict || size > archive.left()) archive.fail(fmt::format("cut: its header claims {} bytes", size));
  archive.append(bytes, size);
  NpyHeader header;
  try {
    header = parse_npy_dict({bytes.begin() + static_cast<std::ptrdiff_t>(dict), bytes.end()});
  } catch (const std::runtime_error& bad) {
    archive.fail(bad.what());
  }
  check_size(archive, header);
  return header;
}

bool is_spelt_as_numpy(std::string_view bytes, const NpyHeader& header) {
  constexpr std::string_view kVersion("\x01\x00", 2);
  const std::string dict = dict_of(header);
  return bytes.substr(kMagic.size()).starts_with(kVersion) && bytes.substr(kPrefix).starts_with(dict) &&
         bytes.find_first_not_of(' ', kPrefix + dict.size()) == bytes.size() - 1 && bytes.ends_with('\n');
}

}  // namespace ear
