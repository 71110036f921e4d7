#include "frontend/base/units.h"
#include "frontend/exchange/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "frontend/base/require.h"
#include "frontend/events/rebin.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

/// Steps and events of the record. Throws std::runtime_error for more steps than a stream has.
void fill(const EventRecord& events, double dt_ms, Record& record) {
  const double dt_s = dt_ms / kMsPerSecond;
  const double last_s = std::max(events.duration_s, events.times_s.empty() ? 0.0 : events.times_s.back());
  if (last_s / dt_s >= std::numeric_limits<int>::max()) {
    throw std::runtime_error(
        fmt::format("{} s are more than {} steps of {} ms; give a larger --dt-ms, or the unit that the "
                    "times really have",
                    last_s, std::numeric_limits<int>::max(), dt_ms));
  }
  std::vector<std::uint32_t> pairs;
  pairs.reserve(2 * events.times_s.size());
  for (std::size_t e = 0; e < events.times_s.size(); ++e) {
    pairs.push_back(static_cast<std::uint32_t>(bin_of(events.times_s[e], dt_s)));
    pairs.push_back(events.channels[e]);
  }
  const long long reached = pairs.empty() ? 0 : pairs[pairs.size() - 2] + 1LL;
  record.n_steps = static_cast<int>(std::max({1LL, reached, bins_covering(events.duration_s, dt_s)}));
  record.dt_ms = dt_ms;
  record.data = std::move(pairs);
}

class EventRecords : public RecordReader {
 public:
  EventRecords(std::unique_ptr<EventSource> events, const ForeignParams& params, const std::string& format)
      : events_(std::move(events)) {
    const EventSourceInfo& info = events_->info();
    require(params.kind.value_or(Kind::kEvents) == Kind::kEvents,
            "{}: events become a stream of events; ossicle-rebin makes rasters and counts of it", info.name);
    require(params.classes.empty() || params.classes == info.classes,
            "{}: the classes stand in it; leave --classes out", info.name);
    const double dt_ms = require_dt(params, params.dt_ms ? std::nullopt : std::optional(kEventStep_ms), info.name);
    header_ = foreign_header(Kind::kEvents, info.n_channels, info.classes, dt_ms, format);
    header_.recipe.stages.back().params.emplace_back("dt_ms", dt_ms);
  }

  const Header& header() const override { return header_; }
  std::vector<std::string> notes() const override { return events_->info().notes; }
  bool next(ReadRecord& item) override {
    EventRecord events;
    if (!events_->next(events)) return false;
    item = {};
    item.record.key = events.key;
    const auto where = [&events](const std::string& line) {
      return line.empty() ? line : fmt::format("record {}: {}", events.key, line);
    };
    item.warning = where(events.warning);
    item.error = where(events.error);
    if (!item.error.empty()) return true;
    item.record.label = events.label;
    item.record.sequence = events.sequence;
    item.record.speaker = events.speaker;
    try {
      fill(events, *header_.dt_ms, item.record);
      check_record(header_, item.record);
    } catch (const std::runtime_error& bad) {
      item.error = where(bad.what());
    }
    return true;
  }

 private:
  std::unique_ptr<EventSource> events_;
  Header header_;
};

}  // namespace

std::unique_ptr<RecordReader> events_as_records(std::unique_ptr<EventSource> events, const ForeignParams& params,
                                                const std::string& format) {
  return std::make_unique<EventRecords>(std::move(events), params, format);
}

}  // namespace ear
