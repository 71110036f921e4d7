#include "tools/rebin/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "frontend/events/hdf5_events.h"
#include "frontend/events/stream_events.h"
#include "frontend/events/text_events.h"
#include "tools/common/io.h"
#include "tools/common/list_file.h"
#include "tools/common/record_source.h"

namespace tools {

namespace {

constexpr std::size_t kMaxTextBytes = 1ULL << 30;  // of one recording
constexpr const char* kWanted = "events: a stream, text, N-TIDIGITS or SHD";

/// "hdf5", "stream" or "text" by the first bytes.
std::string look(InputFile& file) {
  switch (const FileKind kind = kind_of(file)) {
    case FileKind::kHdf5:
      return "hdf5";
    case FileKind::kStream:
      return "stream";
    case FileKind::kText:
    case FileKind::kUnknown:  // the reader of text says what is wrong, and where
    case FileKind::kEmpty:
      return "text";
    default:
      refuse_kind(file.name(), kind, kWanted, kind == FileKind::kList ? "give it with --list" : "");
  }
}

/// Refuses options that mean nothing for the format.
void check_applies(const SourceOptions& o, const std::string& format) {
  const bool text = format == "text";
  const bool ntidigits = format == "hdf5" || format == "ntidigits";
  const auto check = [&](bool given, bool applies, const char* option, const char* to) {
    if (given && !applies) throw std::invalid_argument(fmt::format("{} applies to {} only; leave it out", option, to));
  };
  check(!o.list.empty(), text, "--list", "text");
  check(!o.time_unit.empty(), text, "--time-unit", "text");
  check(o.input_channels != 0, text, "--input-channels", "text");
  check(!o.classes.empty(), text || ntidigits, "--classes", "text and N-TIDIGITS");
  check(!o.part.empty(), ntidigits, "--part", "N-TIDIGITS");
  check(!o.split.empty(), ntidigits, "--split", "N-TIDIGITS");
  check(o.sequences, ntidigits, "--sequences", "N-TIDIGITS");
}

/// The files of a list, which it holds.
class ListedTexts : public ear::EventSource {
 public:
  /// `first`: the first file where it is open already.
  ListedTexts(std::vector<ear::ListEntry> entries, const SourceOptions& o, ear::TextEventsParams params,
              std::unique_ptr<InputFile> first)
      : entries_(std::move(entries)),
        first_(std::move(first)),
        texts_(ear::entries_of_shard(entries_, o.shard), std::move(params),
               [this, root = o.root](const ear::ListEntry& entry) { return read(entry, root); }) {}

  const ear::EventSourceInfo& info() const override { return texts_.info(); }
  bool next(ear::EventRecord& record) override { return texts_.next(record); }

 private:
  std::pair<std::string, std::string> read(const ear::ListEntry& entry, const std::string& root) {
    const bool is_open = first_ && &entry == &entries_.front();
    const auto file =
        is_open ? std::move(first_) : std::make_unique<InputFile>(ear::path_of(entry, root), "events as text");
    return {file->name(), read_file(*file, kMaxTextBytes)};
  }

  std::vector<ear::ListEntry> entries_;
  std::unique_ptr<InputFile> first_;
  ear::TextEvents texts_;
};

/// What the files of one run must have in common.
ear::Header header_of(const ear::EventSourceInfo& info) {
  ear::Header header;
  header.n_channels = info.n_channels;
  header.classes = info.classes;
  return header;
}

/// HDF5 files, one after the other.
class Hdf5Files : public ear::EventSource {
 public:
  /// Opens the first.
  explicit Hdf5Files(const SourceOptions& o) : files_(o.files) {
    if (std::ranges::find(o.files, "-") != o.files.end()) {
      throw std::invalid_argument("HDF5 cannot be read from a pipe; name a file");
    }
    if (o.shard.count > 1 && o.files.size() > 1) {
      throw std::invalid_argument("--shard with several HDF5 files: give them one at a time");
    }
    if (!o.part.empty()) events_.ntidigits.part = o.part;
    if (!o.split.empty()) events_.ntidigits.split = o.split;
    if (!o.classes.empty()) events_.ntidigits.classes = read_classes(o.classes);
    events_.ntidigits.sequences = o.sequences;
    events_.shard = o.shard;
    open(0);
  }

  /// Of the file that is being read; the notes are of all that were opened.
  const ear::EventSourceInfo& info() const override { return info_; }
  bool next(ear::EventRecord& record) override {
    while (!source_->next(record)) {
      if (index_ + 1 == files_.size()) return false;
      open(index_ + 1);
    }
    return true;
  }

