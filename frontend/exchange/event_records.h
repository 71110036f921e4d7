#pragma once
// Recordings of events, from whatever file, as records of a stream of kind events.
#include <memory>
#include <string>

#include "frontend/events/event_source.h"
#include "frontend/exchange/records.h"

namespace ear {

/// Length of a step where none is set: 1 us, finer than the sensors and models that make events count (Tonic's unit, too).
inline constexpr double kEventStep_ms = 0.001;

/// Step k holds the events with times in [k dt, (k + 1) dt). A recording has as many steps as reach its last event and cover its
/// duration where that is known, at least 1. A recording that cannot be used has its error set, and the next one follows.
class EventRecords : public RecordSource {
 public:
  /// `format` stands in the recipe. Throws std::invalid_argument for a step that is not above 0, for another kind than events, and
  /// for classes, which come from the source.
  EventRecords(std::unique_ptr<EventSource> events, const ForeignParams& params, const std::string& format);

  const Header& header() const override { return header_; }
  bool next(SourceItem& item) override;
  std::vector<std::string> notes() const override { return events_->info().notes; }

 private:
  std::unique_ptr<EventSource> events_;
  Header header_;
};

}  // namespace ear
