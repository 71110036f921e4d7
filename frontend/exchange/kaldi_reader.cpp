#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "frontend/base/text.h"
#include "frontend/base/units.h"
#include "frontend/exchange/files.h"
#include "frontend/exchange/formats.h"
#include "frontend/exchange/kaldi_ark.h"
#include "frontend/stream/metadata.h"
#include "frontend/stream/rules.h"

namespace ear {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLine = 8192;  // of a feats.scp

/// key -> words.
using Table = std::map<std::string, std::vector<std::string>>;

std::vector<std::string> words_of(std::string_view line) {
  std::istringstream words{std::string(line)};
  return {std::istream_iterator<std::string>(words), {}};
}

/// `key word word ...` in each line. Throws std::runtime_error naming table and line for a key that stands twice.
Table parse_table(std::string_view text, const std::string& name) {
  Table table;
  for (const auto& [number, line] : lines_of(text, name)) {
    std::vector<std::string> words = words_of(line);
    if (words.empty()) continue;
    const std::string key = words[0];
    words.erase(words.begin());
    if (!table.emplace(key, std::move(words)).second) {
      throw std::runtime_error(fmt::format("{}:{}: key {} stands twice", name, number, key));
    }
  }
  return table;
}

std::optional<Table> read_table(const std::string& path) {
  return fs::exists(path) ? std::optional(parse_table(read_text(path), path)) : std::nullopt;
}

/// Matrices one after the other: of an archive, or of the lines of a feats.scp.
class Matrices {
 public:
  Matrices(int fd, std::string name) : ark_(fd, std::move(name)) {}
  /// Of feats.ark in the folder, or of feats.scp where that is not there.
  explicit Matrices(const std::string& folder) : ark_(-1, folder + "/feats.scp") {
    const std::string ark = folder + "/feats.ark";
    if (fs::exists(ark)) {
      file_ = open_file(ark);
      ark_ = ByteInput(file_.get(), ark);
      return;
    }
    scp_path_ = ark_.name();
    if (!fs::exists(scp_path_)) throw std::runtime_error(folder + ": neither feats.ark nor feats.scp is in it");
    text_ = read_text(scp_path_);
    lines_ = lines_of(text_, scp_path_);
  }
  Matrices(const Matrices&) = delete;
  Matrices& operator=(const Matrices&) = delete;

  /// Reads the next key and its matrix; false at the end.
  bool next() {
    if (!scp_path_.empty() ? !find_line() : !read_ark_key(ark_, key)) return false;
    matrix = read_ark_matrix(ark_, key);
    return true;
  }
  const std::string& name() const { return scp_path_.empty() ? ark_.name() : scp_path_; }
  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(fmt::format("{}: key {}: {}", name(), key, what));
  }

  std::string key;
  KaldiMatrix matrix;

 private:
  /// Goes to the matrix of the next line `key FILE:BYTE`.
  bool find_line() {
    if (next_line_ == lines_.size()) return false;
    const auto& [number, line] = lines_[next_line_++];
    // As for Kaldi, the file is the rest of the line: a folder's name may have blanks.
    static const std::regex entry(R"(\s*(\S+)\s+(\S.*):(\d{1,18}))");
    std::cmatch m;
    // The regular expressions of the library recurse, so that a line without end would take all of the stack.
    if (line.size() > kMaxLine || !std::regex_match(line.begin(), line.end(), m, entry)) {
      throw std::runtime_error(
          fmt::format("{}:{}: wanted `key FILE:BYTE`; commands and ranges are not run, `copy-feats "
                      "scp:FILE ark:feats.ark` makes an archive of them",
                      scp_path_, number));
    }
    key = m[1];
    open(m[2]);
    ark_.seek(std::stoull(m[3]));
    return true;
  }

  void open(const std::string& path) {
    if (path == ark_path_) return;
    // As Kaldi reads it, from the working folder; or beside the table, where the folder was moved.
    const fs::path beside = fs::path(scp_path_).parent_path() / fs::path(path).filename();
    const std::string found = fs::exists(path) || !fs::exists(beside) ? path : beside.string();
    file_ = open_file(found);
    ark_ = ByteInput(file_.get(), found);
    ark_path_ = path;
  }

  Descriptor file_;
  ByteInput ark_;
  std::string ark_path_;
  std::string scp_path_;
  std::string text_;
  std::vector<std::pair<int, std::string_view>> lines_;
  std::size_t next_line_ = 0;
};