 private:
  void open(std::size_t index) {
    auto opened = ear::open_hdf5_events(files_[index], events_);
    ear::EventSourceInfo info = opened->info();
    if (source_) require_same_header(header_of(info), info.name, header_of(info_), info_.name);
    index_ = index;
    source_ = std::move(opened);
    std::vector<std::string> notes = std::move(info_.notes);
    for (const std::string& note : info.notes) {
      notes.push_back(files_.size() > 1 ? fmt::format("{}: {}", info.name, note) : note);
    }
    info_ = std::move(info);
    info_.notes = std::move(notes);
  }

  std::vector<std::string> files_;
  ear::Hdf5EventsOptions events_;
  std::size_t index_ = 0;
  std::unique_ptr<ear::EventSource> source_;
  ear::EventSourceInfo info_;
};

/// Refuses options that do not go with the layout of the file.
void check_layout(const SourceOptions& o, const std::string& format, const std::string& name, bool ntidigits) {
  const std::string found = ntidigits ? "ntidigits" : "shd";
  if (format != "hdf5" && format != found) {
    throw std::invalid_argument(fmt::format("{}: has the layout of {}, not of --format {}", name, found, format));
  }
  if (ntidigits && o.part.empty()) {
    throw std::invalid_argument(
        fmt::format("{}: N-TIDIGITS has two parts in one file: give --part train or test", name));
  }
  if (!ntidigits && (!o.part.empty() || !o.split.empty() || o.sequences || !o.classes.empty())) {
    throw std::invalid_argument(
        fmt::format("{}: --part, --split, --sequences and --classes apply to N-TIDIGITS; SHD has a file for each part, "
                    "with its classes in it",
                    name));
  }
}

/// The files of the options, to compare with the output.
std::vector<std::string> paths_of(const SourceOptions& o) {
  std::vector<std::string> paths = o.files;
  paths.insert(paths.end(), {o.list, o.classes});
  return paths;
}

Source open_texts(const SourceOptions& o, std::unique_ptr<InputFile> first) {
  if (o.time_unit.empty()) {
    throw std::invalid_argument("text does not say the unit of its times: give --time-unit s, ms or us");
  }
  if (o.input_channels < 1) {
    throw std::invalid_argument("text does not say how many channels there are: give --input-channels, 1 or more");
  }
  auto entries = read_entries(o.list, o.root, o.files);
  ear::TextEventsParams params{ear::parse_time_unit(o.time_unit), o.input_channels, ear::classes_of(entries)};
  if (!o.classes.empty()) params.classes = read_classes(o.classes);
  ear::check_labels(entries, params.classes);
  std::vector<std::string> paths = paths_of(o);
  for (const ear::ListEntry& entry : entries) paths.push_back(ear::path_of(entry, o.root));
  const std::size_t n = ear::entries_of_shard(entries, o.shard).size();
  return {std::make_unique<ListedTexts>(std::move(entries), o, std::move(params), std::move(first)), {}, {}, paths, n};
}

Source open_streams(const SourceOptions& o, std::unique_ptr<InputFile> first) {
  const auto records = std::make_shared<RecordSource>(o.files, o.shard, std::move(first));
  const ear::Header& header = records->header();
  auto events = std::make_unique<ear::StreamEvents>(header, records->name(),
                                                    [records](ear::Record& record) { return records->next(record); });
  return {std::move(events), header.recipe,        header.made_by,
          paths_of(o),       records->n_records(), [records] { return records->share(); }};
}

Source open_hdf5(const SourceOptions& o, const std::string& format) {
  auto files = std::make_unique<Hdf5Files>(o);
  const ear::EventSourceInfo& info = files->info();
  const bool ntidigits = info.n_channels == ear::Ntidigits::kChannels;
  check_layout(o, format, info.name, ntidigits);
  std::string which = "shd";
  if (ntidigits) {
    which = fmt::format("ntidigits, part {} of split {}, {}", o.part, o.split.empty() ? "official" : o.split,
                        o.sequences ? "connected digits too" : "single digits");
  }
  std::optional<std::size_t> n;
  if (o.files.size() == 1) n = info.n_records;
  return {std::move(files), {}, {{"ossicle-rebin input", which}}, paths_of(o), n};
}

}  // namespace

Source open_source(const SourceOptions& o) {
  std::string format = o.format;
  std::unique_ptr<InputFile> first;  // read on as it is: opening a named pipe again would wait for another writer
  if (format == "auto") {
    format = "text";
    if (o.list.empty()) {
      first = std::make_unique<InputFile>(o.files.front(), kWanted);
      format = look(*first);
    }
  }
  check_applies(o, format);
  if (format == "text") return open_texts(o, std::move(first));
  if (format == "stream") return open_streams(o, std::move(first));
  return open_hdf5(o, format);
}

}  // namespace tools
