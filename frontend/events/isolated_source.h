#pragma once
// A source of events in a process of its own, so that a library that crashes or hangs on a damaged file takes nothing with it.
// libhdf5 does both, and no check of the file beforehand finds all that it fails on (tests/frontend/events/fuzz_hdf5_events.cpp).
#include <sys/types.h>

#include <functional>
#include <memory>
#include <string>

#include "frontend/base/descriptor.h"
#include "frontend/events/event_source.h"

namespace ear {

/// Gives what another source gives. That one is made and read in a child process, ahead of its use, and sends its recordings over
/// a pipe. The child prints nothing, keeps no descriptor of this process but standard input, and may take 4 GiB of
/// memory beyond this process's own (no such limit in builds with sanitizers). It ends with this object at the latest.
class IsolatedSource : public EventSource {
 public:
  using Make = std::function<std::unique_ptr<EventSource>()>;

  /// `make` is called in the child. `name` is that of the file, `culprit` what reads it, as in "the HDF5 library". A child that
  /// is busy for `patience_s` with one recording is given up. Throws what `make` threw, as std::runtime_error or
  /// std::invalid_argument; std::runtime_error where the child died; std::system_error where none could be started.
  IsolatedSource(const Make& make, std::string name, std::string culprit, unsigned patience_s);
  ~IsolatedSource() override { stop(); }

  const EventSourceInfo& info() const override { return info_; }
  /// Throws std::runtime_error for what the child's source threw, and naming the signal where the child died.
  bool next(EventRecord& record) override;

 private:
  IsolatedSource(std::string name, std::string culprit, unsigned patience_s);
  /// Ends the child; no more can be read. Returns its status, as waitpid() gives it.
  int stop(bool kill_it = true) noexcept;
  /// The next message into payload_, and what it is; of a failure, throws it.
  char receive();
  void read(char* target, std::size_t n_bytes);
  [[noreturn]] void fail_by_death();
  [[noreturn]] void fail(const std::string& how);

  std::string name_;
  std::string culprit_;
  unsigned patience_s_;
  EventSourceInfo info_;
  std::string payload_;  ///< of the last message
  pid_t child_ = -1;
  Descriptor pipe_;
};

}  // namespace ear
