#pragma once
// HDF5 files of events, one after the other.
#include <memory>
#include <string>

#include "frontend/events/event_source.h"
#include "frontend/events/hdf5_events.h"
#include "tools/rebin/sources.h"

namespace tools {

class Hdf5Files : public ear::EventSource {
 public:
  /// Opens the first. A format of "ntidigits" or "shd" must be theirs. Throws std::invalid_argument for options that do not go
  /// together or not with the file's layout, std::runtime_error for what cannot be read.
  Hdf5Files(const SourceOptions& options, const std::string& format);

  /// What it is, for made_by: "ntidigits, part train of split official, single digits".
  std::string description() const;
  /// Of the file that is being read; the notes are of all that were opened.
  const ear::EventSourceInfo& info() const override { return info_; }
  /// Throws std::runtime_error, too, for a file whose channels or classes differ from the first's.
  bool next(ear::EventRecord& record) override;

 private:
  void open(std::size_t index);
  void check_layout(const std::string& format) const;
  bool is_ntidigits() const { return info_.n_channels == ear::Ntidigits::kChannels; }

  SourceOptions options_;
  ear::Hdf5EventsOptions events_;
  std::size_t index_ = 0;
  std::unique_ptr<ear::EventSource> source_;
  ear::EventSourceInfo info_;
};

}  // namespace tools
