#include "frontend/chunk_file.h"

#include <algorithm>

namespace ear {

namespace {

constexpr std::uint64_t kUnknownLength =
    0x7FFF0000;  // synthesisers write 0x7FFFF000, 0x7FFFFFFF or 0xFFFFFFFF into pipes
constexpr std::size_t kFileHeader = 12, kChunkHeader = 8;

std::uint32_t read_size(std::string_view bytes, bool big_endian) {
  std::uint32_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    size = size << 8U | static_cast<unsigned char>(bytes[big_endian ? i : 3 - i]);
  }
  return size;
}

}  // namespace

std::optional<SoundChunk> find_sound_chunk(std::string_view first_bytes, std::uint64_t file_size) {
  if (first_bytes.size() < kFileHeader) return std::nullopt;
  const auto form = first_bytes.substr(0, 4), type = first_bytes.substr(8, 4);
  const bool wav = form == "RIFF" && type == "WAVE";
  const bool aiff = form == "FORM" && (type == "AIFF" || type == "AIFC");
  if (!wav && !aiff) return std::nullopt;
  for (std::uint64_t at = kFileHeader; at + kChunkHeader <= first_bytes.size();) {
    const std::uint64_t size = read_size(first_bytes.substr(at + 4, 4), aiff);
    const std::uint64_t begin = at + kChunkHeader;
    if (first_bytes.substr(at, 4) == (wav ? "data" : "SSND")) {
      if (size == 0 || size >= kUnknownLength) return std::nullopt;
      return SoundChunk{size, std::min(size, file_size - std::min(begin, file_size))};
    }
    at = begin + size + size % 2;  // chunks begin at even places
  }
  return std::nullopt;
}

}  // namespace ear
