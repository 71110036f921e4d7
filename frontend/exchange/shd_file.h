#pragma once
// HDF5 in the layout of the Spiking Heidelberg Digits (SHD), which Tonic, snnTorch and others read.
// Source: B. Cramer et al., "The Heidelberg Spiking Data Sets for the Systematic Evaluation of Spiking Neural Networks", 2020.
#include <memory>
#include <string>

#include "frontend/exchange/records.h"

namespace ear {

/// Writes /spikes/times (s, float64, variable length), /spikes/units (channels), /labels (numbers of classes, -1: not known),
/// /extra/keys (names of the classes), /extra/speaker (numbers of speakers) and, for the way back, /ossicle/header and
/// /ossicle/records (JSON, FORMAT.md 3) and /ossicle/speakers. An event of step k is given the middle of the step,
/// (k + 1/2) dt, so that no rounding moves it into another bin; n spikes in a step are n events. Memory: labels and metadata of
/// all records, one record.
class ShdWriter : public RecordSink {
 public:
  /// Replaces `path`; `name` stands in messages. Throws std::invalid_argument for cochleagrams, which are no spikes,
  /// std::system_error.
  ShdWriter(const std::string& path, std::string name, Header header);
  ~ShdWriter() override;
  std::vector<std::string> close() override;

 private:
  void put(const Record& record) override;
  struct State;
  std::unique_ptr<State> state_;
};

/// A file of ShdWriter, whose records equal those written; or any other in SHD's or SSC's layout, as a stream of events with
/// steps of params.dt_ms (see EventRecords). libhdf5 works in a process of its own, as in open_hdf5_events(). Throws
/// std::runtime_error, naming file and record, for what is damaged or was changed; std::invalid_argument for params that are
/// set where the file says it itself.
std::unique_ptr<RecordSource> open_shd(const std::string& path, const ForeignParams& params);

}  // namespace ear
