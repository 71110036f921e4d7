#pragma once
// Of the network's input, noise that is drawn anew for every utterance and epoch.
#include "snn/base/hd.h"
#include "snn/base/philox.h"
#include "snn/scan/gather_batch.h"
#include "snn/scan/shape.h"

namespace snn {

/// x[row][c] += noise times a nearly normal number of the utterance's noise_seed, its step and the channel (UtteranceView). One
/// without noise stays as it is. [Ossicle noise]
template <class Real>
struct AddNoise {
  Shape shape;                      // N: channels
  const int* row_begin;             // [B + 1]
  const UtteranceView* utterances;  // [B]
  Real* x;                          // [rows][C], changed

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const UtteranceView view = utterances[b];
    if (view.noise == 0.0F) return;
    const PhiloxKey key = philox_key(view.noise_seed);
    const Real deviation = static_cast<Real>(view.noise);
    for (int row = row_begin[b], block = 0; row < row_begin[b + 1]; row += kSteps, ++block) {
      const int left = row_begin[b + 1] - row, n = left < kSteps ? left : kSteps;
      Real* SNN_RESTRICT rows = x + shape.index(row, 0);
      for (int c = first; c < last; ++c) {
        const PhiloxWords drawn =
            philox4x32({{static_cast<std::uint32_t>(block), static_cast<std::uint32_t>(c), 0, 0}}, key);
        SNN_UNROLL
        for (int k = 0; k < kSteps; ++k) {
          if (k < n) rows[shape.index(k, c)] += deviation * nearly_normal<Real>(drawn.word[k]);
        }
      }
    }
  }

 private:
  static constexpr int kSteps = 4;  // of a block of random words
};

}  // namespace snn
