#include "frontend/base/checksum.h"

#include <fmt/format.h>
#include <zlib.h>

namespace ear {

std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t crc) {
  if (bytes.empty()) return crc;  // zlib starts anew where there is no memory
  return static_cast<std::uint32_t>(::crc32_z(crc, bytes.data(), bytes.size()));
}

std::uint32_t crc32(std::string_view text, std::uint32_t crc) {
  return crc32(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()), crc);
}

std::string crc_text(std::uint32_t crc) {
  return fmt::format("{:08x}", crc);
}

}  // namespace ear
