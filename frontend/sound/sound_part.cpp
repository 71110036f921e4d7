#include "frontend/sound/sound_part.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "frontend/base/require.h"
#include "frontend/sound/chunk_file.h"

namespace ear {

namespace {

using namespace std::string_view_literals;

constexpr std::size_t kFileHeader = 12;           // of RIFF and FORM: name, size, type
constexpr std::size_t kMaxFormatBytes = 1 << 16;  // of the chunk that describes the samples; real ones have some ten
constexpr std::uint64_t kMaxSize32 = 0xFFFF'FFFF;

std::string number(std::uint64_t value, std::size_t n_bytes, bool big_endian) {
  std::string bytes(n_bytes, '\0');
  for (std::size_t i = 0; i < n_bytes; ++i, value >>= 8U) {
    bytes[big_endian ? n_bytes - 1 - i : i] = static_cast<char>(value & 0xFFU);
  }
  return bytes;
}

void take_off_id3_tags(ByteSource& source) {
  for (;;) {
    const std::string tag = source.read(0, 10);
    if (tag.size() < 10 || !tag.starts_with("ID3")) return;
    std::uint64_t size = 10;
    if ((static_cast<unsigned char>(tag[5]) & 0x10U) != 0) size += 10;  // a footer
    std::uint64_t contents = 0;                                         // seven bits a byte
    for (const char c : tag.substr(6)) contents = contents << 7U | (static_cast<unsigned char>(c) & 0x7FU);
    if (size + contents >= source.size()) return;
    source.remove_prefix(size + contents);
  }
}

/// A chunk of a header of ours.
std::string chunk_bytes(const std::string& name, const std::string& contents, bool big_endian) {
  return name + number(contents.size(), 4, big_endian) + contents + std::string(contents.size() % 2, '\0');
}

std::string contents_of(const ByteSource& source, const Chunk& chunk) {
  demand(chunk.size <= kMaxFormatBytes, "damaged: its chunk '{}' promises {} bytes; wanted at most {}", chunk.name,
         chunk.size, kMaxFormatBytes);
  std::string contents = source.read(chunk.begin, static_cast<std::size_t>(chunk.size));
  demand(contents.size() == chunk.size, "cut short: its chunk '{}' promises {} bytes, {} are there; fetch it again",
         chunk.name, chunk.size, contents.size());
  return contents;
}

/// The first of the chunks of that name with its contents, as bytes of a header; empty if there is none.
std::string copy_of(const ByteSource& source, const std::vector<Chunk>& chunks, std::string_view name,
                    bool big_endian) {
  const auto chunk = std::ranges::find(chunks, name, &Chunk::name);
  return chunk == chunks.end() ? "" : chunk_bytes(chunk->name, contents_of(source, *chunk), big_endian);
}

/// Refuses a list of strings or notes with an entry that wraps in 32 bits, which many programs follow for ever; whatever
/// else a list holds is of no concern.
void check_list(const ByteSource& source, const Chunk& list, const ChunkRules& rules) {
  constexpr int kMaxEntries = 10'000;
  const std::string type = source.read(list.begin, 4);
  if (type != "INFO" && type != "adtl") return;
  const std::uint64_t end = list.begin + list.size;
  std::uint64_t at = list.begin + type.size();
  for (int n = 0; n < kMaxEntries && at + 8 <= end; ++n) {
    const std::uint64_t size = read_number(source.read(at + 4, 4), rules.big_endian);
    demand(at + 8 + size <= kMaxSize32,
           "damaged: an entry at byte {} of its chunk '{}' promises {} bytes, {} are there; fetch it again", at,
           list.name, size, source.size() - (at + 8));
    at += 8 + size + size % 2;
  }
}

void compare_file_size(const ByteSource& source, std::uint64_t promised, std::size_t size_bytes,
                       std::vector<std::string>& warnings) {
  constexpr std::uint64_t kSlack = 8;  // some programs count the chunk's own header, or leave the padding out
  if (!warnings.empty() || is_unknown_size(promised, size_bytes)) return;
  const std::uint64_t size = promised > UINT64_MAX - 8 ? promised : promised + 8;
  if (std::max(size, source.size()) - std::min(size, source.size()) <= kSlack) return;
  warnings.push_back(fmt::format(
      "its header promises a file of {} bytes, {} are there; the sound has the length that its own header promises",
      size, source.size()));
}

/// The sound that begins there, compared with what its header and the file's promise.
SoundPart part_of(const ByteSource& source, const ChunkRules& rules, std::uint64_t begin, std::uint64_t promised,
                  std::uint64_t file_size, std::size_t size_bytes) {
  SoundPart part;
  part.begin = begin;
  part.end = end_of_sound(source, rules, begin, promised, is_unknown_size(promised, size_bytes), part.warnings);
  compare_file_size(source, file_size, size_bytes, part.warnings);
  const bool is_odd = (part.end - begin) % 2 != 0;
  part.padding = source.read(part.end, is_odd ? 1 : 0);
  part.padding.resize(is_odd ? 1 : 0);  // a zero if the file ends there
  return part;
}

/// The header of a WAV file that holds nothing but the format and `size` bytes of sound.
std::string wav_header(const std::string& format, std::uint64_t size, bool big_endian) {
  const std::uint64_t file_size = 4 + format.size() + 8 + size + size % 2;
  if (file_size <= kMaxSize32 || big_endian) {
    return (big_endian ? "RIFX" : "RIFF") + number(std::min(file_size, kMaxSize32), 4, big_endian) + "WAVE" + format +
           "data" + number(size, 4, big_endian);
  }
  const std::string sizes = number(file_size + 36, 8, false) + number(size, 8, false) + number(0, 12, false);
  return "RF64" + number(kMaxSize32, 4, false) + "WAVE" + chunk_bytes("ds64", sizes, false) + format + "data" +
         number(kMaxSize32, 4, false);
}

void require_32_bits(std::uint64_t size) {
  demand(size <= kMaxSize32, "more than 4 GiB of sound; cut it into utterances");
}

/// RIFF, its big-endian form RIFX, and RF64 (or BW64), whose 64-bit sizes stand in a chunk "ds64".
SoundPart find_wav_sound(const ByteSource& source, std::string_view form) {
  const ChunkRules rules{.big_endian = form == "RIFX"};
  const auto chunks = chunks_up_to(source, rules, kFileHeader, "data");
  for (const Chunk& chunk : chunks) {
    if (chunk.name == "LIST") check_list(source, chunk, rules);
  }
  std::uint64_t promised = chunks.back().size, file_size = read_number(source.read(4, 4), rules.big_endian);
  std::size_t size_bytes = 4;
  if (form != "RIFF" && form != "RIFX" && promised == kMaxSize32) {
    const auto ds64 = std::ranges::find(chunks, "ds64"sv, &Chunk::name);
    const std::string sizes = ds64 == chunks.end() ? "" : contents_of(source, *ds64);
    demand(sizes.size() >= 16, "damaged: RF64 without sizes (its chunk 'ds64'); fetch it again");
    file_size = read_number(sizes.substr(0, 8), false);
    promised = read_number(sizes.substr(8, 8), false);
    size_bytes = 8;
  }
  SoundPart part = part_of(source, rules, chunks.back().begin, promised, file_size, size_bytes);
  if (rules.big_endian) require_32_bits(part.end - part.begin);
  part.header = wav_header(copy_of(source, chunks, "fmt ", rules.big_endian), part.end - part.begin, rules.big_endian);
  return part;
}

SoundPart find_aiff_sound(const ByteSource& source, std::string_view type) {
  const ChunkRules rules{.big_endian = true};
  const auto chunks = chunks_up_to(source, rules, kFileHeader, "SSND");
  const std::uint64_t file_size = read_number(source.read(4, 4), true);
  SoundPart part = part_of(source, rules, chunks.back().begin, chunks.back().size, file_size, 4);
  require_32_bits(part.end - part.begin);
  std::string format = copy_of(source, chunks, "COMM", true);
  if (format.empty()) {  // it may stand behind the sound
    const auto behind = chunks_up_to(source, rules, next_header(source, rules, part.end), "COMM");
    format = copy_of(source, behind, "COMM", true);
  }
  const std::uint64_t size = part.end - part.begin;
  part.header = "FORM" + number(std::min(4 + format.size() + 8 + size + size % 2, kMaxSize32), 4, true) +
                std::string(type) + format + "SSND" + number(size, 4, true);
  return part;
}

/// Compares the chunk of the sound with its header; libsndfile reads the file as it is.
SoundPart check_chunks(const ByteSource& source, const ChunkRules& rules, std::uint64_t first, std::string_view name) {
  SoundPart part{.end = source.size()};
  const Chunk sound = chunks_up_to(source, rules, first, name).back();
  if (!is_unknown_size(sound.size, rules.size_bytes)) {
    end_of_sound(source, rules, sound.begin, sound.size, false, part.warnings);
  }
  return part;
}

/// Sun's format, with the offset and the size of the sound in its header.
SoundPart find_au_sound(const ByteSource& source, bool big_endian) {
  constexpr std::size_t kHeader = 24;
  const std::string header = source.read(0, kHeader);
  SoundPart part;
  part.begin = std::min(read_number(std::string_view(header).substr(4, 4), big_endian), source.size());
  demand(part.begin >= kHeader, "damaged: its sound begins inside its header; fetch it again");
  part.end = source.size();
  const std::uint64_t promised = read_number(std::string_view(header).substr(8, 4), big_endian);
  const std::uint64_t n_found = part.end - part.begin;
  if (promised == 0 && n_found > 0) {
    part.warnings.push_back(no_bytes_promised(n_found));
  } else if (!is_unknown_size(promised, 4)) {
    check_not_cut(n_found, promised);
    part.end = part.begin + promised;
    if (promised < n_found) part.warnings.push_back(bytes_behind(n_found - promised, promised));
  }
  require_32_bits(part.end - part.begin);
  part.header = header.substr(0, 4) + number(kHeader, 4, big_endian) + number(part.end - part.begin, 4, big_endian) +
                header.substr(12);
  return part;
}

/// Creative's format: blocks of a type, three bytes of size and contents.
SoundPart find_voc_sound(const ByteSource& source) {
  constexpr std::size_t kBlockHeader = 4, kLastType = 9;
  SoundPart part{.end = source.size()};
  std::uint64_t at = read_number(source.read(20, 2), false), sound_size = 0, sound_end = 0;
  for (;;) {
    const std::string header = source.read(at, kBlockHeader);
    const std::size_t type = header.size() < kBlockHeader ? 0 : static_cast<unsigned char>(header[0]);
    if (type == 0 || type > kLastType) break;
    const std::uint64_t size = read_number(header.substr(1), false), n_left = source.size() - (at + kBlockHeader);
    if (type == 1 || type == 2 || type == kLastType) {  // sound, more of it, sound with a longer header
      demand(sound_size == 0, "VOC with several blocks of sound; rewrite it with sox");
      check_not_cut(n_left, size);
      sound_size = size;
      sound_end = at + kBlockHeader + size;
    }
    if (size > n_left) break;
    at += kBlockHeader + size;
  }
  // libsndfile takes the last byte for the end mark and what comes before it for sound; its own size is one too small.
  constexpr std::uint64_t kEndMark = 4;
  if (sound_size > 0 && source.size() - sound_end > kEndMark) {
    if (at == sound_end && source.read(at, 1) != "\0"sv) {
      part.warnings.push_back(bytes_behind(source.size() - sound_end, sound_size));
    }
    part.end = sound_end + 1;
  }
  return part;
}

}  // namespace

SoundPart find_sound(ByteSource& source) {
  take_off_id3_tags(source);
  const std::string first_bytes = source.read(0, 40);
  const std::string_view first = first_bytes;
  const auto form = first.substr(0, 4), type = first.size() < kFileHeader ? ""sv : first.substr(8, 4);
  if ((form == "RIFF" || form == "RIFX" || form == "RF64" || form == "BW64") && type == "WAVE") {
    return find_wav_sound(source, form);
  }
  if (form == "FORM" && (type == "AIFF" || type == "AIFC")) return find_aiff_sound(source, type);
  if (form == "FORM" && (type == "8SVX" || type == "16SV")) {
    return check_chunks(source, {.big_endian = true}, kFileHeader, "BODY");
  }
  if (first.starts_with("riff\x2E\x91\xCF\x11"sv)) {
    return check_chunks(source, {.name_bytes = 16, .size_bytes = 8, .size_has_header = true, .alignment = 8}, 40,
                        "data");
  }
  if (form == "caff") return check_chunks(source, {.big_endian = true, .size_bytes = 8, .alignment = 1}, 8, "data");
  if ((form == ".snd" || form == "dns.") && first.size() >= 24) return find_au_sound(source, form == ".snd");
  // Damaged ones make libsndfile print to standard output, amid the data of a pipe.
  demand(!first.starts_with("\xF0\x7E"), "MIDI Sample Dump cannot be read; rewrite it as WAV");
  if (first.starts_with("Creative Voice File\x1A")) return find_voc_sound(source);
  return {.end = source.size()};
}

}  // namespace ear