/// A folder of KaldiWriter: every record's metadata as they were left there.
class OwnKaldi : public RecordReader {
 public:
  explicit OwnKaldi(const std::string& folder) : matrices_(folder) {
    const std::string name = folder + "/ossicle_header.json", records = folder + "/ossicle_records.json";
    header_ = own_header(read_text(name), name);
    const std::string text = read_text(records);
    const auto lines = lines_of(text, records);
    if (lines.empty()) throw std::runtime_error(records + ": is cut");
    for (const auto& [number, line] : lines) {
      const std::string whole = std::string(line) + "\n";  // which the seal covers
      try {
        if (&line == &lines.back().second) {
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

  bool next(ReadRecord& item) override {
    const bool more = matrices_.next();
    const auto& [rows, columns, values] = matrices_.matrix;
    const std::string& key = matrices_.key;
    if (!more && next_ == records_.size()) return false;
    if (!more || next_ == records_.size() || key != records_[next_].key) {
      throw std::runtime_error(fmt::format(
          "{}: {} stands where ossicle_records.json has {}; {}", matrices_.name(), more ? "key " + key : "the end",
          next_ < records_.size() ? "key " + records_[next_].key : "the end", kRemedy));
    }
    item = {records_[next_], {}, {}};
    const auto n_channels = static_cast<std::uint64_t>(header_.n_channels);
    try {
      if (rows != static_cast<std::uint64_t>(item.record.n_steps) || columns != n_channels) {
        throw std::runtime_error(fmt::format("{} x {} numbers, {} x {} were written; {}", rows, columns,
                                             item.record.n_steps, n_channels, kRemedy));
      }
      item.record.data = array_of(header_.kind, values, header_.n_channels);
      check_own_record(header_, item.record, crcs_[next_], kRemedy);
    } catch (const std::runtime_error& bad) {
      matrices_.fail(bad.what());
    }
    ++next_;
    return true;
  }

 private:
  static constexpr const char* kRemedy =
      "remove ossicle_header.json and ossicle_records.json: the folder is then read as any other of Kaldi";

  Matrices matrices_;
  Header header_;
  std::vector<Record> records_;
  std::vector<std::uint32_t> crcs_;
  std::size_t next_ = 0;
};

class ForeignKaldi : public RecordReader {
 public:
  ForeignKaldi(std::unique_ptr<Matrices> matrices, std::optional<Table> text, std::optional<Table> speakers,
               const ForeignParams& params, std::optional<double> dt_ms)
      : matrices_(std::move(matrices)), text_(std::move(text)), speakers_(std::move(speakers).value_or(Table{})) {
    const double dt = require_dt(params, dt_ms, matrices_->name());
    more_ = matrices_->next();
    if (!more_) throw std::runtime_error(matrices_->name() + ": holds no matrix");
    std::vector<std::string> found;
    for (const auto& [key, words] : text_.value_or(Table{})) found.insert(found.end(), words.begin(), words.end());
    header_ = foreign_header(params.kind.value_or(Kind::kCochleagram), static_cast<int>(matrices_->matrix.columns),
                             classes_or_sorted(params.classes, found), dt, "kaldi");
  }

  const Header& header() const override { return header_; }

  bool next(ReadRecord& item) override {
    if (!more_) return false;
    item = {};
    Record& record = item.record;
    try {
      record.key = key_of_(matrices_->key);
      if (matrices_->matrix.columns != static_cast<std::uint64_t>(header_.n_channels)) {
        throw std::runtime_error(
            fmt::format("{} columns, the first matrix has {}", matrices_->matrix.columns, header_.n_channels));
      }
      set_labels(record);
      record.n_steps = static_cast<int>(matrices_->matrix.rows);
      record.dt_ms = header_.dt_ms.value_or(0.0);
      record.data = array_of(header_.kind, matrices_->matrix.values, header_.n_channels);
      check_record(header_, record);
    } catch (const std::runtime_error& bad) {
      matrices_->fail(bad.what());
    }
    more_ = matrices_->next();
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
  void set_labels(Record& record) {
    if (const auto speaker = speakers_.find(matrices_->key);
        speaker != speakers_.end() && speaker->second.size() == 1) {
      record.speaker =
          speaker->second[0] == matrices_->key ? "" : speaker->second[0];  // Kaldi's way to say that it is not known
    }
    if (!text_) return;
    const auto found = text_->find(matrices_->key);
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

std::unique_ptr<RecordReader> open_kaldi_folder(const std::string& folder, const ForeignParams& params) {
  if (fs::exists(folder + "/ossicle_header.json")) {
    require_no_params(params, folder);
    return std::make_unique<OwnKaldi>(folder);
  }
  return std::make_unique<ForeignKaldi>(std::make_unique<Matrices>(folder), read_table(folder + "/text"),
                                        read_table(folder + "/utt2spk"), params,
                                        frame_shift_ms(folder + "/frame_shift"));
}

std::unique_ptr<RecordReader> open_kaldi_ark(int fd, const std::string& name, const KaldiTables& tables,
                                             const ForeignParams& params) {
  const auto table = [](const std::optional<std::string>& text, const char* what) {
    return text ? std::optional(parse_table(*text, what)) : std::nullopt;
  };
  return std::make_unique<ForeignKaldi>(std::make_unique<Matrices>(fd, name), table(tables.text, "table of labels"),
                                        table(tables.utt2spk, "table of speakers"), params, std::nullopt);
}

}  // namespace ear
