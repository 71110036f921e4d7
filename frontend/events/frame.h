#pragma once
// Messages from one process to another over a pipe: sources of events and what they give, as bytes. Both ends are the same
// program on the same machine, so numbers have its byte order.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "frontend/events/event_source.h"

namespace ear {

enum class FrameKind : std::uint32_t {
  kInfo = 0x4F464E49,     ///< the first one, unless opening failed
  kRecord = 0x4F434552,   ///< a recording
  kEnd = 0x4F444E45,      ///< after the last recording
  kFailure = 0x4C494146,  ///< std::runtime_error: nothing can be read any more
  kMistake = 0x5453494D,  ///< std::invalid_argument
};

/// What stands before a frame's payload.
struct FrameHeader {
  FrameKind kind = FrameKind::kEnd;
  std::uint32_t reserved = 0;
  std::uint64_t n_bytes = 0;  ///< of the payload
};

inline constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{1} << 30;

void append_info(std::string& bytes, const EventSourceInfo& info);
void append_record(std::string& bytes, const EventRecord& record);

/// The reverse; false where the bytes are not exactly one of them: the sender may have been damaged.
bool parse_info(std::string_view bytes, EventSourceInfo& info);
bool parse_record(std::string_view bytes, EventRecord& record);

}  // namespace ear
