#pragma once
// What all scan bodies share. A body is an argument struct of plain pointers and numbers with
//   template <int kWidth> void run(int b, int first, int last) const
// which works on neurons first .. last-1 (at most kWidth of them) of utterance b and writes their outputs alone. The
// CPU calls it with tiles of kTileWidth neurons, a GPU thread with one (a lane); so order and tiling cannot change a bit.
#include <cstddef>

#include "snn/hd.h"

namespace snn {

/// Neurons of a tile on the CPU: measured ten times faster than one neuron at a time.
inline constexpr int kTileWidth = 64;

/// Rows that a tile asks for ahead: they lie too far apart for the processor to guess.
inline constexpr int kRowsAhead = 8;

/// Rows that a lane reads at a time, while it works on as many that it read before: a GPU has few lanes for its memory's
/// latency.
inline constexpr int kLaneRows = 8;

/// Asks for the tile's part of a row.
template <int kWidth, class Real>
SNN_HD void prefetch_tile(const Real* row) {
  constexpr int kLine = 64 / static_cast<int>(sizeof(Real));
  for (int j = 0; j < kWidth; j += kLine) prefetch(row + j);
}

/// Numbers of a column for a lane: `stride` apart from `place` on, the first n of them if there are fewer than
/// kLaneRows, zeros behind. A stride below zero walks backward.
template <class Real>
SNN_HD void read_rows(const Real* place, std::ptrdiff_t stride, int n, Real (&values)[kLaneRows]) {
  SNN_UNROLL
  for (int k = 0; k < kLaneRows; ++k) values[k] = k < n ? place[k * stride] : Real(0);
}

template <class Real>
SNN_HD void copy_rows(const Real (&from)[kLaneRows], Real (&to)[kLaneRows]) {
  SNN_UNROLL
  for (int k = 0; k < kLaneRows; ++k) to[k] = from[k];
}

/// The sum of n numbers `stride` apart, in order and in double.
template <class Real>
SNN_HD double sum_in_order(const Real* place, std::ptrdiff_t stride, int n) {
  double total = 0.0;
  for (int done = 0; done < n; done += kLaneRows) {
    Real values[kLaneRows];
    read_rows(place + done * stride, stride, n - done, values);
    SNN_UNROLL
    for (int k = 0; k < kLaneRows; ++k) total += static_cast<double>(values[k]);
  }
  return total;
}

/// Number of neurons and utterances that a body is run over.
struct Extent {
  int n_batch = 0;
  int n_neurons = 0;
};

}  // namespace snn
