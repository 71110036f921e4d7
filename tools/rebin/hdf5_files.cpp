#include "tools/rebin/hdf5_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace tools {

namespace {

ear::Hdf5EventsOptions events_options(const Hdf5FilesOptions& o) {
  ear::Hdf5EventsOptions options;
  if (!o.part.empty()) options.ntidigits.part = ear::parse_part(o.part);
  if (!o.split.empty()) options.ntidigits.split = ear::parse_split(o.split);
  if (!o.classes.empty()) options.ntidigits.classes = o.classes;
  options.ntidigits.sequences = o.sequences;
  options.shard = o.shard;
  return options;
}

}  // namespace

Hdf5Files::Hdf5Files(Hdf5FilesOptions options) : options_(std::move(options)) {
  const auto& paths = options_.paths;
  if (std::find(paths.begin(), paths.end(), "-") != paths.end()) {
    throw std::invalid_argument("HDF5 cannot be read from a pipe; name a file");
  }
  if (options_.shard.count > 1 && paths.size() > 1) {
    throw std::invalid_argument("--shard with several HDF5 files: give them one at a time");
  }
  if (options_.format == "ntidigits" && options_.part.empty()) {
    throw std::invalid_argument("N-TIDIGITS has two parts in one file: give --part train or test");
  }
  open(0);
  check_layout();
}

std::string Hdf5Files::layout() const {
  return source_->info().n_channels == ear::Ntidigits::kChannels ? "ntidigits" : "shd";
}

void Hdf5Files::check_layout() const {
  const std::string found = layout();
  if (!options_.format.empty() && options_.format != found) {
    throw std::invalid_argument(
        fmt::format("{}: has the layout of {}, not of --format {}", info().name, found, options_.format));
  }
  if (found == "ntidigits") {
    if (!options_.part.empty()) return;
    throw std::invalid_argument(
        fmt::format("{}: N-TIDIGITS has two parts in one file: give --part train or test", info().name));
  }
  const bool given =
      !options_.part.empty() || !options_.split.empty() || options_.sequences || !options_.classes.empty();
  if (given) {
    throw std::invalid_argument(
        fmt::format("{}: --part, --split, --sequences and --classes apply to N-TIDIGITS; SHD has a file for each part, "
                    "with its classes in it",
                    info().name));
  }
}

std::string Hdf5Files::description() const {
  if (layout() == "shd") return "shd";
  return fmt::format("ntidigits, part {} of split {}, {}", options_.part,
                     options_.split.empty() ? "official" : options_.split,
                     options_.sequences ? "connected digits too" : "single digits");
}

void Hdf5Files::open(std::size_t index) {
  auto opened = ear::open_hdf5_events(options_.paths[index], events_options(options_));
  if (source_) {
    const auto& first = source_->info();
    const auto& other = opened->info();
    if (other.n_channels != first.n_channels || other.classes != first.classes) {
      throw std::runtime_error(
          fmt::format("{}: {} channels and {} classes do not go with {}: {} channels and {} classes{}", other.name,
                      other.n_channels, other.classes.size(), first.name, first.n_channels, first.classes.size(),
                      other.classes.size() == first.classes.size() ? " of other names" : ""));
    }
  }
  index_ = index;
  source_ = std::move(opened);
  std::vector<std::string> notes = std::move(info_.notes);
  info_ = source_->info();
  for (const std::string& note : info_.notes) {
    notes.push_back(options_.paths.size() > 1 ? fmt::format("{}: {}", info_.name, note) : note);
  }
  info_.notes = std::move(notes);
}

bool Hdf5Files::next(ear::EventRecord& record) {
  while (!source_->next(record)) {
    if (index_ + 1 == options_.paths.size()) return false;
    open(index_ + 1);
  }
  return true;
}

}  // namespace tools
