#include "frontend/events/stored_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace ear {

void set_stored_events(EventRecord& record, std::vector<double> times_s, const std::vector<double>& channels,
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

std::string reason_without_name(const std::string& message, const std::string& name) {
  return message.starts_with(name + ": ") ? message.substr(name.size() + 2) : message;
}

std::string printable(const std::string& text) {
  std::string shown = text.substr(0, 200);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

}  // namespace ear
