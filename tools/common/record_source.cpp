#include "tools/common/record_source.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <numeric>
#include <stdexcept>
#include <tuple>

namespace tools {

namespace {

constexpr const char* kWanted = "a stream, as ossicle-lyon writes it";

/// Of each of the files; empty if one is none.
std::vector<double> sizes_of(const std::vector<std::string>& paths) {
  std::vector<double> sizes;
  for (const std::string& path : paths) {
    struct stat status = {};
    const int error = path == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(path.c_str(), &status);
    if (error != 0 || !S_ISREG(status.st_mode)) return {};
    sizes.push_back(static_cast<double>(status.st_size));
  }
  return sizes;
}

void require_file(const InputFile& file) {
  if (file.is_file()) return;
  throw std::runtime_error(
      fmt::format("{}: --shard counts the records first, which a pipe does not allow; name files, or give --shard to "
                  "the tool that makes the stream",
                  file.name()));
}

std::size_t count_records(const std::string& path) {
  InputFile file(path, kWanted);
  require_file(file);
  require_stream(file);
  ear::Reader reader(file.input(), file.name());
  for (ear::Record record; reader.next(record);) continue;
  return reader.n_records();
}

}  // namespace

void require_same_header(const ear::Header& header, const std::string& name, const ear::Header& first,
                         const std::string& first_name) {
  const std::string difference = first_difference(first, header);
  if (difference.empty()) return;
  throw std::runtime_error(
      fmt::format("{}: does not go with {}: {}; make both with the same options", name, first_name, difference));
}

RecordSource::RecordSource(std::vector<std::string> paths, ear::Shard shard, std::unique_ptr<InputFile> first,
                           Classes classes)
    : paths_(std::move(paths)), classes_(classes), n_bytes_(sizes_of(paths_)), file_(std::move(first)) {
  if (shard.count > 1) {
    if (file_) require_file(*file_);
    std::size_t n = 0;
    for (const std::string& path : paths_) n += count_records(path);
    std::tie(begin_, end_) = ear::range_of_shard(n, shard);
  }
  open(0);
  header_ = reader_->header();
}

void RecordSource::open(std::size_t index) {
  index_ = index;
  reader_.reset();
  if (index > 0 || !file_) file_ = std::make_unique<InputFile>(paths_[index], kWanted);
  require_stream(*file_);
  reader_.emplace(file_->input(), file_->name());
  if (index == 0) return;
  ear::Header header = reader_->header();
  if (classes_ == Classes::kAny) header.classes = header_.classes;
  require_same_header(header, file_->name(), header_, paths_.front());
}

bool RecordSource::next(ear::Record& record) {
  while (!at_end_ && (!end_ || n_read_ < *end_)) {
    if (reader_->next(record)) {
      if (n_read_++ >= begin_) return true;
    } else if (index_ + 1 < paths_.size()) {
      open(index_ + 1);
    } else {
      at_end_ = true;
    }
  }
  return false;
}

std::optional<std::size_t> RecordSource::n_records() const {
  return end_ ? std::optional(*end_ - begin_) : std::nullopt;
}

std::optional<double> RecordSource::share() const {
  if (end_ || n_bytes_.empty()) return std::nullopt;
  const auto here = n_bytes_.begin() + static_cast<std::ptrdiff_t>(index_);
  const double before = std::accumulate(n_bytes_.begin(), here, 0.0);
  const double all = std::accumulate(here, n_bytes_.end(), before);
  return (before + static_cast<double>(::lseek(file_->fd(), 0, SEEK_CUR))) / all;
}

}  // namespace tools
