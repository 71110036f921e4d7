#include "frontend/sound/sphere.h"

#include <sstream>

namespace ear {

std::optional<SphereHeader> parse_sphere_header(std::string_view bytes) {
  if (!bytes.starts_with("NIST_1A")) return std::nullopt;
  SphereHeader header;
  std::istringstream lines{std::string(bytes)};
  for (std::string line; std::getline(lines, line) && !header.complete;) {
    std::istringstream fields(line);  // NAME -TYPE VALUE
    std::string name, type;
    long long number = 0;
    fields >> name >> type;
    header.complete = name == "end_head";
    if (name == "sample_coding") fields >> header.sample_coding;
    if (name == "sample_count" && fields >> number && (fields >> std::ws).eof()) header.sample_count = number;
  }
  return header;
}

}  // namespace ear
