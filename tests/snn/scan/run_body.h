#pragma once
// Running a scan's body over everything it covers, in tiles of any width.
#include <algorithm>
#include <cstring>
#include <vector>

#include "snn/scan/tile.h"

namespace support {

template <int kWidth, class Body>
void run_tiles(const Body& body) {
  const snn::Extent extent = body.extent();
  for (int b = 0; b < extent.n_batch; ++b) {
    if constexpr (snn::AddsUp<Body>) {
      snn::add_up<kWidth>(body, b);
    } else {
      for (int first = 0; first < extent.n_neurons; first += kWidth) {
        body.template run<kWidth>(b, first, std::min(first + kWidth, extent.n_neurons));
      }
    }
  }
}

/// By width: 1, 7 or the library's own.
template <class Body>
void run_tiles(const Body& body, int width) {
  switch (width) {
    case 1:
      return run_tiles<1>(body);
    case 7:
      return run_tiles<7>(body);
    default:
      return run_tiles<snn::kTileWidth>(body);
  }
}

template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

}  // namespace support
