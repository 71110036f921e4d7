#pragma once
// What reading and writing HDF5 share: handles that close themselves, and libhdf5's messages as text instead of on stderr.
#include <hdf5.h>

#include <span>
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

/// While one lives libhdf5 prints nothing.
class Quiet {
 public:
  Quiet();
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet();

 private:
  H5E_auto2_t print_ = nullptr;
  void* data_ = nullptr;
};

/// What libhdf5 said about the call that failed last: the innermost message, " (...)" around it; empty where it said nothing.
std::string reason();
/// The errno of the system call behind the last failure; 0 where there was none.
int system_error();

/// How one row of variable length is transferred: with a small buffer, which libhdf5 clears each time.
Handle transfer_of_one_row();

/// IEEE half precision, little-endian.
Handle float16_type();

/// Numbers of that type, exactly; `stored` holds as many as `values` has room for.
void decode_float16(const void* stored, std::span<double> values);

}  // namespace ear::hdf5
