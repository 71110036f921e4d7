#include "frontend/exchange/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "frontend/events/stream_events.h"
#include "frontend/hdf5/hdf5_file.h"
#include "frontend/stream/metadata.h"

namespace ear {

namespace {

constexpr std::size_t kMaxHdf5Text = 65'535;  // bytes of a header or a record's metadata

std::string checked_text(const std::string& name, const char* what, std::string text) {
  if (text.size() <= kMaxHdf5Text && text.find('\0') == std::string::npos) return text;
  throw std::invalid_argument(
      fmt::format("{}: {} of {} bytes, at most {} fit into this format", name, what, text.size(), kMaxHdf5Text));
}

std::vector<double> as_numbers(const auto& values) {
  return std::vector<double>(values.begin(), values.end());
}

class ShdWriter : public RecordWriter {
 public:
  ShdWriter(const std::string& path, std::string name, Header header)
      : RecordWriter(std::move(name), with_spikes(std::move(header))), file_(path, this->name()) {
    file_.group("/spikes");
    file_.rows("/spikes/times", Hdf5Type::kFloat64);
    file_.rows("/spikes/units", this->header().n_channels <= 65536 ? Hdf5Type::kUInt16 : Hdf5Type::kUInt32);
  }

  std::vector<std::string> close() override {
    const std::vector<std::uint64_t> shape = {labels_.size()};
    file_.numbers("/labels", Hdf5Type::kInt64, labels_, shape);
    file_.group("/extra");
    file_.strings("/extra/keys", header().classes);
    file_.numbers("/extra/speaker", Hdf5Type::kInt64, speaker_numbers_, shape);
    file_.group("/ossicle");
    file_.text("/ossicle/header", checked_text(name(), "the header", header_json(header())));
    file_.strings("/ossicle/records", records_);
    file_.strings("/ossicle/speakers", speakers_);
    file_.close();
    if (n_sequences_ == 0) return {};
    return {
        fmt::format("{} records of several words have the label -1: this layout has one label a record", n_sequences_)};
  }

 private:
  void put(const Record& record) override {
    const std::string where = fmt::format("{}: record {}", name(), record.key);
    std::string json = checked_text(where, "metadata", record_json(record, npy_crc(header(), record)));
    checked_text(where, "speaker", record.speaker);
    EventRecord events;
    events_of_array(record.data, header().n_channels, record.dt_ms, events);
    if (!events.error.empty()) throw std::invalid_argument(fmt::format("{}: {}", where, events.error));
    file_.append("/spikes/times", events.times_s);
    file_.append("/spikes/units", as_numbers(events.channels));
    const auto& classes = header().classes;
    labels_.push_back(
        record.label.empty()
            ? -1.0
            : static_cast<double>(std::find(classes.begin(), classes.end(), record.label) - classes.begin()));
    const auto [speaker, is_new] = known_speakers_.emplace(record.speaker, speakers_.size());
    if (is_new) speakers_.push_back(record.speaker);
    speaker_numbers_.push_back(static_cast<double>(speaker->second));
    records_.push_back(std::move(json));
    n_sequences_ += record.sequence.empty() ? 0 : 1;
  }

  Hdf5Writer file_;
  std::vector<double> labels_;
  std::vector<double> speaker_numbers_;
  std::vector<std::string> speakers_;
  std::map<std::string, std::size_t> known_speakers_;
  std::vector<std::string> records_;
  std::size_t n_sequences_ = 0;
};

}  // namespace

std::unique_ptr<RecordWriter> make_shd_writer(const std::string& path, std::string name, Header header) {
  return std::make_unique<ShdWriter>(path, std::move(name), std::move(header));
}

}  // namespace ear
