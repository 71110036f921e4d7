#include "frontend/events/event_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace ear {

namespace {

/// Events with a later one before them.
std::size_t count_late(const std::vector<double>& times_s) {
  std::size_t n = 0;
  double latest_s = 0.0;
  for (const double time_s : times_s) {
    if (time_s < latest_s) ++n;
    latest_s = std::max(latest_s, time_s);
  }
  return n;
}

void sort_by_time(EventRecord& record) {
  const std::size_t n = record.times_s.size();
  std::vector<std::pair<double, std::uint32_t>> events(n);
  for (std::size_t e = 0; e < n; ++e) events[e] = {record.times_s[e], record.channels[e]};
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t e = 0; e < n; ++e) std::tie(record.times_s[e], record.channels[e]) = events[e];
}

}  // namespace

std::string first_fault(const EventRecord& record, int n_channels) {
  const std::size_t n = record.times_s.size();
  if (n != record.channels.size()) {
    return fmt::format("{} times and {} channels, wanted as many of one as of the other", n, record.channels.size());
  }
  for (std::size_t e = 0; e < n; ++e) {
    const double time_s = record.times_s[e];
    if (!std::isfinite(time_s)) return fmt::format("event {}: its time is {}, which is not finite", e, time_s);
    if (time_s < 0.0) {
      return fmt::format("event {}: its time is {:.9g} s, wanted 0 or more: times count from the recording's start", e,
                         time_s);
    }
    if (n_channels < 1 || record.channels[e] >= static_cast<std::uint32_t>(n_channels)) {
      return fmt::format("event {}: channel {} is not in 0 to {}", e, record.channels[e], n_channels - 1);
    }
  }
  return "";
}

void check_events(EventRecord& record, int n_channels) {
  record.error = first_fault(record, n_channels);
  if (!record.error.empty()) {
    record.times_s.clear();
    record.channels.clear();
    return;
  }
  const std::size_t n_late = count_late(record.times_s);
  if (n_late == 0) return;
  sort_by_time(record);
  record.warning = fmt::format("{} of {} events stood after later ones; sorted", n_late, record.times_s.size());
}

}  // namespace ear
