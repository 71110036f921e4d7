#pragma once
// The dictionary in the header of a NumPy array.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ear {

struct NpyDict {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::uint64_t> shape;
};

/// Reads what NumPy writes and reads: a literal of Python with these three keys in any order, quotes and blanks of any kind, and
/// numbers such as 3L, which Python 2 wrote. Throws std::invalid_argument saying what is wrong.
NpyDict parse_npy_dict(std::string_view text);

}  // namespace ear
