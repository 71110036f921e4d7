#include "frontend/events/stored_events.h"

#include <fmt/format.h>

#include <cmath>
#include <new>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "frontend/hdf5/hdf5_file.h"

namespace ear {

namespace {

void set_checked(EventRecord& record, StoredEvents stored, int n_channels) {
  if (stored.times_s.empty() && stored.channels.empty()) throw std::runtime_error("empty: not a single event");
  if (stored.times_s.size() > kMaxStoredEvents) {
    throw std::runtime_error(fmt::format("{} events, at most {} are read", stored.times_s.size(), kMaxStoredEvents));
  }
  std::vector<std::uint32_t> channels;
  channels.reserve(stored.channels.size());
  for (const double channel : stored.channels) {
    if (!(channel >= 0 && channel < n_channels && channel == std::floor(channel))) {
      throw std::runtime_error(
          fmt::format("event {}: channel {} is not in 0 to {}", channels.size(), channel, n_channels - 1));
    }
    channels.push_back(static_cast<std::uint32_t>(channel));
  }
  record.times_s = std::move(stored.times_s);
  record.channels = std::move(channels);
  check_events(record, n_channels);
}

}  // namespace

void set_stored_events(EventRecord& record, const std::function<StoredEvents()>& read, int n_channels,
                       const std::string& name) {
  try {
    set_checked(record, read(), n_channels);
  } catch (const Hdf5Refused&) {
    throw;
  } catch (const std::runtime_error& error) {
    const std::string_view message = error.what();
    record.error = message.starts_with(name + ": ") ? message.substr(name.size() + 2) : message;
  } catch (const std::bad_alloc&) {
    record.error = "too large for this machine's memory";
  }
}

}  // namespace ear
