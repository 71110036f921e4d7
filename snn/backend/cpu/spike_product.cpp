#include "snn/backend/cpu/spike_product.h"

#include <algorithm>

#include "snn/backend/cpu/product.h"
#include "snn/base/parallel.h"

namespace snn {

namespace {

/// Rows behind each utterance's error, without error, that late events find: as many as the longest delay that an utterance has.
template <class Real>
int find_gap(const WeightGradient<Real>& p) {
  const int most = *std::max_element(p.delays.begin(), p.delays.end());
  int longest = 1;
  for (int b = 0; most > 0 && b < p.n_batch; ++b) longest = std::max(longest, p.row_begin[b + 1] - p.row_begin[b]);
  return std::min(most, longest - 1);
}

/// Cuts the rows into blocks, and gives each its place in its block's error.
template <class Real>
void find_places(const WeightGradient<Real>& p, EventScratch<Real>& s) {
  s.gap = find_gap(p);
  s.first_row.clear();
  s.places.resize(static_cast<std::size_t>(p.n_rows));
  const int* begin = p.row_begin;  // of the utterance
  for (int row = 0, place = 0; row < p.n_rows; ++row, ++place) {
    while (s.gap > 0 && row >= begin[1]) ++begin;
    if (s.gap > 0 && row == *begin) place += s.gap;
    if (row == 0 || row - s.first_row.back() == kBlockRows || place >= kMostPlaces) {
      s.first_row.push_back(row);
      place = 0;
    }
    s.places[static_cast<std::size_t>(row)] = static_cast<std::uint16_t>(place);
  }
  s.first_row.push_back(p.n_rows);
}

/// Lists the events of every block of rows, neuron by neuron, by their places.
template <class Real>
void list_blocks(const Kernels<Real>& kernels, const WeightGradient<Real>& p, int n_threads, EventScratch<Real>& s) {
  const std::size_t n_blocks = s.first_row.size() - 1, row = static_cast<std::size_t>(p.source.n_neurons) + 1;
  const auto rows_of = [&](std::size_t block) {
    return spike_rows(p.source, s.first_row[block], s.first_row[block + 1]);
  };
  s.first_event.assign(1, 0);
  for (std::size_t block = 0; block < n_blocks; ++block) {
    s.first_event.push_back(s.first_event.back() + kernels.count_spikes(rows_of(block)) + kEventSlack);
  }
  s.begin.resize(std::max(s.begin.size(), row * n_blocks));
  s.events.resize(std::max(s.events.size(), s.first_event.back()));
  parallel_for(static_cast<int>(n_blocks), n_threads, [&](int block) {
    const auto i = static_cast<std::size_t>(block);
    std::uint32_t* begin = s.begin.data() + i * row;
    std::uint16_t* events = s.events.data() + s.first_event[i];
    kernels.list_by_neuron(rows_of(i), p.source.n_neurons, begin, events);
    if (s.gap == 0) return;
    const std::uint16_t* places = s.places.data() + s.first_row[i];
    std::transform(events, events + begin[row - 1], events, [places](std::uint16_t e) { return places[e]; });
  });
}

/// The error of neurons first .. last - 1 in a block's rows, each in its place: as it lies, its rows could fall into a few sets of a
/// cache. Behind an utterance's last row here come `gap` later ones, or none.
template <class Real>
void copy_error(const WeightGradient<Real>& p, const EventScratch<Real>& s, std::size_t block, int first, int last,
                std::vector<Real>& error) {
  const int last_row = s.first_row[block + 1];
  const std::size_t n_places = s.places[static_cast<std::size_t>(last_row) - 1] + std::size_t{1} + s.gap;
  error.resize(std::max(error.size(), n_places * kTileWidth));
  const int* begin = p.row_begin;
  for (int row = s.first_row[block]; row < last_row; ++row) {
    Real* to = error.data() + s.places[static_cast<std::size_t>(row)] * std::size_t{kTileWidth};
    std::copy_n(p.error + pitched_area(row, p.n_neurons) + first, last - first, to);
    if (s.gap == 0) continue;
    while (row >= begin[1]) ++begin;
    if (row + 1 < last_row && row + 1 < begin[1]) continue;
    for (int later = row + 1; later <= row + s.gap; ++later) {
      to += kTileWidth;
      if (later < begin[1]) {
        std::copy_n(p.error + pitched_area(later, p.n_neurons) + first, last - first, to);
      } else {
        std::fill_n(to, last - first, Real(0));
      }
    }
  }
}

/// What a chunk of the gradient covers: neurons of the target, of the source, and delays, each up to the second number.
struct GradientChunk {
  int first, last;
  int from, to;
  std::size_t first_delay, last_delay;
};

template <class Real>
void sum_chunk(const Kernels<Real>& kernels, const WeightGradient<Real>& p, const EventScratch<Real>& s,
               const GradientChunk& c, typename EventScratch<Real>::Worker& worker) {
  const std::size_t size = area(c.to - c.from, kTileWidth);
  worker.sums.assign((c.last_delay - c.first_delay) * size, Real(0));
  for (std::size_t block = 0; block + 1 < s.first_row.size(); ++block) {
    copy_error(p, s, block, c.first, c.last, worker.error);
    const std::size_t begin = block * (static_cast<std::size_t>(p.source.n_neurons) + 1);
    for (std::size_t d = c.first_delay; d < c.last_delay; ++d) {
      if (p.delays[d] > s.gap) break;  // longer than all utterances
      kernels.sum_rows({.list = {s.begin.data() + begin + c.from, s.events.data() + s.first_event[block]},
                        .n_neurons = c.to - c.from,
                        .width = c.last - c.first,
                        .error = worker.error.data() + area(p.delays[d], kTileWidth),
                        .sums = worker.sums.data() + (d - c.first_delay) * size});
    }
  }
  for (std::size_t d = c.first_delay; d < c.last_delay; ++d) {
    kernels.unpack_panel(worker.sums.data() + (d - c.first_delay) * size, c.to - c.from, p.source.n_neurons, c.first,
                         c.last, p.dw + d * pitched_area(p.n_neurons, p.source.n_neurons) + c.from);
  }
}

}  // namespace

template <class Real>
void pack_panels(const Kernels<Real>& kernels, const WeightedSource<Real>& weighted, int n_neurons, int n_threads,
                 std::vector<Real>& panels) {
  const int n_sources = weighted.source.n_neurons, n_tiles = count_tiles(n_neurons);
  const int n_panels = static_cast<int>(weighted.delays.size()) * n_tiles;
  panels.resize(std::max(panels.size(), weighted.delays.size() * size_of_panels(n_sources, n_neurons)));
  parallel_for(n_panels, n_threads, [&](int i) {
    const int first = i % n_tiles * kTileWidth;
    kernels.pack_panel(weighted.w + area(i / n_tiles, n_neurons) * pitched_area(1, n_sources), n_sources, first,
                       std::min(first + kTileWidth, n_neurons), panels.data() + area(i, n_sources) * kTileWidth);
  });
}

template <class Real>
void weight_gradient_by_events(const Kernels<Real>& kernels, const WeightGradient<Real>& p, int n_threads,
                               EventScratch<Real>& scratch) {
  find_places(p, scratch);
  list_blocks(kernels, p, n_threads, scratch);
  const int n_workers = count_threads(n_threads), n_sources = p.source.n_neurons;
  scratch.workers.resize(static_cast<std::size_t>(n_workers));
  const int n_tiles = count_tiles(p.n_neurons), n_groups = (n_sources + kGroupNeurons - 1) / kGroupNeurons;
  const int n_chunks =
      n_tiles * n_groups;  // of all delays, which share the error's copy; parted where workers would wait
  const std::size_t n_delays = p.delays.size();
  const auto n_parts = std::min(n_delays, static_cast<std::size_t>((n_workers + n_chunks - 1) / n_chunks));
  parallel_workers(static_cast<int>(n_parts) * n_chunks, n_threads, [&](int i, int worker) {
    const int chunk = i % n_chunks, first = chunk / n_groups * kTileWidth, from = chunk % n_groups * kGroupNeurons;
    const auto part = static_cast<std::size_t>(i / n_chunks);
    sum_chunk(kernels, p, scratch,
              {.first = first,
               .last = std::min(first + kTileWidth, p.n_neurons),
               .from = from,
               .to = std::min(from + kGroupNeurons, n_sources),
               .first_delay = part * n_delays / n_parts,
               .last_delay = (part + 1) * n_delays / n_parts},
              scratch.workers[static_cast<std::size_t>(worker)]);
  });
}

template void pack_panels(const Kernels<OSSICLE_REAL>&, const WeightedSource<OSSICLE_REAL>&, int, int,
                          std::vector<OSSICLE_REAL>&);
template void weight_gradient_by_events(const Kernels<OSSICLE_REAL>&, const WeightGradient<OSSICLE_REAL>&, int,
                                        EventScratch<OSSICLE_REAL>&);

}  // namespace snn
