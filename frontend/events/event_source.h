#pragma once
// Recordings of events, whatever file they come from: what the readers of this folder give and rebinning takes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace ear {

/// One recording as events.
struct EventRecord {
  std::string key;                         ///< as Record's
  std::string label;                       ///< one of the source's classes; empty: not known, or a sequence
  std::vector<std::string> sequence = {};  ///< classes of a recording of several words, in order
  std::string speaker;                     ///< empty: not known
  std::vector<double> times_s = {};        ///< [event], s from the start of the recording, >= 0, finite, not decreasing
  std::vector<std::uint32_t> channels = {};  ///< [event], below the source's n_channels
  double duration_s = 0.0;                   ///< of the recording, beyond its last event; 0: not known
  double resolution_s = 0.0;  ///< the times are known to within it (a finer raster's step); 0: as written
  std::string warning = {};   ///< empty, or one line on what was set right (unsorted times)
  std::string error = {};     ///< empty, or one line on why the recording cannot be used; then no events
};

/// What is true of all recordings of a source.
struct EventSourceInfo {
  std::string name;                     ///< for messages: the path, or "standard input"
  int n_channels = 0;                   ///< C >= 1
  std::vector<std::string> classes;     ///< distinct; may be empty
  std::vector<std::string> notes = {};  ///< lines that a user may like to know: counts beside the published ones
  std::uint64_t n_records = 0;          ///< that the source gives; 0: not known beforehand
};

/// Recordings one after the other; holds one at a time.
class EventSource {
 public:
  EventSource() = default;
  EventSource(const EventSource&) = delete;
  EventSource& operator=(const EventSource&) = delete;
  virtual ~EventSource() = default;

  virtual const EventSourceInfo& info() const = 0;
  /// The next recording; false after the last. A recording that cannot be used has `error` set and the next may follow.
  /// Throws std::runtime_error where nothing more can be read.
  virtual bool next(EventRecord& record) = 0;
};

/// What the first event (from 0) has that is wrong: a time that is negative or not finite, a channel outside 0..n_channels-1; or
/// that the lists' lengths differ. Empty if all is well.
std::string first_fault(const EventRecord& record, int n_channels);

/// Sorts events by time, equal times in the order given, and says in `warning` how many stood after later ones; sets `error`
/// and drops all events where there is a first_fault().
void check_events(EventRecord& record, int n_channels);

}  // namespace ear
