#pragma once
// Sources of events and what they give, as bytes for a pipe. Both ends are the same program on the same machine, so numbers have
// its byte order.
#include <string>
#include <string_view>

#include "frontend/events/event_source.h"

namespace ear {

std::string to_bytes(const EventSourceInfo& info);
std::string to_bytes(const EventRecord& record);

/// The reverse; false where the bytes are not exactly one of them: the sender may have been damaged. Takes no more memory than
/// the bytes account for.
bool from_bytes(std::string_view bytes, EventSourceInfo& info);
bool from_bytes(std::string_view bytes, EventRecord& record);

}  // namespace ear
