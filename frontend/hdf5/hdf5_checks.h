#pragma once
// What is checked before the contents of an HDF5 file are believed: that it is one and whole, and that what is read lies inside
// it. HDF5 lets a file name others to read from; a file from elsewhere must not pull those of this machine into a stream.
#include <cstdint>
#include <string>

#include "frontend/hdf5/hdf5_library.h"

namespace ear::hdf5 {

/// Size of the file in bytes. Throws std::runtime_error for what is not an HDF5 file, and for one that was cut.
std::uint64_t check_file(const std::string& path);

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
