// Everything of the table but the dense product (dense.cpp), once for each instruction set.
#include "snn/backend/cpu/kernels.h"

#include "snn/backend/cpu/events.h"
#include "snn/backend/cpu/spike_lists.h"

// On a machine with AVX-512 Eigen's product measured 102 GFLOP/s a core with AVX2 and 77 with AVX-512.
#if defined(__AVX512F__)
#define OSSICLE_DENSE_ISA avx2
#else
#define OSSICLE_DENSE_ISA OSSICLE_ISA
#endif

namespace snn::OSSICLE_DENSE_ISA {
template <class Real>
void multiply(const Product<Real>&);  // dense.cpp
}

namespace snn::OSSICLE_ISA {

static_assert(kTileWidth == kSpikesPerWord);  // a tile of the scan gives one word
static_assert(kTileWidth % kLanes<OSSICLE_REAL> == 0);

namespace {

/// The bounds of a tile.
struct Tile {
  int b, first, last;
};
SNN_HD Tile tile_at(const Extent& extent, int index) {
  const int a_row = (extent.n_neurons + kTileWidth - 1) / kTileWidth;
  const int first = index % a_row * kTileWidth;
  return {index / a_row, first, first + kTileWidth < extent.n_neurons ? first + kTileWidth : extent.n_neurons};
}

template <class Body>
void run_tiles(const Body& body, int first_tile, int last_tile) {
  for (int i = first_tile; i < last_tile; ++i) {
    if constexpr (AddsUp<Body>) {
      add_up<kTileWidth>(body, i);
    } else {
      const Tile tile = tile_at(body.extent(), i);
      body.template run<kTileWidth>(tile.b, tile.first, tile.last);
    }
  }
}

constexpr int kMostSources = 16;  // of a layer that are added at a time

/// Adds the sources' events to one tile's drive of one utterance.
template <class Real>
void add_events(const ForwardTiles<Real>& p, int b, int first, int last) {
  const Real* panels[kMostSources];
  ForwardTiles<Real> some = p;
  const int begin = p.scan.row_begin[b] + p.carried.first_step, end = p.scan.row_begin[b + 1];
  for (int s = 0; s < p.n_sources; s += kMostSources) {
    some.sources = p.sources + s;
    some.n_sources = p.n_sources - s < kMostSources ? p.n_sources - s : kMostSources;
    some.has_drive = p.has_drive || s > 0;
    for (int i = 0; i < some.n_sources; ++i) {
      panels[i] = some.sources[i].panels +
                  static_cast<std::size_t>(first) * static_cast<std::size_t>(some.sources[i].n_neurons);
    }
    Real* drive = p.scan.u + p.scan.shape.index(begin - p.scan.first_row, first);
    by_column_group<Real>(last - first, [&]<int kVectors>(int column, int width) {
      add_events_columns<Real, kVectors>(some, panels, begin, end, column, width, drive + column);
    });
  }
}

/// Runs a body, if there is one, over a tile of an utterance, if it has that.
template <class Body>
void run_tile(const Body* body, int b, int first, int last) {
  if (body != nullptr && b < body->extent().n_batch) body->template run<kTileWidth>(b, first, last);
}

template <class Real>
PackSpikes<Real> packing(const ForwardTiles<Real>& p) {
  return {.shape = p.scan.shape,
          .row_begin = p.scan.row_begin,
          .u = p.scan.u,
          .first_row = p.scan.first_row,
          .v_th = p.scan.coeffs.v_th,
          .spikes = p.spikes};
}

/// The next rows of an utterance that comes in pieces, one tile.
template <class Real>
void go_on(const ForwardTiles<Real>& p, int b, int first, int last) {
  const ForwardScan<Real>& scan = p.scan;
  const PackSpikes<Real> pack = packing(p);
  auto& tile = p.carried.tiles[first / kTileWidth];
  for (int row = scan.row_begin[b] + p.carried.first_step; row < scan.row_begin[b + 1]; ++row) {
    scan.run_row(scan.u + scan.shape.index(row - scan.first_row, first), last - first, tile);
    for (int n = first; n < last && scan.psc != nullptr; ++n) scan.psc[scan.shape.index(row, n)] = tile.a[n - first];
    if (p.spikes != nullptr) pack.pack_word(row, first / kSpikesPerWord);
  }
}

/// All tiles of an utterance, step by step: the spikes of one step arrive at all neurons in the next.
template <class Real>
void walk(const ForwardTiles<Real>& p, int b) {
  const PackSpikes<Real> pack = packing(p);
  const int n_neurons = p.scan.shape.n_neurons, n_words = spike_words(n_neurons), begin = p.scan.row_begin[b];
  std::uint32_t listed[2] = {};
  const typename ForwardTiles<Real>::Events events{.list = {listed, p.recurrence.events}, .n_neurons = n_neurons};
  ForwardStep<Real> step{
      .scan = p.scan, .state = {p.recurrence.tiles, b, nullptr, nullptr}, .step = p.carried.first_step};
  if (step.step > 0) {
    list_by_row({p.spikes + area(begin + step.step - 1, n_words), 1, n_words}, listed, p.recurrence.events);
    step.state.arrives = p.recurrence.arrives;
  }
  do {
    for (int first = 0; first < n_neurons; first += kTileWidth) {
      const int width = first + kTileWidth < n_neurons ? kTileWidth : n_neurons - first;
      const Real* panel = p.recurrence.panels + area(first, n_neurons);
      if (step.step > 0) {
        by_column_group<Real>(width, [&]<int kVectors>(int column, int) {
          add_events_row<Real, kVectors>(&events, 1, 0, 0, column, &panel, false,
                                         p.recurrence.arrives + first + column);
        });
      }
      step.template run<kTileWidth>(b, first, first + width);
    }
    step.state.arrives = p.recurrence.arrives;
    if (begin + step.step >= p.scan.row_begin[b + 1]) return;  // it has no steps
    const int row = begin + step.step;
    for (int word = 0; word < n_words; ++word) pack.pack_word(row, word);
    list_by_row({p.spikes + area(row, n_words), 1, n_words}, listed, p.recurrence.events);
  } while (begin + ++step.step < p.scan.row_begin[b + 1]);
}

template <class Real>
void forward(const ForwardTiles<Real>& p) {
  const Extent extent = p.scan.extent();
  const PackSpikes<Real> pack = packing(p);
  const bool is_recurrent = p.recurrence.panels != nullptr;
  for (int first = 0; first < extent.n_neurons; first += kTileWidth) {
    const int last = first + kTileWidth < extent.n_neurons ? first + kTileWidth : extent.n_neurons;
    for (int b = p.first_batch; b < p.last_batch; ++b) {
      if (p.n_sources > 0) add_events(p, b, first, last);
      run_tile(p.sums, b, first, last);
      if (p.drive_only) continue;
      run_tile(p.norm, b, first, last);
      if (p.carried.begins) p.scan.start(b, first, last, p.carried.tiles[first / kTileWidth]);
      if (is_recurrent) continue;
      if (p.carried.tiles != nullptr) {
        go_on(p, b, first, last);
        continue;
      }
      p.scan.template run<kTileWidth>(b, first, last);
      if (p.spikes != nullptr) pack.template run<kTileWidth>(b, first / kSpikesPerWord, first / kSpikesPerWord + 1);
    }
  }
  for (int b = p.first_batch; is_recurrent && b < p.last_batch; ++b) walk(p, b);
}

template <class Real>
PscScan<Real> psc_scan(const BackwardScan<Real>& scan, const RowsView<Real>& psc) {
  return {.shape = scan.shape,
          .row_begin = scan.row_begin,
          .u = scan.u,
          .psc = psc,
          .v_th = scan.coeffs.v_th,
          .keep_s = scan.coeffs.keep_s,
          .gain_s = scan.coeffs.gain_s};
}

template <class Real>
void backward(const BackwardScan<Real>& scan, const GainSums<Real>* gain, int first_batch, int last_batch, Real* psc) {
  const int n_neurons = scan.extent().n_neurons;
  for (int b = first_batch; b < last_batch; ++b) {
    for (int first = 0; first < n_neurons; first += kTileWidth) {
      const int last = first + kTileWidth < n_neurons ? first + kTileWidth : n_neurons;
      BackwardScan<Real> tile = scan;
      if (scan.rule == Rule::kStep) {
        const RowsView<Real> rows{psc, scan.row_begin[b], first, kTileWidth};
        psc_scan(scan, rows).template run<kTileWidth>(b, first, last);
        tile.psc = {rows.data, rows.first_row, rows.first_neuron, rows.stride};
      }
      tile.template run<kTileWidth>(b, first, last);
      run_tile(gain, b, first, last);
    }
  }
}

template <class Real>
void step_back(const BackwardStep<Real>& p, const GainSums<Real>* gain, int first_batch, int last_batch, Real* psc) {
  BackwardStep<Real> step = p;
  BackwardScan<Real>& scan = step.scan;
  const int n_neurons = scan.extent().n_neurons;
  const RowsView<Real> rows{psc, scan.row_begin[first_batch], 0, static_cast<std::size_t>(n_neurons)};
  scan.psc = {rows.data, rows.first_row, rows.first_neuron, rows.stride};
  for (int b = first_batch; b < last_batch; ++b) {
    const bool begins = step.step == scan.row_begin[b + 1] - scan.row_begin[b] - 1;
    for (int first = 0; first < n_neurons; first += kTileWidth) {
      const int last = first + kTileWidth < n_neurons ? first + kTileWidth : n_neurons;
      if (begins && scan.rule == Rule::kStep) psc_scan(scan, rows).template run<kTileWidth>(b, first, last);
      step.template run<kTileWidth>(b, first, last);
      if (step.step == 0) run_tile(gain, b, first, last);
    }
  }
}

template <class Real>
void sum_rows(const RowSums<Real>& p) {
  by_column_group<Real>(p.width, [&]<int kVectors>(int first, int) { sum_rows_columns<Real, kVectors>(p, first); });
}

template <class Real>
void pack_panel(const Real* w, int n_sources, int first, int last, Real* panel) {
  for (int j = 0; j < kTileWidth; ++j) {
    const Real* row = w + pitched_area(first + j, n_sources);
    for (int i = 0; i < n_sources; ++i) panel[i * std::size_t{kTileWidth} + j] = first + j < last ? row[i] : Real(0);
  }
}

template <class Real>
void unpack_panel(const Real* panel, int n_sources, int row, int first, int last, Real* w) {
  for (int j = 0; first + j < last; ++j) {
    Real* to = w + pitched_area(first + j, row);
    for (int i = 0; i < n_sources; ++i) to[i] = panel[i * std::size_t{kTileWidth} + j];
  }
}

template <class Real>
void expand(const SpikeRows& spikes, int n_neurons, Real* out) {
  const std::uint64_t* words = spikes.words;
  for (int row = 0; row < spikes.n_rows; ++row, words += spikes.n_words, out += pitch(n_neurons)) {
    for (int n = 0; n < n_neurons; ++n)
      out[n] = static_cast<Real>(words[n / kSpikesPerWord] >> (n % kSpikesPerWord) & 1);
  }
}

std::size_t count_spikes(const SpikeRows& spikes) {
  std::size_t count = 0;
  const std::size_t n_words = static_cast<std::size_t>(spikes.n_rows) * static_cast<std::size_t>(spikes.n_words);
  for (std::size_t i = 0; i < n_words; ++i) count += static_cast<std::size_t>(__builtin_popcountll(spikes.words[i]));
  return count;
}

template <class... Bodies>
constexpr std::tuple<TileRunner<Bodies>...> tile_runners(const std::variant<Bodies...>*) {
  return {run_tiles<Bodies>...};
}

template <class Real>
constexpr Kernels<Real> make_table() {
  return {.multiply = OSSICLE_DENSE_ISA::multiply<Real>,
          .forward = forward<Real>,
          .backward = backward<Real>,
          .step_back = step_back<Real>,
          .sum_rows = sum_rows<Real>,
          .pack_panel = pack_panel<Real>,
          .unpack_panel = unpack_panel<Real>,
          .expand = expand<Real>,
          .count_spikes = count_spikes,
          .list_by_row = list_by_row,
          .list_by_neuron = list_by_neuron,
          .tile_runners = tile_runners(static_cast<const ScanBody<Real>*>(nullptr))};
}

}  // namespace

template <class Real>
const Kernels<Real>& kernel_table() {
  static constexpr Kernels<Real> kTable = make_table<Real>();
  return kTable;
}
template const Kernels<OSSICLE_REAL>& kernel_table();

}  // namespace snn::OSSICLE_ISA
