#pragma once
// Potentials to spikes, as bits.
#include <bit>
#include <cstdint>
#include <cstring>

#include "snn/base/hd.h"
#include "snn/neuron/lif.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

static_assert(std::endian::native == std::endian::little);

/// Eight bytes of 0 or 1, the first one lowest, to eight bits: the product puts byte i at bit 56 + i, and no two others
/// meet.
SNN_HD std::uint64_t pack_bytes(std::uint64_t bytes) {
  return (bytes * 0x0102040810204080ULL) >> 56;
}

/// The spikes of an utterance. Its extent counts words of kSpikesPerWord neurons.
template <class Real>
struct PackSpikes {
  Shape shape;
  const int* row_begin;  // [B + 1]
  const Real* u;         // [rows][N] from first_row on
  int first_row;
  Real v_th;
  std::uint64_t* spikes;  // [rows][spike_words(N)], out

  SNN_HD Extent extent() const { return {shape.n_batch, spike_words(shape.n_neurons)}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
      for (int word = first; word < last; ++word) pack_word(row, word);
    }
  }

  SNN_HD void pack_word(int row, int word) const {
    const int n = word * kSpikesPerWord;
    const int width = shape.n_neurons - n < kSpikesPerWord ? shape.n_neurons - n : kSpikesPerWord;
    spikes[static_cast<std::size_t>(row) * static_cast<std::size_t>(spike_words(shape.n_neurons)) +
           static_cast<std::size_t>(word)] = pack(u + shape.index(row - first_row, n), width);
  }

 private:
  SNN_HD std::uint64_t pack(const Real* SNN_RESTRICT potentials, int width) const {
    std::uint8_t fired[kSpikesPerWord] = {};
    for (int j = 0; j < width; ++j) fired[j] = fires(potentials[j], v_th) ? 1 : 0;
    std::uint64_t bits = 0;
    for (int k = 0; k < kSpikesPerWord / 8; ++k) {
      std::uint64_t bytes = 0;
      std::memcpy(&bytes, fired + 8 * k, sizeof bytes);
      bits |= pack_bytes(bytes) << (8 * k);
    }
    return bits;
  }
};

}  // namespace snn
