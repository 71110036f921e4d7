#pragma once
// How rows of numbers lie in a back end's memory.
#include <cstddef>
#include <span>
#include <vector>

#include "snn/base/hd.h"

namespace snn {

/// Numbers from the beginning of a row of n to that of the next, in every two-dimensional array of a back end: n rounded up to
/// fours. So each row of floats begins at a multiple of 16 bytes, as cuBLAS wants it for its tensor cores ("Tensor Core Usage" in
/// its manual). Products and scans do not look at what stands in the gaps. n: 0 or more.
SNN_HD int pitch(int n) {
  return (n + 3) / 4 * 4;
}

/// Numbers that so many rows take in a back end's memory, with their gaps.
SNN_HD std::size_t pitched_area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(pitch(columns));
}

/// The same without gaps, as files and callers have arrays.
SNN_HD std::size_t area(int rows, int columns) {
  return static_cast<std::size_t>(rows) * static_cast<std::size_t>(columns);
}

/// Whole rows without gaps, as a back end wants them: zeros in the gaps.
template <class T>
std::vector<T> with_gaps(std::span<const T> values, int columns) {
  std::vector<T> spread;
  for (std::size_t begin = 0; begin < values.size(); begin += static_cast<std::size_t>(columns)) {
    const std::span<const T> row = values.subspan(begin, static_cast<std::size_t>(columns));
    spread.insert(spread.end(), row.begin(), row.end());
    spread.resize(spread.size() + static_cast<std::size_t>(pitch(columns) - columns));
  }
  return spread;
}

/// And back. The gap behind the last row may be missing.
template <class T>
std::vector<T> without_gaps(std::span<const T> spread, int columns) {
  std::vector<T> values;
  for (std::size_t begin = 0; begin < spread.size(); begin += static_cast<std::size_t>(pitch(columns))) {
    const std::span<const T> row = spread.subspan(begin, static_cast<std::size_t>(columns));
    values.insert(values.end(), row.begin(), row.end());
  }
  return values;
}

}  // namespace snn
