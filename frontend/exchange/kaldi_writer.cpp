#include <fmt/format.h>

#include <map>
#include <stdexcept>

#include "frontend/exchange/files.h"
#include "frontend/exchange/kaldi.h"
#include "frontend/exchange/kaldi_ark.h"
#include "frontend/exchange/values.h"
#include "frontend/stream/metadata.h"

namespace ear {

struct KaldiWriter::State {
  int fd = -1;
  OpenFile file;
  std::string folder;  // empty: the archive alone
  std::string shown_folder;
  std::uint64_t offset = 0;
  std::map<std::string, std::string> scp;  // sorted by key
  std::map<std::string, std::string> text;
  std::map<std::string, std::string> speakers;
  std::map<std::string, std::string> frames;
  std::string records;
  std::size_t n_labelled = 0;

  void write_table(const char* name, const std::map<std::string, std::string>& table) const {
    std::string lines;
    for (const auto& [key, value] : table) lines += value.empty() ? key + "\n" : fmt::format("{} {}\n", key, value);
    write(name, lines);
  }
  void write(const std::string& name, std::string_view contents) const {
    write_text(folder + "/" + name, shown_folder + "/" + name, contents);
  }
};

namespace {

Header without_events(Header header) {
  if (header.kind != Kind::kEvents) return header;
  throw std::invalid_argument("events are no matrix over time; ossicle-rebin makes a raster or counts of them first");
}

}  // namespace

KaldiWriter::KaldiWriter(const std::string& folder, std::string shown_folder, Header header)
    : RecordSink(shown_folder, without_events(std::move(header))), state_(std::make_unique<State>()) {
  state_->folder = folder;
  state_->shown_folder = std::move(shown_folder);
  state_->file = OpenFile::to_write(folder + "/feats.ark", name() + "/feats.ark");
  state_->fd = state_->file.fd();
}

KaldiWriter::KaldiWriter(int fd, std::string name, Header header)
    : RecordSink(std::move(name), without_events(std::move(header))), state_(std::make_unique<State>()) {
  state_->fd = fd;
}

KaldiWriter::~KaldiWriter() = default;

void KaldiWriter::put(const Record& record) {
  State& s = *state_;
  const std::string key = record.key + " ";
  const std::string head =
      ark_matrix_header(static_cast<std::uint64_t>(record.n_steps), static_cast<std::uint64_t>(header().n_channels));
  const Array values = floats_of(record.data);
  write_all(s.fd, name(), bytes_of(key + head));
  write_all(s.fd, name(), bytes_of(values));
  if (!record.label.empty() || !record.sequence.empty()) ++s.n_labelled;
  if (!s.folder.empty()) {
    std::string words = one_word(record.label);
    for (const std::string& word : record.sequence) words += (words.empty() ? "" : " ") + one_word(word);
    s.scp[record.key] = fmt::format("{}/feats.ark:{}", s.shown_folder, s.offset + key.size());
    s.text[record.key] = words;
    s.speakers[record.key] = record.speaker.empty() ? record.key : one_word(record.speaker);
    s.frames[record.key] = fmt::to_string(record.n_steps);
    s.records += record_json(record, npy_crc(header(), record));
  }
  s.offset += key.size() + head.size() + bytes_of(values).size();
}

std::vector<std::string> KaldiWriter::close() {
  State& s = *state_;
  if (s.folder.empty()) {
    if (s.n_labelled == 0) return {};
    return {fmt::format("the labels of {} records are not in an archive alone; a folder as output takes them",
                        s.n_labelled)};
  }
  s.file.close(name() + "/feats.ark");
  s.write_table("feats.scp", s.scp);
  s.write_table("text", s.text);
  s.write_table("utt2spk", s.speakers);
  s.write_table("utt2num_frames", s.frames);
  if (header().dt_ms) s.write("frame_shift", fmt::format("{}\n", *header().dt_ms / kMsPerSecond));
  s.write("ossicle_header.json", header_json(header()));
  s.write("ossicle_records.json", s.records + end_json(s.scp.size(), 0));
  return {};
}

}  // namespace ear
