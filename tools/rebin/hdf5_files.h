#pragma once
// HDF5 files of events, one after the other.
#include <memory>
#include <string>
#include <vector>

#include "frontend/events/event_source.h"
#include "frontend/events/hdf5_events.h"
#include "frontend/stream/list.h"

namespace tools {

/// What a person sets; empty: not given.
struct Hdf5FilesOptions {
  std::vector<std::string> paths;
  std::string format;                ///< "ntidigits" or "shd"; empty: whichever the first is
  std::string part, split;           ///< of N-TIDIGITS
  bool sequences = false;            ///< likewise
  std::vector<std::string> classes;  ///< likewise; empty: the usual order
  ear::Shard shard;
};

class Hdf5Files : public ear::EventSource {
 public:
  /// Opens the first. Throws std::invalid_argument for options that do not go together or not with the file's layout,
  /// std::runtime_error for what cannot be read.
  explicit Hdf5Files(Hdf5FilesOptions options);

  /// What it is, for made_by: "ntidigits, part train of split official, single digits".
  std::string description() const;
  /// Of the file that is being read; the notes are of all that were opened.
  const ear::EventSourceInfo& info() const override { return info_; }
  /// Throws std::runtime_error, too, for a file whose channels or classes differ from the first's.
  bool next(ear::EventRecord& record) override;

 private:
  void open(std::size_t index);
  void check_layout() const;
  std::string layout() const;

  Hdf5FilesOptions options_;
  std::size_t index_ = 0;
  std::unique_ptr<ear::EventSource> source_;
  ear::EventSourceInfo info_;
};

}  // namespace tools
