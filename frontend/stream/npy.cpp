#include "frontend/stream/npy.h"

#include <fmt/format.h>

#include <charconv>
#include <stdexcept>
#include <string_view>

namespace ear {

namespace {

constexpr std::string_view kMagic("\x93NUMPY\x01\x00", 8);
// The header is padded with spaces so that the numbers begin at a multiple of this.
constexpr std::size_t kAlign = 64;

std::string_view view_of(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

[[noreturn]] void fail(const std::string& message) {
  throw std::runtime_error("npy header: " + message + "; wanted version 1.0 of a two-dimensional array in C order");
}

void skip(std::string_view& text, std::string_view word) {
  if (!text.starts_with(word)) fail(fmt::format("\"{}\" is missing", word));
  text.remove_prefix(word.size());
}

std::uint64_t number(std::string_view& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) fail("bad number in the shape");
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::vector<std::uint8_t> npy_header(const NpyHeader& header) {
  std::string dict = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}, {}), }}", header.descr,
                                 header.rows, header.columns);
  const std::size_t used = kNpyPrefix + dict.size() + 1;
  dict.append((kAlign - used % kAlign) % kAlign, ' ').push_back('\n');
  std::string text(kMagic);
  text.push_back(static_cast<char>(dict.size() & 0xff));
  text.push_back(static_cast<char>(dict.size() >> 8));
  text += dict;
  return {text.begin(), text.end()};
}

std::size_t npy_header_size(std::span<const std::uint8_t> prefix) {
  if (prefix.size() < kNpyPrefix || !view_of(prefix).starts_with(kMagic)) fail("no magic of version 1.0");
  return kNpyPrefix + static_cast<std::size_t>(prefix[8] + 256 * prefix[9]);
}

NpyHeader parse_npy_header(std::span<const std::uint8_t> bytes) {
  if (npy_header_size(bytes) != bytes.size()) fail("cut");
  std::string_view text = view_of(bytes).substr(kNpyPrefix);
  NpyHeader header;
  skip(text, "{'descr': '");
  const std::size_t quote = text.find('\'');
  if (quote == std::string_view::npos) fail("no type");
  header.descr = text.substr(0, quote);
  text.remove_prefix(quote);
  skip(text, "', 'fortran_order': False, 'shape': (");
  header.rows = number(text);
  skip(text, ", ");
  header.columns = number(text);
  skip(text, "), }");
  const std::size_t rest = text.find_first_not_of(' ');
  if (rest == std::string_view::npos || text.substr(rest) != "\n") fail("does not end in spaces and a line feed");
  return header;
}

}  // namespace ear
