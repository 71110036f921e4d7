#pragma once
// A factor on an array: of the network's input.
#include <cstddef>

#include "snn/hd.h"
#include "snn/scan/tile.h"

namespace snn {

template <class Real>
struct Scale {
  static constexpr int kChunk = 4096;
  std::size_t n_values;
  Real* values;  // in and out
  Real factor;

  SNN_HD Extent extent() const { return {static_cast<int>((n_values + kChunk - 1) / kChunk), 1}; }

  template <int kWidth>
  SNN_HD void run(int chunk, int, int) const {
    const std::size_t begin = static_cast<std::size_t>(chunk) * kChunk;
    const std::size_t end = begin + kChunk < n_values ? begin + kChunk : n_values;
    for (std::size_t i = begin; i < end; ++i) values[i] *= factor;
  }
};

}  // namespace snn
