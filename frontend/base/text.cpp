#include "frontend/base/text.h"

#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <unordered_map>

#include "frontend/base/require.h"

namespace ear {

namespace {

constexpr std::size_t kMaxName = 1000;   // bytes
constexpr std::size_t kMostShown = 80;   // characters in a message
constexpr std::size_t kMostPoints = 4;   // code points where two names differ
constexpr std::size_t kLooksUtf16 = 64;  // bytes that tell UTF-16

/// A character, or one byte that belongs to none.
struct Point {
  std::int32_t code = -1;  ///< -1: no UTF-8
  std::string_view bytes;
};

/// Takes the first one off a text that is not empty.
Point take_point(std::string_view& text) {
  Point point;
  const auto* first = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const auto n = utf8proc_iterate(first, static_cast<utf8proc_ssize_t>(text.size()), &point.code);
  if (n < 1) point.code = -1;
  point.bytes = text.substr(0, n < 1 ? 1 : static_cast<std::size_t>(n));
  text.remove_prefix(point.bytes.size());
  return point;
}

std::vector<std::int32_t> points_of(std::string_view text) {
  std::vector<std::int32_t> points;
  while (!text.empty()) points.push_back(take_point(text).code);
  return points;
}

bool is_control(std::int32_t code) {
  return (0 <= code && code < 0x20) || (0x7F <= code && code < 0xA0);
}

/// Whether a reader does not see it, or not as what it is.
bool is_hidden(std::int32_t code) {
  constexpr utf8proc_category_t kHidden[] = {UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CF,
                                             UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP};
  return code != ' ' && std::ranges::find(kHidden, utf8proc_category(code)) != std::end(kHidden);
}

std::string escaped(const Point& point) {
  constexpr int kEscape = 0x1B;
  if (point.code < 0) return fmt::format("\\x{:02x}", static_cast<unsigned char>(point.bytes[0]));
  if (point.code == '\n') return "\\n";
  if (point.code == '\r') return "\\r";
  if (point.code == '\t') return "\\t";
  if (point.code == kEscape) return "\\e";
  return point.code > 0xFFFF ? fmt::format("\\U{:08x}", point.code) : fmt::format("\\u{:04x}", point.code);
}

/// What is left of a name to see; what is too long for a name stays, for many combining marks take utf8proc quadratic time.
std::string seen(const std::string& name) {
  if (name.size() > kMaxName) return name;
  constexpr auto kHow =
      static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_IGNORE | UTF8PROC_LUMP);
  utf8proc_uint8_t* mapped = nullptr;
  const auto n = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(name.data()),
                              static_cast<utf8proc_ssize_t>(name.size()), &mapped, kHow);
  if (n < 0) return name;
  const std::unique_ptr<utf8proc_uint8_t, void (*)(void*)> owner(mapped, std::free);
  std::string text;
  for (utf8proc_ssize_t i = 0; i < n; ++i) {
    const auto c = static_cast<char>(mapped[i]);
    if (c != ' ' || (!text.empty() && text.back() != ' ')) text += c;
  }
  if (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string text_of(const std::vector<std::int32_t>& points, std::size_t begin, std::size_t end) {
  if (begin == end) return "nothing";
  std::string text;
  for (std::size_t i = begin; i < std::min(end, begin + kMostPoints); ++i) {
    text += fmt::format("{}U+{:04X}", i == begin ? "" : " ", points[i]);
  }
  return end - begin > kMostPoints ? text + " ..." : text;
}

/// What stands in each of two names where they differ, as "nothing" or "U+00A0".
std::pair<std::string, std::string> difference(const std::string& a, const std::string& b) {
  const auto left = points_of(a), right = points_of(b);
  const std::size_t n = std::min(left.size(), right.size());
  std::size_t begin = 0, end = 0;
  while (begin < n && left[begin] == right[begin]) ++begin;
  while (begin + end < n && left[left.size() - 1 - end] == right[right.size() - 1 - end]) ++end;
  return {text_of(left, begin, left.size() - end), text_of(right, begin, right.size() - end)};
}

}  // namespace

void check_name(std::string_view name, std::string_view what) {
  if (name.size() > kMaxName)
    demand(false, "{} '{}' holds {} bytes, a name at most {}", what, shown(name), name.size(), kMaxName);
  for (std::string_view rest = name; !rest.empty();) {
    const Point point = take_point(rest);
    if (point.code >= 0 && !is_control(point.code)) continue;
    demand(point.code >= 0, "{} '{}' is not UTF-8", what, shown(name));
    demand(false, "{} '{}' holds the control character U+{:04X}; a name is one line of text", what, shown(name),
           point.code);
  }
}

std::string_view without_mark(std::string_view text, const std::string& file) {
  constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
  const std::string_view first = text.substr(0, kLooksUtf16);
  const bool marked = first.starts_with("\xFF\xFE") || first.starts_with("\xFE\xFF");
  demand(!marked && first.find('\0') == std::string_view::npos, "{}: is {}; save it as UTF-8", file,
         marked ? "text in UTF-16" : "no UTF-8: it holds zero bytes, as text in UTF-16 does");
  return text.substr(text.starts_with(kUtf8Mark) ? kUtf8Mark.size() : 0);
}

std::vector<std::pair<int, std::string_view>> lines_of(std::string_view text, const std::string& file) {
  text = without_mark(text, file);
  std::vector<std::pair<int, std::string_view>> lines;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(number, line);
  }
  return lines;
}

