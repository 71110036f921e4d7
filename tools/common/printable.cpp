#include "tools/common/printable.h"

#include <fmt/format.h>

#include <algorithm>

namespace tools {

namespace {

constexpr std::size_t kMostBytes = 2000, kBytesOfEnd = 800;

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// Bytes of the UTF-8 character that the text begins with; 0 if they are none.
std::size_t character_size(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (size > text.size()) return 0;
  return std::all_of(text.begin() + 1, text.begin() + std::max<std::size_t>(size, 1), is_continuation) ? size : 0;
}

/// U+0000 to U+001F but for the line feed, U+007F to U+009F.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return (first < 0x20 && first != '\n') || first == 0x7F;
  return first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
    if (size > 0 && !is_control(character)) {
      shown += character;
    } else {
      for (const char byte : character) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
    text.remove_prefix(character.size());
  }
  return shown;
}

std::string shortened(const std::string& text) {
  if (text.size() <= kMostBytes) return text;
  std::size_t begin = kMostBytes - kBytesOfEnd, end = text.size() - kBytesOfEnd;
  while (begin > 0 && is_continuation(text[begin])) --begin;
  while (end < text.size() && is_continuation(text[end])) ++end;
  return fmt::format("{} [... {} bytes left out ...] {}", text.substr(0, begin), end - begin, text.substr(end));
}

}  // namespace tools
