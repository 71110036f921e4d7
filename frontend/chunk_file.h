#pragma once
// What the chunk headers of WAV and AIFF files promise: libsndfile takes a file that was cut short for a shorter
// recording.
#include <cstdint>
#include <optional>
#include <string_view>

namespace ear {

/// The sound chunk of a file ("data" of WAV, "SSND" of AIFF).
struct SoundChunk {
  std::uint64_t promised_bytes = 0;
  std::uint64_t found_bytes = 0;  ///< from the chunk's begin to the end of the file, at most the promised ones
};

/// Looks through the first bytes (64 KiB are enough for what stands before the sound) of a file of `file_size` bytes.
/// Nothing if it is neither WAV nor AIFF, has no such chunk there, or promises what a program writes that does not know
/// the length yet: 0, or nearly 2 GiB and more.
std::optional<SoundChunk> find_sound_chunk(std::string_view first_bytes, std::uint64_t file_size);

}  // namespace ear
