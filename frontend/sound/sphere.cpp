#include "frontend/sound/sphere.h"

#include <charconv>

namespace ear {

namespace {

/// Cuts the text up to the next line end off `rest`, without blanks at either end.
std::string_view next_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

/// "name -type value" -> value, or nothing if the line is about something else.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.substr(0, name.size()) != name || line.substr(name.size(), 2) != " -") return std::nullopt;
  const auto blank = line.find(' ', name.size() + 2);
  if (blank == std::string_view::npos) return std::nullopt;
  return line.substr(blank + 1);
}

}  // namespace

std::optional<SphereHeader> parse_sphere_header(std::string_view bytes) {
  if (next_line(bytes) != "NIST_1A") return std::nullopt;
  SphereHeader header;
  next_line(bytes);  // size of the header
  while (!bytes.empty()) {
    const std::string_view line = next_line(bytes);
    if (line == "end_head") {
      header.complete = true;
      break;
    }
    if (const auto coding = value_of(line, "sample_coding")) header.sample_coding = *coding;
    if (const auto count = value_of(line, "sample_count")) {
      long long number = 0;
      const auto [end, error] = std::from_chars(count->data(), count->data() + count->size(), number);
      if (error == std::errc() && end == count->data() + count->size()) header.sample_count = number;
    }
  }
  return header;
}

}  // namespace ear
