#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "frontend/exchange/files.h"
#include "frontend/exchange/kaldi.h"
#include "frontend/exchange/kaldi_ark.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

constexpr std::array<const char*, 4> kTables = {"feats.scp", "text", "utt2spk", "utt2num_frames"};

Header without_events(Header header) {
  if (header.kind != Kind::kEvents) return header;
  throw std::invalid_argument("events are no matrix over time; ossicle-rebin makes a raster or counts of them first");
}

/// Text without blanks and line feeds, which become '_': for lists that are divided by them.
std::string one_word(std::string text) {
  std::ranges::replace_if(
      text, [](unsigned char c) { return c <= ' ' || c == 0x7F; }, '_');
  return text;
}

}  // namespace

struct KaldiWriter::State {
  ByteOutput ark;
  std::string folder;  // empty: the archive alone
  std::uint64_t offset = 0;
  std::map<std::string, std::array<std::string, kTables.size()>> lines;  // of the tables, sorted by key
  std::string records;
  std::size_t n_labelled = 0;
};

KaldiWriter::KaldiWriter(const std::string& folder, std::string shown_folder, Header header)
    : RecordSink(std::move(shown_folder), without_events(std::move(header))),
      state_(new State{ByteOutput(folder + "/feats.ark", name() + "/feats.ark"), folder, 0, {}, {}, 0}) {}

KaldiWriter::KaldiWriter(int fd, std::string name, Header header)
    : RecordSink(std::move(name), without_events(std::move(header))),
      state_(new State{ByteOutput(fd, this->name()), {}, 0, {}, {}, 0}) {}

KaldiWriter::~KaldiWriter() = default;

void KaldiWriter::put(const Record& record) {
  State& s = *state_;
  const std::string head =
      record.key + " " +
      ark_matrix_header(static_cast<std::uint64_t>(record.n_steps), static_cast<std::uint64_t>(header().n_channels));
  const Array values =
      std::visit([](const auto& data) { return std::vector<float>(data.begin(), data.end()); }, record.data);
  s.ark.write(bytes_of(head));
  s.ark.write(bytes_of(values));
  if (!record.label.empty() || !record.sequence.empty()) ++s.n_labelled;
  if (!s.folder.empty()) {
    std::string words = one_word(record.label);
    for (const std::string& word : record.sequence) words += (words.empty() ? "" : " ") + one_word(word);
    s.lines[record.key] = {fmt::format("{}/feats.ark:{}", name(), s.offset + record.key.size() + 1), words,
                           record.speaker.empty() ? record.key : one_word(record.speaker),
                           fmt::to_string(record.n_steps)};
    s.records += record_json(record, npy_crc(header(), record));
  }
  s.offset += head.size() + bytes_of(values).size();
}

std::vector<std::string> KaldiWriter::close() {
  State& s = *state_;
  if (s.folder.empty()) {
    if (s.n_labelled == 0) return {};
    return {fmt::format("the labels of {} records are not in an archive alone; a folder as output takes them",
                        s.n_labelled)};
  }
  const auto write = [&](const std::string& file, const std::string& contents) {
    write_text(s.folder + "/" + file, name() + "/" + file, contents);
  };
  s.ark.close();
  for (std::size_t table = 0; table < kTables.size(); ++table) {
    std::string text;
    for (const auto& [key, line] : s.lines) text += key + (line[table].empty() ? "" : " ") + line[table] + "\n";
    write(kTables[table], text);
  }
  if (header().dt_ms) write("frame_shift", fmt::format("{}\n", *header().dt_ms / kMsPerSecond));
  write("ossicle_header.json", header_json(header()));
  write("ossicle_records.json", s.records + end_json(s.lines.size(), 0));
  return {};
}

}  // namespace ear
