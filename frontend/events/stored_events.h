#pragma once
// Events as files of other makers store them: numbers of any type, and nothing promised.
#include <string>
#include <vector>

#include "frontend/events/event_source.h"

namespace ear {

/// Most events of one recording: 3 hours at 3,000 events a second.
inline constexpr std::size_t kMaxStoredEvents = std::size_t{1} << 25;

/// Sets the events of `record` and checks them as check_events() does. An error too: no event at all, a channel that is no whole
/// number >= 0, more than kMaxStoredEvents.
void set_stored_events(EventRecord& record, std::vector<double> times_s, const std::vector<double>& channels,
                       int n_channels);

/// One line on why a file's part could not be read: the message without "NAME: " before it.
std::string reason_without_name(const std::string& message, const std::string& name);

/// The text with whatever is not printable ASCII as '?', at most 200 characters: for messages.
std::string printable(const std::string& text);

}  // namespace ear
