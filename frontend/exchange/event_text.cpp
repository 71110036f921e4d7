#include "frontend/exchange/formats.h"

#include <fmt/format.h>

#include <iterator>
#include <stdexcept>
#include <utility>

#include "frontend/events/stream_events.h"
#include "frontend/exchange/files.h"

namespace ear {

namespace {

/// The file of the record's events: KEY.txt, unless that is the classes' file; no key has a dot.
std::string file_of(const std::string& key) {
  return key == "classes" ? "classes.events.txt" : key + ".txt";
}

class EventTextWriter : public RecordWriter {
 public:
  EventTextWriter(std::string folder, std::string name, Header header, TimeUnit unit)
      : RecordWriter(std::move(name), with_spikes(std::move(header))),
        folder_(std::move(folder)),
        unit_(std::move(unit)) {
    std::string classes;
    for (const std::string& name_of_class : this->header().classes) classes += name_of_class + "\n";
    if (!classes.empty()) write_file("classes.txt", classes);
  }

  std::vector<std::string> close() override {
    write_file("list.tsv", list_);
    if (n_sequences_ == 0) return {};
    return {fmt::format("the words of {} recordings of several are not in the list, which has one label each",
                        n_sequences_)};
  }

 private:
  void put(const Record& record) override {
    EventRecord events;
    events_of_array(record.data, header().n_channels, record.dt_ms, events);
    if (!events.error.empty())
      throw std::invalid_argument(fmt::format("{}: record {}: {}", name(), record.key, events.error));
    std::string text = fmt::format("# channel time, {}; {} channels; {} steps of {} ms\n", unit_.name,
                                   header().n_channels, record.n_steps, record.dt_ms);
    for (std::size_t e = 0; e < events.times_s.size(); ++e) {
      fmt::format_to(std::back_inserter(text), "{} {}\n", events.channels[e], events.times_s[e] * unit_.per_second);
    }
    list_ += fmt::format("{}\t{}\t{}\t{}\n", file_of(record.key), record.label, record.speaker, record.key);
    n_sequences_ += record.sequence.empty() ? 0 : 1;
    write_file(file_of(record.key), text);
  }

  void write_file(const std::string& file, std::string_view text) const {
    write_text(folder_ + "/" + file, name() + "/" + file, text);
  }

  std::string folder_;
  TimeUnit unit_;
  std::string list_ = "path\tlabel\tspeaker\tkey\n";
  std::size_t n_sequences_ = 0;
};

}  // namespace

std::unique_ptr<RecordWriter> make_text_writer(std::string folder, std::string name, Header header, TimeUnit unit) {
  return std::make_unique<EventTextWriter>(std::move(folder), std::move(name), std::move(header), std::move(unit));
}

}  // namespace ear
