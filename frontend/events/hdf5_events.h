#pragma once
// Opens HDF5 files of events, whichever of the known layouts they have.
#include <memory>
#include <string>

#include "frontend/events/event_source.h"
#include "frontend/events/ntidigits.h"
#include "frontend/stream/list.h"

namespace ear {

/// What a person sets.
struct Hdf5EventsOptions {
  NtidigitsParams ntidigits;  ///< not used for SHD and SSC, whose parts are files of their own
  Shard shard;                ///< of the selected recordings: contiguous, so that the parts concatenate to the whole
  unsigned patience_s = 60;   ///< a file on which libhdf5 makes no progress for so long is given up
};

/// Opens an N-TIDIGITS18, SHD or SSC file. libhdf5 works in a process of its own (see IsolatedSource): on a damaged file it may
/// crash, hang or want all memory, which here becomes a std::runtime_error like any other of the file: missing, not HDF5, cut
/// short, of no known layout (what is in it is said), a dataset missing. std::invalid_argument as Ntidigits throws it.
std::unique_ptr<EventSource> open_hdf5_events(const std::string& path, const Hdf5EventsOptions& options);

/// The same in this process: only for files that are known to be whole.
std::unique_ptr<EventSource> open_hdf5_events_in_process(const std::string& path, const Hdf5EventsOptions& options);

}  // namespace ear
