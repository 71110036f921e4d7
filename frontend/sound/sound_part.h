#pragma once
// Which bytes of a file are the sound, checked against what its header promises, before libsndfile sees any of it.
#include <cstdint>
#include <string>
#include <vector>

#include "frontend/base/byte_source.h"

namespace ear {

/// What libsndfile is given in place of the file: `header`, the bytes begin..end of the source, `padding`.
struct SoundPart {
  std::string header = {};
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string padding = {};  ///< behind an odd number of bytes, without which libsndfile spoils the last block of GSM
  std::vector<std::string> warnings = {};  ///< contradictions in the header
};

/// Takes ID3v2 tags off the front of the source and looks at what follows. WAV, RF64 and AIFF are given on with nothing but
/// format and sound; W64, CAF, 8SVX, AU and VOC are compared with their headers; MIDI Sample Dump is refused; other
/// formats are given on unseen. Throws std::runtime_error saying what is wrong for a file that was cut short or whose
/// chunks are damaged.
SoundPart find_sound(ByteSource& source);

}  // namespace ear
