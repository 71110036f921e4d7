#pragma once
// Which hidden neurons are silent for an utterance (dropout), drawn where the layer runs.
#include <cstdint>

#include "snn/base/hash.h"
#include "snn/base/hd.h"
#include "snn/base/rng.h"
#include "snn/scan/gather_batch.h"
#include "snn/scan/tile.h"

namespace snn {

/// Flags of a layer's neurons: 1 with probability drop_neurons, else 0. From (seed, the utterance's stream, layer) alone, a word for
/// each neuron. A column is four of them, which are drawn together.
struct DrawSilent {
  static constexpr int kNeurons = 4;

  int n_batch = 0;
  int n_neurons = 0;
  int layer = 0;                              // from 1
  const UtteranceView* utterances = nullptr;  // [B]
  BatchDraws draws;
  std::uint8_t* flags = nullptr;  // [B] rows of stride, out
  std::size_t stride = 0;         // at least N

  SNN_HD Extent extent() const { return {n_batch, (n_neurons + kNeurons - 1) / kNeurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    const PhiloxKey key = philox_key(draws.seed);
    const std::uint64_t index = fnv1a(utterances[b].stream, static_cast<std::uint64_t>(layer));
    const auto limit = static_cast<std::uint64_t>(draws.drop_neurons * 0x1p32);
    std::uint8_t* row = flags + static_cast<std::size_t>(b) * stride;
    for (int block = first; block < last; ++block) {
      const PhiloxWords drawn = random_words(key, Purpose::kSilent, index, static_cast<std::uint32_t>(block));
      SNN_UNROLL
      for (int k = 0; k < kNeurons; ++k) {
        const int n = block * kNeurons + k;
        if (n < n_neurons) row[n] = drawn.word[k] < limit ? 1 : 0;
      }
    }
  }
};

}  // namespace snn
