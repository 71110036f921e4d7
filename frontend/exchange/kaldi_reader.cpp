#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <stdexcept>

#include "frontend/exchange/files.h"
#include "frontend/exchange/kaldi.h"
#include "frontend/exchange/kaldi_ark.h"
#include "frontend/exchange/values.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

namespace fs = std::filesystem;

/// Matrices one after the other: of an archive, or of the lines of a feats.scp.
class Matrices {
 public:
  explicit Matrices(ByteInput ark) : ark_(std::move(ark)) {}
  Matrices(std::string scp_path, std::string text)
      : ark_(-1, scp_path), scp_path_(std::move(scp_path)), text_(std::move(text)), lines_(lines_of(text_)) {}
  static std::unique_ptr<Matrices> of_folder(const std::string& folder);

  bool next(std::string& key, KaldiMatrix& matrix) {
    if (!scp_path_.empty() ? !find_line(key) : !read_ark_key(ark_, key)) return false;
    matrix = read_ark_matrix(ark_, key);
    return true;
  }
  const std::string& name() const { return scp_path_.empty() ? ark_.name() : scp_path_; }

 private:
  /// Goes to the matrix of the next line `key FILE:BYTE`.
  bool find_line(std::string& key) {
    if (next_line_ == lines_.size()) return false;
    const auto& [number, line] = lines_[next_line_++];
    const std::vector<std::string> words = words_of(line);
    // As for Kaldi, the place is the rest of the line: a folder's name may have blanks.
    const std::string place = words.size() < 2 ? "" : std::string(line.substr(line.find(words[1], words[0].size())));
    const std::size_t colon = place.rfind(':');
    std::uint64_t offset = 0;
    bool good = colon != std::string::npos;
    if (good) {
      const char* const end = place.data() + place.size();
      const auto [rest, error] = std::from_chars(place.data() + colon + 1, end, offset);
      good = error == std::errc() && rest == end;
    }
    if (!good) {
      throw std::runtime_error(
          fmt::format("{}:{}: wanted `key FILE:BYTE`; commands and ranges are not run, `copy-feats "
                      "scp:FILE ark:feats.ark` makes an archive of them",
                      scp_path_, number));
    }
    key = words[0];
    open(place.substr(0, colon));
    ark_.seek(offset);
    return true;
  }

  void open(const std::string& path) {
    if (path == ark_path_) return;
    // As Kaldi reads it, from the working folder; or beside the table, where the folder was moved.
    const fs::path beside = fs::path(scp_path_).parent_path() / fs::path(path).filename();
    const std::string found = fs::exists(path) || !fs::exists(beside) ? path : beside.string();
    file_ = OpenFile::to_read(found);
    ark_ = ByteInput(file_.fd(), found);
    ark_path_ = path;
  }

  OpenFile file_;
  ByteInput ark_;
  std::string ark_path_;
  std::string scp_path_;
  std::string text_;
  std::vector<std::pair<std::size_t, std::string_view>> lines_;
  std::size_t next_line_ = 0;
};

std::unique_ptr<Matrices> Matrices::of_folder(const std::string& folder) {
  const std::string ark = folder + "/feats.ark";
  const std::string scp = folder + "/feats.scp";
  if (!fs::exists(ark)) {
    if (!fs::exists(scp)) throw std::runtime_error(folder + ": neither feats.ark nor feats.scp is in it");
    return std::make_unique<Matrices>(scp, read_text(scp));
  }
  OpenFile file = OpenFile::to_read(ark);
  auto matrices = std::make_unique<Matrices>(ByteInput(file.fd(), ark));
  matrices->file_ = std::move(file);
  return matrices;
}

