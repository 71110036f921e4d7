#include "frontend/exchange/shd_file.h"

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

}  // namespace

struct ShdWriter::State {
  State(const std::string& path, const std::string& name) : file(path, name) {}

  Hdf5Writer file;
  std::vector<double> labels;
  std::vector<double> speaker_numbers;
  std::vector<std::string> speakers;
  std::map<std::string, std::size_t> known_speakers;
  std::vector<std::string> records;
  std::size_t n_sequences = 0;
};

ShdWriter::ShdWriter(const std::string& path, std::string name, Header header)
    : RecordSink(std::move(name), with_spikes(std::move(header))), state_(std::make_unique<State>(path, this->name())) {
  State& s = *state_;
  s.file.group("/spikes");
  s.file.rows("/spikes/times", Hdf5Type::kFloat64);
  s.file.rows("/spikes/units", this->header().n_channels <= 65536 ? Hdf5Type::kUInt16 : Hdf5Type::kUInt32);
}

ShdWriter::~ShdWriter() = default;

void ShdWriter::put(const Record& record) {
  State& s = *state_;
  const std::string where = fmt::format("{}: record {}", name(), record.key);
  std::string json = checked_text(where, "metadata", record_json(record, npy_crc(header(), record)));
  checked_text(where, "speaker", record.speaker);
  EventRecord events;
  events_of_array(record.data, header().n_channels, record.dt_ms, events);
  if (!events.error.empty()) throw std::invalid_argument(fmt::format("{}: {}", where, events.error));
  s.file.append("/spikes/times", events.times_s);
  s.file.append("/spikes/units", as_numbers(events.channels));
  const auto& classes = header().classes;
  s.labels.push_back(
      record.label.empty()
          ? -1.0
          : static_cast<double>(std::find(classes.begin(), classes.end(), record.label) - classes.begin()));
  const auto [speaker, is_new] = s.known_speakers.emplace(record.speaker, s.speakers.size());
  if (is_new) s.speakers.push_back(record.speaker);
  s.speaker_numbers.push_back(static_cast<double>(speaker->second));
  s.records.push_back(std::move(json));
  s.n_sequences += record.sequence.empty() ? 0 : 1;
}

std::vector<std::string> ShdWriter::close() {
  State& s = *state_;
  const std::vector<std::uint64_t> shape = {s.labels.size()};
  s.file.numbers("/labels", Hdf5Type::kInt64, s.labels, shape);
  s.file.group("/extra");
  s.file.strings("/extra/keys", header().classes);
  s.file.numbers("/extra/speaker", Hdf5Type::kInt64, s.speaker_numbers, shape);
  s.file.group("/ossicle");
  s.file.text("/ossicle/header", checked_text(name(), "the header", header_json(header())));
  s.file.strings("/ossicle/records", s.records);
  s.file.strings("/ossicle/speakers", s.speakers);
  s.file.close();
  if (s.n_sequences == 0) return {};
  return {
      fmt::format("{} records of several words have the label -1: this layout has one label a record", s.n_sequences)};
}

}  // namespace ear
