#include "snn/backend/cpu/spike_product.h"

#include <algorithm>

#include "snn/backend/cpu/product.h"
#include "snn/base/parallel.h"

namespace snn {

namespace {

/// Lists the events of every block of rows, neuron by neuron.
template <class Real>
void list_blocks(const Kernels<Real>& kernels, const WeightGradient<Real>& p, int n_threads, EventScratch<Real>& s) {
  const int n_blocks = (p.n_rows + kBlockRows - 1) / kBlockRows;
  const auto rows_of = [&p](int block) {
    return spike_rows(p.source, block * kBlockRows, std::min((block + 1) * kBlockRows, p.n_rows));
  };
  s.first_event.assign(1, 0);
  for (int block = 0; block < n_blocks; ++block) {
    s.first_event.push_back(s.first_event.back() + kernels.count_spikes(rows_of(block)) + kEventSlack);
  }
  const std::size_t row = static_cast<std::size_t>(p.source.n_neurons) + 1;
  s.begin.resize(std::max(s.begin.size(), row * static_cast<std::size_t>(n_blocks)));
  s.events.resize(std::max(s.events.size(), s.first_event.back()));
  parallel_for(n_blocks, n_threads, [&](int block) {
    const auto i = static_cast<std::size_t>(block);
    kernels.list_by_neuron(rows_of(block), p.source.n_neurons, s.begin.data() + i * row,
                           s.events.data() + s.first_event[i]);
  });
}

/// The error of neurons first .. last - 1, `delay` steps after each of some rows, side by side: as it lies, its rows could fall
/// into a few sets of a cache.
template <class Real>
void copy_error(const WeightGradient<Real>& p, int delay, int first_row, int last_row, int first, int last, Real* to) {
  const int* end = delay > 0 ? std::upper_bound(p.row_begin, p.row_begin + p.n_batch, first_row) : &p.n_rows;
  for (int row = first_row; row < last_row; ++row, to += kTileWidth) {
    while (row >= *end) ++end;
    if (row + delay < *end) {
      std::copy_n(p.error + area(row + delay, p.n_neurons) + first, last - first, to);
    } else {
      std::fill_n(to, last - first, Real(0));
    }
  }
}

/// Neurons first .. last - 1 of the target, sources from .. to - 1.
template <class Real>
void sum_tile(const Kernels<Real>& kernels, const WeightGradient<Real>& p, const EventScratch<Real>& s,
              typename EventScratch<Real>::Worker& worker, const typename WeightGradient<Real>::Delayed& each,
              int first, int last, int from, int to) {
  worker.sums.assign(static_cast<std::size_t>(to - from) * kTileWidth, Real(0));
  worker.error.resize(std::size_t{kBlockRows} * kTileWidth);
  for (std::size_t block = 0; block + 1 < s.first_event.size(); ++block) {
    const int first_row = static_cast<int>(block) * kBlockRows, last_row = std::min(first_row + kBlockRows, p.n_rows);
    copy_error(p, each.delay, first_row, last_row, first, last, worker.error.data());
    const std::size_t begin = block * (static_cast<std::size_t>(p.source.n_neurons) + 1);
    kernels.sum_rows({.list = {s.begin.data() + begin + from, s.events.data() + s.first_event[block]},
                      .n_neurons = to - from,
                      .width = last - first,
                      .error = worker.error.data(),
                      .sums = worker.sums.data()});
  }
  kernels.unpack_panel(worker.sums.data(), to - from, p.source.n_neurons, first, last, each.dw + from);
}

}  // namespace

template <class Real>
void pack_panels(const Kernels<Real>& kernels, const Real* w, int n_sources, int n_neurons, int n_threads,
                 std::vector<Real>& panels) {
  const std::size_t panel = static_cast<std::size_t>(n_sources) * kTileWidth;
  const int n_tiles = count_tiles(n_neurons);
  panels.resize(std::max(panels.size(), panel * static_cast<std::size_t>(n_tiles)));
  parallel_for(n_tiles, n_threads, [&](int tile) {
    kernels.pack_panel(w, n_sources, tile * kTileWidth, std::min((tile + 1) * kTileWidth, n_neurons),
                       panels.data() + static_cast<std::size_t>(tile) * panel);
  });
}

template <class Real>
void weight_gradient_by_events(const Kernels<Real>& kernels, const WeightGradient<Real>& p, int n_threads,
                               EventScratch<Real>& scratch) {
  list_blocks(kernels, p, n_threads, scratch);
  scratch.workers.resize(static_cast<std::size_t>(count_threads(n_threads)));
  const int n_tiles = count_tiles(p.n_neurons), n_groups = (p.source.n_neurons + kGroupNeurons - 1) / kGroupNeurons;
  const int n_chunks = n_tiles * n_groups;  // of each delay
  parallel_workers(static_cast<int>(p.delays.size()) * n_chunks, n_threads, [&](int i, int worker) {
    const int chunk = i % n_chunks, first = chunk / n_groups * kTileWidth, from = chunk % n_groups * kGroupNeurons;
    sum_tile(kernels, p, scratch, scratch.workers[static_cast<std::size_t>(worker)],
             p.delays[static_cast<std::size_t>(i / n_chunks)], first, std::min(first + kTileWidth, p.n_neurons), from,
             std::min(from + kGroupNeurons, p.source.n_neurons));
  });
}

template void pack_panels(const Kernels<OSSICLE_REAL>&, const OSSICLE_REAL*, int, int, int, std::vector<OSSICLE_REAL>&);
template void weight_gradient_by_events(const Kernels<OSSICLE_REAL>&, const WeightGradient<OSSICLE_REAL>&, int,
                                        EventScratch<OSSICLE_REAL>&);

}  // namespace snn
