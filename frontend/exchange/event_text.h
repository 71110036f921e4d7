#pragma once
// Events as text: a file of lines `channel time` for each record, and the list of them (frontend/events/text_events.h reads both).
#include <string>

#include "frontend/events/text_events.h"
#include "frontend/exchange/records.h"

namespace ear {

/// Writes KEY.txt for each record (classes.events.txt for the key "classes"), list.tsv (path, label, speaker, key), which ossicle-rebin --list takes, and classes.txt, the
/// names of the classes in their order. Each file's first line is a comment with the unit, the channels and the length. An event
/// of step k is given the middle of the step, (k + 1/2) dt; n spikes in a step are n lines. Lost: steps after the last event,
/// sequences, the length of a step, the recipe. Memory: the list.
class EventTextWriter : public RecordSink {
 public:
  /// Into an empty folder; `name` stands in messages. Throws std::invalid_argument for cochleagrams, which are no spikes.
  EventTextWriter(std::string folder, std::string name, Header header, TimeUnit unit);
  std::vector<std::string> close() override;

 private:
  void put(const Record& record) override;
  void write_file(const std::string& file, std::string_view text) const;

  std::string folder_;
  TimeUnit unit_;
  std::string list_ = "path\tlabel\tspeaker\tkey\n";
  std::size_t n_sequences_ = 0;
};

}  // namespace ear
