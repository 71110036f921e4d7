#include "frontend/events/stream_events.h"

#include <fmt/format.h>

#include <numeric>
#include <stdexcept>

namespace ear {

namespace {

constexpr double kMs = 1000.0;  // in a second

/// Appends events, so many that the array's numbers say; `count(i)` of element i.
class ToEvents {
 public:
  ToEvents(int n_channels, double dt_ms, EventRecord& events)
      : n_channels_(static_cast<std::size_t>(n_channels)), dt_ms_(dt_ms), events_(events) {}

  void operator()(const std::vector<float>&) const {
    throw std::invalid_argument("a cochleagram holds intensities, not events");
  }

  void operator()(const std::vector<std::uint32_t>& pairs) const {
    if (!fits(pairs.size() / 2)) return;
    for (std::size_t e = 0; e + 1 < pairs.size(); e += 2) add(pairs[e], pairs[e + 1], 1);
  }

  /// Rasters and counts.
  template <class Cell>
  void operator()(const std::vector<Cell>& cells) const {
    if (!fits(std::accumulate(cells.begin(), cells.end(), std::size_t{0}))) return;
    std::size_t i = 0;
    for (std::size_t step = 0; i < cells.size(); ++step) {
      for (std::size_t c = 0; c < n_channels_; ++c, ++i) {
        if (cells[i] != 0) add(step, c, cells[i]);
      }
    }
  }

 private:
  bool fits(std::size_t n_events) const {
    if (n_events <= StreamEvents::kMaxEvents) {
      events_.times_s.reserve(n_events);
      events_.channels.reserve(n_events);
      return true;
    }
    events_.error =
        fmt::format("{} events, at most {} in a record can be rebinned", n_events, StreamEvents::kMaxEvents);
    return false;
  }

  void add(std::size_t step, std::size_t channel, std::size_t n) const {
    const double time_s = (static_cast<double>(step) + 0.5) * dt_ms_ / kMs;
    events_.times_s.insert(events_.times_s.end(), n, time_s);
    events_.channels.insert(events_.channels.end(), n, static_cast<std::uint32_t>(channel));
  }

  std::size_t n_channels_;
  double dt_ms_;
  EventRecord& events_;
};

}  // namespace

void events_of_array(const Array& array, int n_channels, double dt_ms, EventRecord& events) {
  events.times_s.clear();
  events.channels.clear();
  std::visit(ToEvents(n_channels, dt_ms, events), array);
}

StreamEvents::StreamEvents(const Header& header, std::string name, NextRecord next_record)
    : next_record_(std::move(next_record)) {
  if (header.kind == Kind::kCochleagram) {
    throw std::runtime_error(name +
                             ": a stream of cochleagrams, which hold intensities; ossicle-encode makes spikes of them");
  }
  info_.name = std::move(name);
  info_.n_channels = header.n_channels;
  info_.classes = header.classes;
}

bool StreamEvents::next(EventRecord& record) {
  if (!next_record_(read_)) return false;
  record = {.key = read_.key,
            .label = read_.label,
            .sequence = read_.sequence,
            .speaker = read_.speaker,
            .duration_s = read_.n_steps * read_.dt_ms / kMs,
            .resolution_s = read_.dt_ms / kMs};
  events_of_array(read_.data, info_.n_channels, read_.dt_ms, record);
  return true;
}

}  // namespace ear
