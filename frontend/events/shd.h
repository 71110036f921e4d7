#pragma once
// Spiking Heidelberg Digits and Spiking Speech Commands: events of 700 channels of a model of the inner ear, one HDF5 file for
// each part.
//
// B. Cramer, Y. Stradmann, J. Schemmel, F. Zenke: The Heidelberg spiking data sets for the systematic evaluation of spiking
// neural networks, IEEE TNNLS 33(7), 2022. Layout: `spikes/times` (s) and `spikes/units` (channel) hold a list for each
// recording, `labels` its class, `extra/keys` the classes' names, `extra/speaker` who speaks.
#include <cstdint>
#include <string>
#include <vector>

#include "frontend/events/event_source.h"
#include "frontend/hdf5/hdf5_file.h"
#include "frontend/stream/list.h"

namespace ear {

/// The recordings in the file's order, under the keys NAME_000000, NAME_000001 and so on, NAME being the file's without its
/// extension. Only one recording's events are in memory.
class Shd : public EventSource {
 public:
  static constexpr int kChannels = 700;
  static constexpr int kMaxClasses = 1 << 16;

  /// Without `extra/keys` the classes are "0", "1" and so on. Throws std::runtime_error where a needed dataset is missing, cannot
  /// be read or has another size than the others, and for class names that are empty or alike.
  Shd(Hdf5Reader reader, Shard shard);

  const EventSourceInfo& info() const override { return info_; }
  /// Errors of a recording: a label without a class, lists that cannot be read, and what set_stored_events() finds.
  bool next(EventRecord& record) override;

 private:
  void read_classes();
  void read_speakers();

  Hdf5Reader reader_;
  EventSourceInfo info_;
  std::string stem_;              ///< first part of the keys
  std::vector<double> labels_;    ///< [recording]
  std::vector<double> speakers_;  ///< [recording]; empty: not known
  std::size_t next_ = 0;
  std::size_t end_ = 0;
};

/// Whether a file has anything of this layout.
bool has_shd_layout(const Hdf5Reader& reader);

}  // namespace ear
