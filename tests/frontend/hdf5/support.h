#pragma once
// A file of a test's own, and its bytes.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/temp_folder.h"

namespace hdf5_support {

struct File {
  support::TempFolder folder;
  std::string path = folder.path() / "a.h5";
};

inline std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace hdf5_support
