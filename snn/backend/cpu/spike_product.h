#pragma once
// Products with spikes: when they are done event by event, and what that needs.
#include <vector>

#include "snn/backend/cpu/kernels.h"

namespace snn {

/// Share of neurons and steps with a spike up to which adding up weight rows event by event is faster than a dense
/// product. Measured with AVX2 on networks of 400 neurons a layer (scripts/bench/run sweep): forward up to 39 %, the
/// gradient up to 47 %. The one rule, for every source of every batch; it depends on the spikes alone.
inline constexpr double kMostEvents = 0.42;

/// An event has 16 bits: of more neurons than that, products are always dense.
inline constexpr int kMostNeurons = 1 << 16;

/// Lists count their events in 32 bits, with the slack.
inline constexpr std::size_t kMostListed = std::size_t{1} << 31;

/// Whether a source's products are done event by event. n_events: its spikes in those rows.
inline bool by_events(std::size_t n_events, int n_rows, int n_neurons) {
  return n_neurons <= kMostNeurons && n_events <= kMostListed &&
         static_cast<double>(n_events) <= kMostEvents * static_cast<double>(n_rows) * static_cast<double>(n_neurons);
}

/// Rows whose error, a tile wide, stays in a level-2 cache; and neurons of a source that a chunk of the gradient covers.
inline constexpr int kBlockRows = kMostListRows, kGroupNeurons = 512;

/// Tiles of a layer.
inline int count_tiles(int n_neurons) {
  return (n_neurons + kTileWidth - 1) / kTileWidth;
}

/// Rows first .. last - 1 of a source's spikes.
template <class Real>
SpikeRows spike_rows(const Source<Real>& source, int first, int last) {
  const int n_words = spike_words(source.n_neurons);
  const auto* words = static_cast<const std::uint64_t*>(source.spikes);
  return {words + static_cast<std::size_t>(first) * static_cast<std::size_t>(n_words), last - first, n_words};
}

/// Weights [N][I] by tiles, [tiles][I][kTileWidth], as ForwardTiles wants them.
template <class Real>
void pack_panels(const Kernels<Real>& kernels, const Real* w, int n_sources, int n_neurons, int n_threads,
                 std::vector<Real>& panels);

/// Scratch memory of weight_gradient_by_events, kept from call to call.
template <class Real>
struct EventScratch {
  struct Worker {
    std::vector<Real> sums, error;  // [I][kTileWidth]; [block rows][kTileWidth]
  };
  std::vector<std::size_t> first_event;  // of each block of rows
  std::vector<std::uint32_t> begin;      // [blocks][I + 1]
  std::vector<std::uint16_t> events;
  std::vector<Worker> workers;
};

/// For each delay: dw[n][i] = sum of error[row + delay][n] over the rows in which neuron i fires, rows ascending; none from beyond
/// an utterance's end.
template <class Real>
void weight_gradient_by_events(const Kernels<Real>& kernels, const WeightGradient<Real>& product, int n_threads,
                               EventScratch<Real>& scratch);

}  // namespace snn
