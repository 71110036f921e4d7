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

/// Whether a source's products are done event by event. n_events: its spikes in those rows; most: the share up to which they are.
inline bool by_events(std::size_t n_events, int n_rows, int n_neurons, double most = kMostEvents) {
  return n_neurons <= kMostNeurons && n_events <= kMostListed &&
         static_cast<double>(n_events) <= most * static_cast<double>(n_rows) * static_cast<double>(n_neurons);
}

/// Rows whose error, a tile wide, stays in a level-2 cache; and neurons of a source that a chunk of the gradient covers.
inline constexpr int kBlockRows = kMostListRows, kGroupNeurons = 512;

/// Places of a block's rows with the gaps between its utterances; one gap more lies behind them.
inline constexpr int kMostPlaces = 2 * kBlockRows;

/// Rows first .. last - 1 of a source's spikes.
template <class Real>
SpikeRows spike_rows(const Source<Real>& source, int first, int last) {
  const int n_words = spike_words(source.n_neurons);
  const auto* words = static_cast<const std::uint64_t*>(source.spikes);
  return {words + static_cast<std::size_t>(first) * static_cast<std::size_t>(n_words), last - first, n_words};
}

/// The weights [delays][N][I] by tiles, [delays][tiles][I][kTileWidth], as ForwardTiles wants them.
template <class Real>
void pack_panels(const Kernels<Real>& kernels, const WeightedSource<Real>& weighted, int n_neurons, int n_threads,
                 std::vector<Real>& panels);

/// Numbers of one delay's panels.
inline std::size_t size_of_panels(int n_sources, int n_neurons) {
  return area(n_sources, count_tiles(n_neurons) * kTileWidth);
}

/// Scratch memory of weight_gradient_by_events, kept from call to call.
template <class Real>
struct EventScratch {
  struct Worker {
    std::vector<Real> sums, error;  // [delays][I][kTileWidth]; [places of a block][kTileWidth]
  };
  int gap = 0;                           // places between utterances
  std::vector<int> first_row;            // of each block, and the number of rows
  std::vector<std::uint16_t> places;     // of each row in its block
  std::vector<std::size_t> first_event;  // of each block
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
