#include "tools/rebin/tally.h"

#include <fmt/format.h>

#include <algorithm>

namespace tools {

void RebinTally::Some::add(const std::string& key, long long events) {
  if (n++ == 0) first = key;
  n_events += events;
}

std::string RebinTally::Some::text() const {
  return fmt::format("{} recording{}, {} first", n, n == 1 ? "" : "s", first);
}

void RebinTally::add(const ear::EventRecord& events, const ear::Binned& binned, const ear::RebinParams& params) {
  min_steps_ = n_records_ == 0 ? binned.n_steps : std::min(min_steps_, binned.n_steps);
  max_steps_ = std::max(max_steps_, binned.n_steps);
  ++n_records_;
  if (binned.dropped_events > 0) dropped_.add(events.key, binned.dropped_events);
  if (binned.saturated_events > 0) saturated_.add(events.key, binned.saturated_events);
  if (binned.silent) silent_.add(events.key);
  if (binned.finer) finer_.add(events.key);
  const bool one_wanted = params.n_steps == 1 || params.max_steps == 1;
  if (binned.n_steps == 1 && events.times_s.size() > 1 && !one_wanted) one_step_.add(events.key);
  if (!events.warning.empty()) {
    if (unsorted_.n == 0) first_unsorted_ = events.warning;
    unsorted_.add(events.key);
  }
}

std::vector<std::string> RebinTally::warnings(const ear::RebinParams& params) const {
  std::vector<std::string> lines;
  if (dropped_.n > 0) {
    lines.push_back(
        fmt::format("{} events after step {} dropped: {}", dropped_.n_events, params.max_steps, dropped_.text()));
  }
  if (saturated_.n > 0) {
    lines.push_back(fmt::format("{} events left out of counts that had reached 65,535: {}; take narrower steps",
                                saturated_.n_events, saturated_.text()));
  }
  if (silent_.n > 0) lines.push_back("no events at all: " + silent_.text());
  if (unsorted_.n > 0) lines.push_back(fmt::format("set right: {} ({})", unsorted_.text(), first_unsorted_));
  if (finer_.n > 0) {
    lines.push_back("steps narrower than the input's, so that some stay empty between: " + finer_.text());
  }
  if (one_step_.n > 0) {
    lines.push_back(
        fmt::format("all events lie in one step: {}; are the times in the unit that was said?", one_step_.text()));
  }
  return lines;
}

std::string RebinTally::summary(int n_channels, const ear::RebinParams& params) const {
  std::string line = fmt::format("{} recording{}, {} channel{}", n_records_, n_records_ == 1 ? "" : "s", n_channels,
                                 n_channels == 1 ? "" : "s");
  if (n_records_ == 0) return line;
  line += min_steps_ == max_steps_ ? fmt::format("; {} step{}", max_steps_, max_steps_ == 1 ? "" : "s")
                                   : fmt::format("; {} to {} steps", min_steps_, max_steps_);
  return line + (params.n_steps > 0 ? "" : fmt::format(" of {} ms", params.bin_ms));
}

}  // namespace tools