/// Every record's metadata as KaldiWriter left it.
class OwnKaldi : public RecordSource {
 public:
  explicit OwnKaldi(const std::string& folder) : folder_(folder), matrices_(Matrices::of_folder(folder)) {
    const std::string records = folder + "/ossicle_records.json";
    try {
      header_ = parse_header(read_text(folder + "/ossicle_header.json"));
      check_header(header_);
    } catch (const std::runtime_error& bad) {
      throw std::runtime_error(fmt::format("{}/ossicle_header.json: {}", folder, bad.what()));
    }
    const std::string text = read_text(records);
    const auto lines = lines_of(text);
    if (lines.empty()) throw std::runtime_error(records + ": is cut");
    for (const auto& [number, line] : lines) {
      const std::string whole = std::string(line) + "\n";  // which the seal covers
      try {
        if (number == lines.size()) {
          if (parse_end(whole).n_records != records_.size()) throw std::runtime_error("lines are missing");
          break;
        }
        records_.emplace_back();
        crcs_.push_back(parse_record(whole, records_.back()));
      } catch (const std::runtime_error& bad) {
        throw std::runtime_error(fmt::format("{}:{}: {}", records, number, bad.what()));
      }
    }
  }

  const Header& header() const override { return header_; }
  std::optional<std::size_t> n_records() const override { return records_.size(); }
  bool is_own() const override { return true; }

  bool next(SourceItem& item) override {
    std::string key;
    KaldiMatrix matrix;
    const bool more = matrices_->next(key, matrix);
    if (!more && next_ == records_.size()) return false;
    if (!more || next_ == records_.size() || key != records_[next_].key) {
      throw std::runtime_error(fmt::format(
          "{}: {} stands where ossicle_records.json has {}; {}", matrices_->name(), more ? "key " + key : "the end",
          next_ < records_.size() ? "key " + records_[next_].key : "the end", kRemedy));
    }
    item = {records_[next_], {}, {}};
    const auto n_channels = static_cast<std::uint64_t>(header_.n_channels);
    try {
      if (matrix.rows != static_cast<std::uint64_t>(item.record.n_steps) || matrix.columns != n_channels) {
        throw std::runtime_error(fmt::format("{} x {} numbers, {} x {} were written; {}", matrix.rows, matrix.columns,
                                             item.record.n_steps, n_channels, kRemedy));
      }
      item.record.data = array_of(header_.kind, matrix.values, header_.n_channels);
      check_npy_crc(header_, item.record, crcs_[next_], kRemedy);
      check_record(header_, item.record);
    } catch (const std::runtime_error& bad) {
      throw std::runtime_error(fmt::format("{}: key {}: {}", matrices_->name(), key, bad.what()));
    }
    ++next_;
    return true;
  }

 private:
  static constexpr const char* kRemedy =
      "remove ossicle_header.json and ossicle_records.json: the folder is then read as any other of Kaldi";

  std::string folder_;
  std::unique_ptr<Matrices> matrices_;
  Header header_;
  std::vector<Record> records_;
  std::vector<std::uint32_t> crcs_;
  std::size_t next_ = 0;
};

using Table = std::map<std::string, std::vector<std::string>>;

class ForeignKaldi : public RecordSource {
 public:
  ForeignKaldi(std::unique_ptr<Matrices> matrices, std::optional<Table> text, Table speakers,
               const ForeignParams& params, std::optional<double> dt_ms)
      : matrices_(std::move(matrices)), text_(std::move(text)), speakers_(std::move(speakers)) {
    const double dt = require_dt(params, dt_ms, matrices_->name());
    const Kind kind = params.kind.value_or(Kind::kCochleagram);
    if (kind == Kind::kEvents) throw std::invalid_argument(matrices_->name() + ": matrices are no events");
    more_ = matrices_->next(name_, matrix_);
    if (!more_) throw std::runtime_error(matrices_->name() + ": holds no matrix");
    if (matrix_.columns > kMaxChannels)
      fail(fmt::format("{} columns, at most {} are allowed", matrix_.columns, kMaxChannels));
    std::vector<std::string> found;
    for (const auto& [key, words] : text_.value_or(Table{})) found.insert(found.end(), words.begin(), words.end());
    header_ = foreign_header(kind, static_cast<int>(matrix_.columns),
                             classes_or_sorted(params.classes, std::move(found)), dt, "kaldi");
  }

  const Header& header() const override { return header_; }

