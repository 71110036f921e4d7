#include "frontend/events/stream_events.h"

#include <fmt/format.h>

#include <numeric>
#include <stdexcept>
#include <type_traits>

#include "frontend/base/units.h"

namespace ear {

void events_of_array(const Array& array, int n_channels, double dt_ms, EventRecord& events) {
  events.times_s.clear();
  events.channels.clear();
  const auto append = [&]<class T>(const std::vector<T>& data) {
    constexpr bool kPairs = std::is_same_v<T, std::uint32_t>;  // (step, channel); else [step][channel]
    if constexpr (std::is_same_v<T, float>) {
      throw std::invalid_argument("a cochleagram holds intensities, not events");
    } else {
      const auto n = kPairs ? data.size() / 2 : std::accumulate(data.begin(), data.end(), std::size_t{0});
      if (n > StreamEvents::kMaxEvents) {
        events.error = fmt::format("{} events, at most {} in a record can be rebinned", n, StreamEvents::kMaxEvents);
        return;
      }
      events.times_s.reserve(n);
      events.channels.reserve(n);
      const auto add = [&](std::size_t step, std::size_t channel, std::size_t count) {
        const double time_s = (static_cast<double>(step) + 0.5) * dt_ms / kMsPerSecond;
        events.times_s.insert(events.times_s.end(), count, time_s);
        events.channels.insert(events.channels.end(), count, static_cast<std::uint32_t>(channel));
      };
      const auto n_columns = static_cast<std::size_t>(n_channels);
      for (std::size_t i = 0; i < data.size(); i += kPairs ? 2 : 1) {
        if constexpr (kPairs) {
          add(data[i], data[i + 1], 1);
        } else if (data[i] != 0) {
          add(i / n_columns, i % n_columns, data[i]);
        }
      }
    }
  };
  std::visit(append, array);
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
            .duration_s = read_.n_steps * read_.dt_ms / kMsPerSecond,
            .resolution_s = read_.dt_ms / kMsPerSecond};
  events_of_array(read_.data, info_.n_channels, read_.dt_ms, record);
  return true;
}

}  // namespace ear
