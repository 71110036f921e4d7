#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "frontend/base/units.h"
#include "frontend/exchange/files.h"
#include "frontend/exchange/formats.h"
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

class KaldiWriter : public RecordWriter {
 public:
  /// No folder: the archive alone.
  KaldiWriter(std::string folder, ByteOutput ark, std::string name, Header header)
      : RecordWriter(std::move(name), without_events(std::move(header))),
        folder_(std::move(folder)),
        ark_(std::move(ark)) {}

  std::vector<std::string> close() override {
    if (folder_.empty()) {
      if (n_labelled_ == 0) return {};
      return {fmt::format("the labels of {} records are not in an archive alone; a folder as output takes them",
                          n_labelled_)};
    }
    const auto write = [&](const std::string& file, const std::string& contents) {
      write_text(folder_ + "/" + file, name() + "/" + file, contents);
    };
    ark_.close();
    for (std::size_t table = 0; table < kTables.size(); ++table) {
      std::string text;
      for (const auto& [key, line] : lines_) text += key + (line[table].empty() ? "" : " ") + line[table] + "\n";
      write(kTables[table], text);
    }
    if (header().dt_ms) write("frame_shift", fmt::format("{}\n", *header().dt_ms / kMsPerSecond));
    write("ossicle_header.json", header_json(header()));
    write("ossicle_records.json", records_ + end_json(lines_.size(), 0));
    return {};
  }

 private:
  void put(const Record& record) override {
    const std::string head =
        record.key + " " +
        ark_matrix_header(static_cast<std::uint64_t>(record.n_steps), static_cast<std::uint64_t>(header().n_channels));
    const Array values =
        std::visit([](const auto& data) { return std::vector<float>(data.begin(), data.end()); }, record.data);
    ark_.write(bytes_of(head));
    ark_.write(bytes_of(values));
    if (!record.label.empty() || !record.sequence.empty()) ++n_labelled_;
    if (!folder_.empty()) {
      std::string words = one_word(record.label);
      for (const std::string& word : record.sequence) words += (words.empty() ? "" : " ") + one_word(word);
      lines_[record.key] = {fmt::format("{}/feats.ark:{}", name(), offset_ + record.key.size() + 1), words,
                            record.speaker.empty() ? record.key : one_word(record.speaker),
                            fmt::to_string(record.n_steps)};
      records_ += record_json(record, npy_crc(header(), record));
    }
    offset_ += head.size() + bytes_of(values).size();
  }

  std::string folder_;
  ByteOutput ark_;
  std::uint64_t offset_ = 0;
  std::map<std::string, std::array<std::string, kTables.size()>> lines_;  // of the tables, sorted by key
  std::string records_;
  std::size_t n_labelled_ = 0;
};

}  // namespace

std::unique_ptr<RecordWriter> make_kaldi_writer(const std::string& folder, std::string shown_folder, Header header) {
  ByteOutput ark(folder + "/feats.ark", shown_folder + "/feats.ark");
  return std::make_unique<KaldiWriter>(folder, std::move(ark), std::move(shown_folder), std::move(header));
}

std::unique_ptr<RecordWriter> make_kaldi_ark_writer(int fd, std::string name, Header header) {
  return std::make_unique<KaldiWriter>("", ByteOutput(fd, name), name, std::move(header));
}

}  // namespace ear
