#pragma once
// Events as text, one recording in a file: lines `channel time`.
//
//   # left ear                a '#' begins a comment, up to the end of the line
//   12 0.0031                 separated by blanks, tabs or one comma
//   12,0.0102
//
// Empty lines, CR LF and a UTF-8 byte order mark are accepted. Channels are whole numbers from 0 (12, also 12.0 and 1.2e+01, as
// numpy.savetxt writes them), times are finite and >= 0.
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/events/event_source.h"
#include "frontend/stream/list.h"

namespace ear {

/// The unit of the times in a text. It is never guessed.
struct TimeUnit {
  std::string name = "s";   ///< "s", "ms" or "us"
  double per_second = 1.0;  ///< how many of it make a second
};

/// The unit of that name; throws std::invalid_argument for another.
TimeUnit parse_time_unit(const std::string& text);

/// Sets times, channels and warning of `record` (unsorted times are sorted, see check_events()). `name` stands in messages.
/// Throws std::runtime_error naming file and line: a line without two columns, what is no number (a line of column names
/// among it), a channel that is not in 0..n_channels-1, a time that is negative, not finite or out of range; bytes that are no
/// text.
void parse_text_events(std::string_view text, const std::string& name, const TimeUnit& unit, int n_channels,
                       EventRecord& record);

/// What is true of every file of a TextEvents.
struct TextEventsParams {
  TimeUnit unit;
  int n_channels = 0;                     ///< C >= 1; a file does not say how many there are beyond those it names
  std::vector<std::string> classes = {};  ///< as EventSourceInfo's
};

/// The recordings of a list, in its order.
class TextEvents : public EventSource {
 public:
  /// Name, for messages, and contents of an entry's file. What it throws, but for std::bad_alloc, becomes the record's error.
  using ReadFile = std::function<std::pair<std::string, std::string>(const ListEntry& entry)>;

  /// `entries` must outlive this. Throws std::invalid_argument if n_channels is below 1.
  TextEvents(std::span<const ListEntry> entries, TextEventsParams params, ReadFile read_file);

  const EventSourceInfo& info() const override { return info_; }
  bool next(EventRecord& record) override;

 private:
  std::span<const ListEntry> rest_;
  TextEventsParams params_;
  ReadFile read_file_;
  EventSourceInfo info_;
};

}  // namespace ear
