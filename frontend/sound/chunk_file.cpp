#include "frontend/sound/chunk_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "frontend/base/require.h"

namespace ear {

namespace {

// Whose headers are read before the sound, and in all during the search behind it, where names amid the sound lead far;
// recorders write some ten.
constexpr std::size_t kMaxChunks = 10'000;
constexpr std::size_t kScanBytes = 1 << 20;

// What programs write behind the sound of WAV and AIFF files.
constexpr std::array<std::string_view, 40> kTrailingNames = {
    "LIST", "INFO", "id3 ", "ID3 ", "bext", "iXML", "axml", "_PMX", "XMP ", "cue ", "smpl", "inst", "fact", "PEAK",
    "JUNK", "junk", "PAD ", "pad ", "FLLR", "afsp", "acid", "cart", "DISP", "plst", "levl", "umid", "chna", "MD5 ",
    "strc", "MARK", "INST", "ANNO", "NAME", "AUTH", "(c) ", "APPL", "COMT", "COMM", "MIDI", "CHAN"};

bool is_name(std::string_view bytes) {
  return bytes.size() == 4 && std::all_of(bytes.begin(), bytes.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// The chunk whose header stands at the offset; none if the source ends before its contents.
std::optional<Chunk> read_chunk(const ByteSource& source, const ChunkRules& rules, std::uint64_t at) {
  const std::size_t header_bytes = rules.name_bytes + rules.size_bytes;
  const std::string header = source.read(at, header_bytes);
  if (header.size() < header_bytes) return std::nullopt;
  const std::uint64_t size = read_number(std::string_view(header).substr(rules.name_bytes), rules.big_endian);
  const std::uint64_t counted = rules.size_has_header ? header_bytes : 0;
  return Chunk{header.substr(0, 4), at + header_bytes, std::max(size, counted) - counted};
}

/// Whether whole chunks stand from there up to the end of the source, by reading at most `n_headers`, which are counted off.
bool chunks_to_end(const ByteSource& source, const ChunkRules& rules, std::uint64_t at, std::size_t& n_headers) {
  for (; n_headers > 0; --n_headers) {
    if (source.size() <= at + std::max<std::uint64_t>(rules.alignment, 2) - 1) return true;  // nothing, or padding
    const auto chunk = read_chunk(source, rules, at);
    if (!chunk || (rules.name_bytes == 4 && !is_name(chunk->name)) || chunk->size > source.size() - chunk->begin)
      return false;
    at = next_header(source, rules, chunk->begin + chunk->size);
  }
  return false;
}

/// Where the chunks behind the sound begin, or the end of the source.
std::uint64_t find_chunks_behind(const ByteSource& source, const ChunkRules& rules, std::uint64_t begin) {
  std::size_t n_headers = kMaxChunks;
  std::array<bool, 256> begins_name{};
  for (const std::string_view name : kTrailingNames) begins_name[static_cast<unsigned char>(name[0])] = true;
  for (std::uint64_t block = begin; block < source.size(); block += kScanBytes) {
    const std::string bytes = source.read(block, kScanBytes + 4);
    for (std::size_t i = 0; i + 4 <= bytes.size() && i < kScanBytes; i += 2) {
      if (!begins_name[static_cast<unsigned char>(bytes[i])]) continue;
      const std::string_view name = std::string_view(bytes).substr(i, 4);
      if (std::ranges::find(kTrailingNames, name) == kTrailingNames.end()) continue;
      if (chunks_to_end(source, rules, block + i, n_headers)) return block + i;
    }
  }
  return source.size();
}

}  // namespace

std::uint64_t read_number(std::string_view bytes, bool big_endian) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    number = number << 8U | static_cast<unsigned char>(bytes[big_endian ? i : bytes.size() - 1 - i]);
  }
  return number;
}

std::uint64_t next_header(const ByteSource& source, const ChunkRules& rules, std::uint64_t end) {
  constexpr std::uint64_t kMostPadding = 8;  // some programs forget the padding, others pad more
  const std::uint64_t regular = (end + rules.alignment - 1) / rules.alignment * rules.alignment;
  if (rules.name_bytes != 4 || is_name(source.read(regular, 4))) return regular;
  for (std::uint64_t at = end; at <= end + kMostPadding; ++at) {
    if (is_name(source.read(at, 4))) return at;
  }
  return regular;
}

std::vector<Chunk> chunks_up_to(const ByteSource& source, const ChunkRules& rules, std::uint64_t first,
                                std::string_view wanted) {
  std::vector<Chunk> chunks;
  for (std::uint64_t at = first; chunks.size() < kMaxChunks;) {
    const auto chunk = read_chunk(source, rules, at);
    if (!chunk) break;
    demand(rules.name_bytes != 4 || is_name(chunk->name), "damaged: no chunk begins at byte {}; fetch it again", at);
    chunks.push_back(*chunk);
    if (chunk->name == wanted) return chunks;
    const std::uint64_t n_found = source.size() - chunk->begin;
    demand(chunk->size <= n_found,
           "cut short or damaged: its chunk '{}' promises {} bytes, {} are there; fetch it again", chunk->name,
           chunk->size, n_found);
    at = next_header(source, rules, chunk->begin + chunk->size);
  }
  throw std::runtime_error(
      fmt::format("cut short or damaged: no chunk '{}' in its {} bytes; fetch it again", wanted, source.size()));
}

bool is_unknown_size(std::uint64_t size, std::size_t size_bytes) {
  if (size_bytes == 8) return size == 0 || size >= 1ULL << 63U;
  // Synthesisers write 0x7FFFF000, 0x7FFFFFFF or 0xFFFFFFFF into pipes, some less or more the header's length.
  return size == 0 || (size >= 0x7FFF'0000 && size <= 0x8000'FFFF) || size >= 0xFFFF'0000;
}

std::uint64_t end_of_sound(const ByteSource& source, const ChunkRules& rules, std::uint64_t begin,
                           std::uint64_t promised, bool is_unknown, std::vector<std::string>& warnings) {
  const std::uint64_t n_found = source.size() - std::min(begin, source.size());
  if (is_unknown) {
    const std::uint64_t end = find_chunks_behind(source, rules, begin);
    if (promised == 0 && end > begin) warnings.push_back(no_bytes_promised(end - begin));
    return end;
  }
  check_not_cut(n_found, promised);
  const std::uint64_t end = begin + promised;
  if (const auto warning = warning_behind(source, rules, end, promised)) warnings.push_back(*warning);
  return end;
}

std::optional<std::string> warning_behind(const ByteSource& source, const ChunkRules& rules, std::uint64_t end,
                                          std::uint64_t promised) {
  std::size_t n_headers = kMaxChunks;
  if (chunks_to_end(source, rules, next_header(source, rules, end), n_headers)) return std::nullopt;
  return bytes_behind(source.size() - end, promised);
}

void check_not_cut(std::uint64_t found, std::uint64_t promised) {
  demand(found >= promised,
         "cut short: {} of the {} bytes of sound that its header promises; fetch it again, or, if it plays to its end, "
         "rewrite it with sox",
         found, promised);
}

std::string no_bytes_promised(std::uint64_t n_found) {
  return fmt::format("its header promises 0 bytes of sound; the {} bytes that follow are heard", n_found);
}

std::string bytes_behind(std::uint64_t n_behind, std::uint64_t promised) {
  return fmt::format(
      "{} bytes, perhaps of sound, lie behind the {} bytes of sound that its header promises and are not heard; "
      "sox --ignore-length rewrites it with all of them",
      n_behind, promised);
}

}  // namespace ear
