#include "tools/convert/record_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>

#include "frontend/base/descriptor.h"
#include "frontend/exchange/formats.h"
#include "tools/convert/formats.h"

namespace tools {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxTextBytes = 1ULL << 30;

class StreamSource : public ear::RecordReader {
 public:
  explicit StreamSource(InputFile& file) : reader_(file.input(), file.name()) {}
  const ear::Header& header() const override { return reader_.header(); }
  bool is_own() const override { return true; }
  bool next(ear::ReadRecord& item) override {
    item.warning.clear();
    item.error.clear();
    return reader_.next(item.record);
  }

 private:
  ear::Reader reader_;
};

class StreamSink : public ear::RecordWriter {
 public:
  StreamSink(const OutputFile& file, const ear::Header& header)
      : RecordWriter(file.name(), header), writer_(file.fd(), file.name(), header) {}
  std::vector<std::string> close() override {
    writer_.close();
    return {};
  }

 private:
  void put(const ear::Record& record) override { writer_.write(record); }
  ear::Writer writer_;
};

std::optional<std::string> table(const std::string& path) {
  if (path.empty()) return std::nullopt;
  return read_file(path, kMaxTextBytes, "a table of Kaldi");
}

bool is_archive_alone(const std::string& path) {
  return path == "-" || fs::path(path).extension() == ".ark";
}

/// `name` stands in messages.
void sync(const fs::path& path, const std::string& name) {
  ear::Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file && ::fsync(file.get()) == 0 && file.close()) return;
  throw std::system_error(errno, std::generic_category(), name + ": cannot write");
}

}  // namespace

RecordInput::RecordInput(const std::string& format, const std::string& path, const RecordConversion& c) {
  if (format == "stream") {
    ear::require_no_params(c.foreign, path);
    file_ = std::make_unique<InputFile>(path, "a stream");
    require_stream(*file_);
    source_ = std::make_unique<StreamSource>(*file_);
  } else if (format == "npz") {
    if (path == "-") throw std::invalid_argument("an npz is read from its end, so not from a pipe; name a file");
    source_ = ear::open_npz(path, c.foreign);
  } else if (format == "shd") {
    if (path == "-") throw std::invalid_argument("HDF5 is not read from a pipe; name a file");
    source_ = ear::open_shd(path, c.foreign);
  } else if (format == "kaldi" && path != "-" && fs::is_directory(path)) {
    source_ = ear::open_kaldi_folder(path, c.foreign);
  } else if (format == "kaldi") {
    file_ = std::make_unique<InputFile>(path, "an archive of Kaldi");
    source_ = ear::open_kaldi_ark(file_->fd(), file_->name(), {table(c.labels), table(c.speakers)}, c.foreign);
  } else {
    open_text(path, c);
  }
}

void RecordInput::open_text(const std::string& path, const RecordConversion& c) {
  if (c.time_unit.empty())
    throw std::invalid_argument("text of events does not say its unit; give --time-unit s|ms|us");
  if (!c.n_channels)
    throw std::invalid_argument("text of events does not say how many channels there are; give --input-channels");
  const fs::path folder = fs::is_directory(path) ? fs::path(path) : fs::path(path).parent_path();
  const std::string list = fs::is_directory(path) ? (folder / "list.tsv").string() : path;
  entries_ = ear::parse_list(read_file(list, kMaxTextBytes, "a list of recordings"), list);
  ear::TextEventsParams params{ear::parse_time_unit(c.time_unit), *c.n_channels, c.foreign.classes};
  const std::string stored = (folder / "classes.txt").string();
  if (params.classes.empty() && fs::exists(stored)) {
    params.classes = ear::parse_classes(read_file(stored, kMaxTextBytes), stored);
  }
  if (params.classes.empty()) params.classes = ear::classes_of(entries_);
  ear::check_labels(entries_, params.classes);
  const auto read = [folder](const ear::ListEntry& entry) {
    const std::string file = (folder / entry.path).string();
    return std::pair(file, read_file(file, kMaxTextBytes, "text of events"));
  };
  auto events = std::make_unique<ear::TextEvents>(entries_, params, read);
  ear::ForeignParams foreign = c.foreign;
  foreign.classes.clear();
  source_ = ear::events_as_records(std::move(events), foreign, "text");
}

OutputFolder::OutputFolder(const std::string& path) : name_(path) {
  if (path.empty() || path == "-") throw std::runtime_error("this format is a folder of files; name one with -o");
  fs::path target = fs::path(path).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();
  if (fs::exists(target) && !(fs::is_directory(target) && fs::is_empty(target))) {
    throw std::runtime_error(path + ": is there already; remove it or name another folder");
  }
  aside_.emplace(target, path, HiddenOutput::Type::kFolder);
}

void OutputFolder::commit() {
  for (const auto& entry : fs::directory_iterator(aside_->path())) {
    sync(entry.path(), (fs::path(name_) / entry.path().filename()).string());
  }
  aside_->become_target();
}

RecordOutput::RecordOutput(const std::string& format, const std::string& path, const ear::Header& header,
                           const RecordConversion& c) {
  const bool is_folder = format == "text" || (format == "kaldi" && !is_archive_alone(path));
  if (is_folder) {
    folder_ = std::make_unique<OutputFolder>(path);
  } else {
    file_ = std::make_unique<OutputFile>(path, kind_of_format(format));
  }
  if (format == "stream") {
    sink_ = std::make_unique<StreamSink>(*file_, header);
  } else if (format == "npz") {
    sink_ = ear::make_npz_writer(file_->fd(), file_->name(), header, file_->path().parent_path().string());
  } else if (format == "shd") {
    sink_ = ear::make_shd_writer(file_->path().string(), file_->name(), header);
  } else if (format == "kaldi" && is_folder) {
    sink_ = ear::make_kaldi_writer(folder_->aside(), path, header);
  } else if (format == "kaldi") {
    sink_ = ear::make_kaldi_ark_writer(file_->fd(), file_->name(), header);
  } else {
    const std::string unit = c.time_unit.empty() ? "s" : c.time_unit;
    sink_ = ear::make_text_writer(folder_->aside(), path, header, ear::parse_time_unit(unit));
  }
}

std::vector<std::string> RecordOutput::commit() {
  const std::vector<std::string> notes = sink_->close();
  if (file_) file_->commit();
  if (folder_) folder_->commit();
  return notes;
}

}  // namespace tools
