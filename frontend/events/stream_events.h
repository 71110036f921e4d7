#pragma once
// A stream of the tools as a source of events: of kind events, or a raster or counts of steps that shall become wider.
#include <functional>

#include "frontend/events/event_source.h"
#include "frontend/stream/stream.h"

namespace ear {

/// The stream's records in order. Step k of a record stands for [k dt, (k + 1) dt), and its events are given the middle of it,
/// (k + 1/2) dt: where wider steps of a whole number of dt are wanted, no time then lies near an edge, and rounding cannot move
/// it across. A count of n gives n events. The duration is n_steps dt, so silence at the end is kept.
class StreamEvents : public EventSource {
 public:
  /// Most events of one record: a count of 65,535 in every cell must not fill the memory.
  static constexpr std::size_t kMaxEvents = std::size_t{1} << 26;

  /// Gives the next record, false after the last: Reader::next, or what chooses among the records of several streams.
  using NextRecord = std::function<bool(Record& record)>;

  /// Throws std::runtime_error for a stream of cochleagrams, which are no events.
  StreamEvents(const Header& header, std::string name, NextRecord next_record);

  const EventSourceInfo& info() const override { return info_; }
  /// Throws what next_record throws. A record of more than kMaxEvents has its error set.
  bool next(EventRecord& record) override;

 private:
  NextRecord next_record_;
  Record read_;
  EventSourceInfo info_;
};

/// times_s and channels of `events` from an array of any kind but kCochleagram; the array is [step][channel] or [event][2].
/// Sets the error for more than StreamEvents::kMaxEvents.
void events_of_array(const Array& array, int n_channels, double dt_ms, EventRecord& events);

}  // namespace ear
