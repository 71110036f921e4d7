#pragma once
// The checksums of FORMAT.md section 5.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ear {

/// CRC-32 (the one of zlib, gzip and PNG) of the bytes, continued from `crc` (0 to begin).
std::uint32_t crc32(std::span<const std::uint8_t> bytes, std::uint32_t crc = 0);
std::uint32_t crc32(std::string_view text, std::uint32_t crc = 0);

/// Eight lower-case hexadecimal digits.
std::string crc_text(std::uint32_t crc);

}  // namespace ear
