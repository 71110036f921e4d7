#include "tools/rebin/hdf5_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "tools/common/list_file.h"
#include "tools/common/record_source.h"

namespace tools {

namespace {

/// What the files of one run must have in common.
ear::Header header_of(const ear::EventSourceInfo& info) {
  ear::Header header;
  header.n_channels = info.n_channels;
  header.classes = info.classes;
  return header;
}

}  // namespace

Hdf5Files::Hdf5Files(const SourceOptions& o, const std::string& format) : options_(o) {
  if (std::ranges::find(o.files, "-") != o.files.end()) {
    throw std::invalid_argument("HDF5 cannot be read from a pipe; name a file");
  }
  if (o.shard.count > 1 && o.files.size() > 1) {
    throw std::invalid_argument("--shard with several HDF5 files: give them one at a time");
  }
  if (format == "ntidigits" && o.part.empty()) {
    throw std::invalid_argument("N-TIDIGITS has two parts in one file: give --part train or test");
  }
  if (!o.part.empty()) events_.ntidigits.part = o.part;
  if (!o.split.empty()) events_.ntidigits.split = o.split;
  if (!o.classes.empty()) events_.ntidigits.classes = read_classes(o.classes);
  events_.ntidigits.sequences = o.sequences;
  events_.shard = o.shard;
  open(0);
  check_layout(format);
}

void Hdf5Files::check_layout(const std::string& format) const {
  const std::string found = is_ntidigits() ? "ntidigits" : "shd";
  if (format != "hdf5" && format != found) {
    throw std::invalid_argument(fmt::format("{}: has the layout of {}, not of --format {}", info_.name, found, format));
  }
  if (is_ntidigits() && options_.part.empty()) {
    throw std::invalid_argument(
        fmt::format("{}: N-TIDIGITS has two parts in one file: give --part train or test", info_.name));
  }
  const bool of_ntidigits =
      !options_.part.empty() || !options_.split.empty() || options_.sequences || !options_.classes.empty();
  if (!is_ntidigits() && of_ntidigits) {
    throw std::invalid_argument(
        fmt::format("{}: --part, --split, --sequences and --classes apply to N-TIDIGITS; SHD has a file for each part, "
                    "with its classes in it",
                    info_.name));
  }
}

std::string Hdf5Files::description() const {
  if (!is_ntidigits()) return "shd";
  return fmt::format("ntidigits, part {} of split {}, {}", options_.part,
                     options_.split.empty() ? "official" : options_.split,
                     options_.sequences ? "connected digits too" : "single digits");
}

void Hdf5Files::open(std::size_t index) {
  auto opened = ear::open_hdf5_events(options_.files[index], events_);
  ear::EventSourceInfo info = opened->info();
  if (source_) require_same_header(header_of(info), info.name, header_of(info_), info_.name);
  index_ = index;
  source_ = std::move(opened);
  std::vector<std::string> notes = std::move(info_.notes);
  for (const std::string& note : info.notes) {
    notes.push_back(options_.files.size() > 1 ? fmt::format("{}: {}", info.name, note) : note);
  }
  info_ = std::move(info);
  info_.notes = std::move(notes);
}

bool Hdf5Files::next(ear::EventRecord& record) {
  while (!source_->next(record)) {
    if (index_ + 1 == options_.files.size()) return false;
    open(index_ + 1);
  }
  return true;
}

}  // namespace tools
