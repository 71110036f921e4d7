#pragma once
// Tables of chunks for the bodies that walk flat buffers.
#include <algorithm>
#include <vector>

#include "snn/scan/reductions.h"

namespace support {

/// Of arrays one behind the other that end at `ends`, the first from 0; array and kind are their numbers.
inline std::vector<snn::Chunk> chunks_of(const std::vector<std::size_t>& ends) {
  constexpr std::size_t kChunk = snn::SquareSums<float>::kChunk;
  std::vector<snn::Chunk> chunks;
  std::size_t begin = 0;
  for (std::size_t a = 0; a < ends.size(); ++a) {
    for (; begin < ends[a]; begin += chunks.back().n_values) {
      const auto n = static_cast<int>(std::min(kChunk, ends[a] - begin));
      chunks.push_back({begin, n, static_cast<int>(a), static_cast<int>(a)});
    }
  }
  return chunks;
}

}  // namespace support