  bool next(SourceItem& item) override {
    if (!more_) return false;
    item = {};
    Record& record = item.record;
    try {
      record.key = key_of_(name_);
      if (matrix_.columns != static_cast<std::uint64_t>(header_.n_channels)) {
        throw std::runtime_error(
            fmt::format("{} columns, the first matrix has {}", matrix_.columns, header_.n_channels));
      }
      set_labels(record);
      record.n_steps = static_cast<int>(matrix_.rows);
      record.dt_ms = header_.dt_ms.value_or(0.0);
      record.data = array_of(header_.kind, matrix_.values, header_.n_channels);
      check_record(header_, record);
    } catch (const std::runtime_error& bad) {
      fail(bad.what());
    }
    more_ = matrices_->next(name_, matrix_);
    return true;
  }

  std::vector<std::string> notes() const override {
    std::vector<std::string> notes;
    if (std::string note = key_of_.note(); !note.empty()) notes.push_back(std::move(note));
    if (!text_) notes.emplace_back("no table of labels: the records are not labelled");
    if (text_ && n_read_ < text_->size()) {
      notes.push_back(fmt::format("{} keys of the labels' table are not in the archive", text_->size() - n_read_));
    }
    return notes;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("{}: key {}: {}", matrices_->name(), name_, what));
  }

  void set_labels(Record& record) {
    if (const auto speaker = speakers_.find(name_); speaker != speakers_.end() && speaker->second.size() == 1) {
      record.speaker =
          speaker->second[0] == name_ ? "" : speaker->second[0];  // Kaldi's way to say that it is not known
    }
    if (!text_) return;
    const auto found = text_->find(name_);
    if (found == text_->end())
      throw std::runtime_error("has no line in the table of labels; add one, `key` alone if it is not known");
    ++n_read_;
    if (found->second.size() == 1) record.label = found->second[0];
    if (found->second.size() > 1) record.sequence = found->second;
  }

  std::unique_ptr<Matrices> matrices_;
  std::optional<Table> text_;
  Table speakers_;
  Header header_;
  KeyMaker key_of_;
  std::string name_;  // of the matrix that is read ahead
  KaldiMatrix matrix_;
  bool more_ = false;
  std::size_t n_read_ = 0;
};

/// Seconds of a file frame_shift, in ms.
std::optional<double> frame_shift_ms(const std::string& path) {
  if (!fs::exists(path)) return std::nullopt;
  const std::string text = read_text(path);
  double seconds = 0.0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  const std::string_view after(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  if (error != std::errc() || after.find_first_not_of(" \r\n") != std::string_view::npos || !(seconds > 0.0)) {
    throw std::runtime_error(path + ": wanted one number above 0, seconds");
  }
  return seconds * kMsPerSecond;
}

}  // namespace

std::unique_ptr<RecordSource> open_kaldi_folder(const std::string& folder, const ForeignParams& params) {
  if (fs::exists(folder + "/ossicle_header.json")) {
    require_no_params(params, folder);
    return std::make_unique<OwnKaldi>(folder);
  }
  const auto table = [&folder](const char* name) {
    const std::string path = folder + "/" + name;
    return fs::exists(path) ? std::optional(parse_table(read_text(path), path)) : std::nullopt;
  };
  return std::make_unique<ForeignKaldi>(Matrices::of_folder(folder), table("text"), table("utt2spk").value_or(Table{}),
                                        params, frame_shift_ms(folder + "/frame_shift"));
}

std::unique_ptr<RecordSource> open_kaldi_ark(int fd, const std::string& name, const KaldiTables& tables,
                                             const ForeignParams& params) {
  auto text = tables.text ? std::optional(parse_table(*tables.text, "table of labels")) : std::nullopt;
  auto speakers = tables.utt2spk ? parse_table(*tables.utt2spk, "table of speakers") : Table{};
  return std::make_unique<ForeignKaldi>(std::make_unique<Matrices>(ByteInput(fd, name)), std::move(text),
                                        std::move(speakers), params, std::nullopt);
}

}  // namespace ear
