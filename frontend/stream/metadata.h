#pragma once
// The JSON members of a stream (FORMAT.md section 3). The only user of the JSON library.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "frontend/stream/stream.h"

namespace ear {

/// A member's text, sealed with its own checksum. Throws std::invalid_argument for text that is not UTF-8 and for
/// numbers that are not finite.
std::string header_json(const Header& header);
/// Everything of the record but its array.
std::string record_json(const Record& record, std::uint32_t npy_crc);
std::string end_json(std::size_t n_records, std::uint32_t keys_crc);

/// The reverse. Throw std::runtime_error, without the stream's name, for malformed JSON, JSON that is nested deeper or
/// has more fields than FORMAT.md 3.1 allows, a wrong checksum, a field that is missing, unknown or of another type, or
/// another version.
Header parse_header(std::string_view text);
/// Fills all fields but `data` and returns the checksum of the array's member.
std::uint32_t parse_record(std::string_view text, Record& record);

struct EndMember {
  std::size_t n_records = 0;
  std::uint32_t keys_crc = 0;
};
EndMember parse_end(std::string_view text);

}  // namespace ear
