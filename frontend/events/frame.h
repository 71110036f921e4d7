#pragma once
// Sources of events and what they give, as bytes for a pipe. Both ends are the same program on the same machine, so numbers have
// its byte order.
#include <string>
#include <string_view>

#include "frontend/events/event_source.h"

namespace ear {

/// For EventSourceInfo and EventRecord.
template <class T>
std::string to_bytes(const T& x);

/// The reverse; false where the bytes are not exactly one of them: the sender may have been damaged. Takes no more memory than
/// the bytes account for.
template <class T>
bool from_bytes(std::string_view bytes, T& x);

}  // namespace ear
