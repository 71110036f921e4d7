#include "tools/rebin/sources.h"

#include <fmt/format.h>

#include <stdexcept>

#include "frontend/events/stream_events.h"
#include "frontend/events/text_events.h"
#include "tools/common/io.h"
#include "tools/common/list_file.h"
#include "tools/common/record_source.h"
#include "tools/rebin/hdf5_files.h"

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

std::vector<ear::ListEntry> entries_of(const SourceOptions& o) {
  return o.list.empty() ? ear::list_of_paths(o.files) : read_list(o.list, o.root);
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

/// The files of the options, to compare with the output.
std::vector<std::string> paths_of(const SourceOptions& o) {
  std::vector<std::string> paths = o.files;
  paths.push_back(o.list);
  paths.push_back(o.classes);
  return paths;
}

Source open_texts(const SourceOptions& o, std::unique_ptr<InputFile> first) {
  if (o.time_unit.empty()) {
    throw std::invalid_argument("text does not say the unit of its times: give --time-unit s, ms or us");
  }
  if (o.input_channels < 1) {
    throw std::invalid_argument("text does not say how many channels there are: give --input-channels, 1 or more");
  }
  auto entries = entries_of(o);
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
  auto files = std::make_unique<Hdf5Files>(o, format);
  const std::string which = files->description();
  std::optional<std::size_t> n;
  if (o.files.size() == 1) n = files->info().n_records;
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
