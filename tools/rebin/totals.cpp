#include "tools/rebin/totals.h"

#include <fmt/format.h>

#include <algorithm>

namespace tools {

void RebinTotals::add(const ear::EventRecord& events, const ear::Binned& binned, const ear::RebinParams& params) {
  min_steps_ = n_records_ == 0 ? binned.n_steps : std::min(min_steps_, binned.n_steps);
  max_steps_ = std::max(max_steps_, binned.n_steps);
  ++n_records_;
  n_dropped_ += binned.dropped_events;
  n_saturated_ += binned.saturated_events;
  if (unsorted_.n == 0) first_unsorted_ = events.warning;
  const bool one_wanted = params.n_steps == 1 || params.max_steps == 1;
  const auto count = [&events](bool is_so, Named& named) {
    if (is_so) named.add(events.key);
  };
  count(binned.dropped_events > 0, dropped_);
  count(binned.saturated_events > 0, saturated_);
  count(binned.silent, silent_);
  count(binned.finer, finer_);
  count(binned.n_steps == 1 && events.times_s.size() > 1 && !one_wanted, one_step_);
  count(!events.warning.empty(), unsorted_);
}

std::vector<std::string> RebinTotals::warnings(const ear::RebinParams& params) const {
  std::vector<std::string> lines;
  const auto say = [&lines](const Named& named, const std::string& line) {
    if (named.n > 0) lines.push_back(line);
  };
  say(dropped_, fmt::format("{} events after step {} dropped: {}", n_dropped_, params.max_steps, dropped_.text()));
  say(saturated_, fmt::format("{} events left out of counts that had reached 65,535: {}; take narrower steps",
                              n_saturated_, saturated_.text()));
  say(silent_, "no events at all: " + silent_.text());
  say(unsorted_, fmt::format("set right: {} ({})", unsorted_.text(), first_unsorted_));
  say(finer_, "steps narrower than the input's, so that some stay empty between: " + finer_.text());
  say(one_step_,
      fmt::format("all events lie in one step: {}; are the times in the unit that was said?", one_step_.text()));
  return lines;
}

std::string RebinTotals::summary(int n_channels, const ear::RebinParams& params) const {
  std::string line = fmt::format("{}, {}", count_of(n_records_, "recording"),
                                 count_of(static_cast<std::size_t>(n_channels), "channel"));
  if (n_records_ == 0) return line;
  line += min_steps_ == max_steps_ ? "; " + count_of(static_cast<std::size_t>(max_steps_), "step")
                                   : fmt::format("; {} to {} steps", min_steps_, max_steps_);
  return line + (params.n_steps > 0 ? "" : fmt::format(" of {} ms", params.bin_ms));
}

}  // namespace tools
