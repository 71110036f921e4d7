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

void set_checked(EventRecord& record, std::vector<double> times_s, const std::vector<double>& channels,
                 int n_channels) {
  if (times_s.size() != channels.size()) {
    record.error =
        fmt::format("{} times but {} channels; wanted as many of one as of the other", times_s.size(), channels.size());
    return;
  }
  if (times_s.empty()) {
    record.error = "empty: not a single event";
    return;
  }
  if (times_s.size() > kMaxStoredEvents) {
    record.error = fmt::format("{} events, at most {} are read", times_s.size(), kMaxStoredEvents);
    return;
  }
  record.channels.resize(channels.size());
  for (std::size_t e = 0; e < channels.size(); ++e) {
    const double channel = channels[e];
    if (!(channel >= 0 && channel < n_channels && channel == std::floor(channel))) {
      record.error = fmt::format("event {}: channel {} is none of 0 to {}", e, channel, n_channels - 1);
      record.channels.clear();
      return;
    }
    record.channels[e] = static_cast<std::uint32_t>(channel);
  }
  record.times_s = std::move(times_s);
  check_events(record, n_channels);
}

}  // namespace

void set_stored_events(EventRecord& record, const std::function<StoredEvents()>& read, int n_channels,
                       const std::string& name) {
  try {
    StoredEvents stored = read();
    set_checked(record, std::move(stored.times_s), stored.channels, n_channels);
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
