#pragma once
// What FORMAT.md demands of a header and a record, checked alike before writing and after reading.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "frontend/stream/stream.h"

namespace ear {

inline constexpr int kMaxChannels = 1 << 20;
inline constexpr std::size_t kMaxClasses = 100'000;
inline constexpr std::size_t kMaxKey = 200;                   // characters, so that the files fit any file system
inline constexpr std::uint64_t kMaxArrayBytes = 1ULL << 30;   // of an array's numbers
inline constexpr std::uint64_t kMaxHeaderBytes = 1ULL << 24;  // of the header member
inline constexpr std::uint64_t kMaxRecordBytes = 1ULL << 20;  // of the other JSON members

/// Throw std::runtime_error with one line on the first rule that is broken.
void check_header(const Header& header);
void check_key(std::string_view key);
/// The array included: its size, and every number in it.
void check_record(const Header& header, const Record& record);

/// The text with every byte outside [A-Za-z0-9_-] as '_': a key, if it has the length of one and is not reserved.
std::string as_key(std::string_view text);

/// NumPy's name of the element type: "<f4", "|b1", "<u2", "<u4"; and its size in bytes.
const char* dtype(Kind kind);
std::size_t item_size(Kind kind);
/// The array's memory, as it stands in a stream; and the array of the kind that has this memory.
std::span<const std::uint8_t> bytes_of(const Array& array);
Array array_of_bytes(Kind kind, std::span<const std::uint8_t> bytes);

}  // namespace ear