std::u32string to_utf32(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const Point point = take_point(text);
    if (point.code < 0) throw std::invalid_argument("a text is not UTF-8");
    characters += static_cast<char32_t>(point.code);
  }
  return characters;
}

std::string to_utf8(std::u32string_view characters) {
  std::string text;
  for (const char32_t c : characters) {
    utf8proc_uint8_t bytes[4];
    const bool valid = c <= 0x10FFFF && utf8proc_codepoint_valid(static_cast<utf8proc_int32_t>(c));
    demand(valid, "character {:#x} is none", static_cast<std::uint32_t>(c));
    const auto n = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
    text.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(n));
  }
  return text;
}

std::string shown(std::string_view text) {
  std::string line;
  for (std::size_t n = 0; !text.empty(); ++n) {
    if (n == kMostShown) return line + "...";
    const Point point = take_point(text);
    line += point.code < 0 || is_hidden(point.code) ? escaped(point) : std::string(point.bytes);
  }
  return line;
}

std::string one_line(std::string_view text) {
  bool plain = !text.starts_with('"');
  std::string line = "\"";
  for (std::string_view rest = text; !rest.empty();) {
    const Point point = take_point(rest);
    plain = plain && !is_control(point.code);
    if (point.code == '"' || point.code == '\\') line += '\\';
    line += point.code < 0 || is_control(point.code) ? escaped(point) : std::string(point.bytes);
  }
  return plain ? std::string(text) : line + '"';
}

std::string printable(std::string_view text) {
  std::string message;
  while (!text.empty()) {
    const Point point = take_point(text);
    if (point.code >= 0 && (point.code == '\n' || !is_control(point.code))) {
      message += point.bytes;
    } else {
      for (const unsigned char byte : point.bytes) message += fmt::format("\\x{:02x}", byte);
    }
  }
  return message;
}

std::string look_alikes(const std::vector<std::string>& names, std::string_view what) {
  std::unordered_map<std::string, const std::string*> known;
  std::string sentence;
  std::size_t n_more = 0;
  for (const std::string& name : names) {
    const auto [first, is_new] = known.emplace(seen(name), &name);
    if (is_new || *first->second == name) continue;
    if (!sentence.empty()) {
      ++n_more;
      continue;
    }
    const auto [here, there] = difference(*first->second, name);
    sentence = fmt::format(
        "{} '{}' and '{}' look alike but are not the same: where the first has {}, the second has {}; write both "
        "alike if they are one",
        what, shown(*first->second), shown(name), here, there);
  }
  return n_more == 0 ? sentence : fmt::format("{} ({} more look like another one)", sentence, n_more);
}

std::string look_alike_hint(const std::string& label, const std::vector<std::string>& classes) {
  const std::string wanted = seen(label);
  for (const std::string& name : classes) {
    if (name == label || seen(name) != wanted) continue;
    const auto [here, there] = difference(label, name);
    return fmt::format("; it looks like the class '{}', but has {} where that has {}", shown(name), here, there);
  }
  return "";
}

}  // namespace ear
