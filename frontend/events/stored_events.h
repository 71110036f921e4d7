#pragma once
// Events as files of other makers store them: numbers of any type, and nothing promised.
#include <functional>
#include <string>
#include <vector>

#include "frontend/events/event_source.h"

namespace ear {

/// Most events of one recording: 3 hours at 3,000 events a second.
inline constexpr std::size_t kMaxStoredEvents = std::size_t{1} << 25;

/// The lists that a file holds for a recording.
struct StoredEvents {
  std::vector<double> times_s;
  std::vector<double> channels;
};

/// Sets the events of `record` to what `read` gives, and checks them as check_events() does. An error too: what `read` throws, without
/// "NAME: " before it, and no memory for it; no event at all, a channel that is no whole number >= 0, more than kMaxStoredEvents.
/// Throws Hdf5Refused where `read` does: all other records would fail alike. `name`: of the file.
void set_stored_events(EventRecord& record, const std::function<StoredEvents()>& read, int n_channels,
                       const std::string& name);

}  // namespace ear
