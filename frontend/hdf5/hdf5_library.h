#pragma once
// What reading and writing HDF5 share: handles that close themselves, libhdf5's messages as text instead of on stderr, and what is
// checked so that only what lies in a file itself is read. HDF5 lets a file name others to read from; a file from elsewhere must
// not pull those of this machine into a stream. Kept by hand: HighFive has no rows of variable length, of which SHD is made.
#include <hdf5.h>

#include <string>
#include <utility>

namespace ear::hdf5 {

/// An identifier of libhdf5 with the function that closes it; below 0: none.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*closer)(hid_t)) : id_(id), closer_(closer) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, H5I_INVALID_HID)), closer_(other.closer_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(closer_, other.closer_);
    return *this;
  }
  ~Handle() {
    if (id_ >= 0) closer_(id_);
  }

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  /// Closes now; false where that failed.
  bool close() { return id_ < 0 || closer_(std::exchange(id_, H5I_INVALID_HID)) >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  herr_t (*closer_)(hid_t) = nullptr;
};

/// libhdf5 prints nothing in this thread from here on. The first member of what calls libhdf5: some of it must be said before any
/// other call.
struct Silence {
  Silence();
};

/// What libhdf5 said about the call that failed last: the innermost message, " (...)" around it; empty where it said nothing.
std::string reason();
/// The errno of the system call behind the last failure; 0 where there was none.
int system_error();

/// How one row of variable length is transferred: with a small buffer, which libhdf5 clears each time.
Handle transfer_of_one_row();

/// IEEE half precision, little-endian.
Handle float16_type();

/// A property list for links with which libhdf5 follows none out of the file.
class LinksInside {
 public:
  LinksInside();
  LinksInside(const LinksInside&) = delete;
  LinksInside& operator=(const LinksInside&) = delete;

  hid_t get() const { return list_.get(); }
  /// Where the last link out of the file led, as "PATH of FILE"; empty if there was none since the last call.
  std::string take_refused();

 private:
  Handle list_;
  std::string refused_;
};

/// Why the numbers of a dataset lie outside of its file; empty if they lie in it.
std::string stored_outside(hid_t dataset);

/// The first filter of a dataset that this libhdf5 does not have, as "lzf (filter 32000)"; empty if it has all.
std::string missing_filter(hid_t dataset);

}  // namespace ear::hdf5
