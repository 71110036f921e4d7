#pragma once
// Files made of chunks, each with a name and a size (WAV, RF64, W64, AIFF, CAF): libsndfile takes one that was cut
// short for a shorter recording, what stands behind the sound for sound, and never returns from some that are damaged.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/base/byte_source.h"

namespace ear {

/// How the chunks of a format are written: name, size, contents.
struct ChunkRules {
  bool big_endian = false;
  std::size_t name_bytes = 4;
  std::size_t size_bytes = 4;
  bool size_has_header = false;  ///< the size counts name and size too
  std::uint64_t alignment = 2;   ///< chunks begin at multiples of it
};

struct Chunk {
  std::string name;         ///< its first four bytes
  std::uint64_t begin = 0;  ///< of the contents
  std::uint64_t size = 0;   ///< of the contents, as the header promises
};

std::uint64_t read_number(std::string_view bytes, bool big_endian);

/// Where the chunk begins that follows contents up to the offset `end`, with the usual padding, none or more.
std::uint64_t next_header(const ByteSource& source, const ChunkRules& rules, std::uint64_t end);

/// The chunks from the offset `first` on up to the one called `wanted`, which stands last. Throws std::runtime_error
/// saying what is wrong if a chunk before it runs past the end or none of that name is found.
std::vector<Chunk> chunks_up_to(const ByteSource& source, const ChunkRules& rules, std::uint64_t first,
                                std::string_view wanted);

/// Whether a size is one that programs write which do not know the length yet: 0, or about 2 or 4 GiB (of 8 bytes: 2^63
/// and more).
bool is_unknown_size(std::uint64_t size, std::size_t size_bytes);

/// Where the sound ends that begins at `begin` and of which the header promises that many bytes. An unknown size means
/// the end of the source, or where the chunks behind the sound begin. Bytes that are heard or left out against what the
/// header says add a warning. Throws std::runtime_error if the sound was cut.
std::uint64_t end_of_sound(const ByteSource& source, const ChunkRules& rules, std::uint64_t begin,
                           std::uint64_t promised, bool is_unknown, std::vector<std::string>& warnings);

/// The warning of bytes behind the sound that ends at `end`, of which the header promises that many bytes: none where
/// nothing, padding or whole chunks follow.
std::optional<std::string> warning_behind(const ByteSource& source, const ChunkRules& rules, std::uint64_t end,
                                          std::uint64_t promised);

/// Throws std::runtime_error if fewer bytes were found than promised.
void check_not_cut(std::uint64_t found, std::uint64_t promised);

/// The warning of a header that promises no sound although there is some.
std::string no_bytes_promised(std::uint64_t n_found);
/// The warning of bytes that lie behind the sound and are nothing known.
std::string bytes_behind(std::uint64_t n_behind, std::uint64_t promised);

}  // namespace ear
