#pragma once
// What all scan bodies share. A body is an argument struct of plain pointers and numbers with
//   template <int kWidth> void run(int b, int first, int last) const
// which works on neurons first .. last-1 (at most kWidth of them) of utterance b and writes their outputs alone. The
// CPU calls it with tiles of kTileWidth neurons, a GPU thread with one; so order and tiling cannot change a bit.
#include "snn/hd.h"

namespace snn {

/// Neurons of a tile on the CPU: measured ten times faster than one neuron at a time.
inline constexpr int kTileWidth = 64;

/// Rows that a scan asks for ahead: they lie too far apart for the processor to guess.
inline constexpr int kRowsAhead = 8;

/// Asks for the tile's part of a row.
template <int kWidth, class Real>
SNN_HD void prefetch_tile(const Real* row) {
  constexpr int kLine = 64 / static_cast<int>(sizeof(Real));
  for (int j = 0; j < kWidth; j += kLine) prefetch(row + j);
}

/// Number of neurons and utterances that a body is run over.
struct Extent {
  int n_batch = 0;
  int n_neurons = 0;
};

}  // namespace snn
