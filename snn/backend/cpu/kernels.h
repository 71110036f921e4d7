#pragma once
// What is compiled once for each instruction set, behind a table of plain functions. Each works on the calling thread.
#include <cstddef>
#include <cstdint>
#include <tuple>

#include "snn/backend/backend.h"
#include "snn/scan/pack_spikes.h"

namespace snn {

/// The spikes of some rows, listed: row by row, or neuron by neuron.
struct EventList {
  const std::uint32_t* begin = nullptr;   // [rows + 1], or [I + 1]: where a row's, or a neuron's, events start
  const std::uint16_t* events = nullptr;  // neurons of a row, ascending; or rows of a neuron, ascending
};

/// Room behind the last event of a list that its writer may overwrite.
inline constexpr std::uint32_t kEventSlack = 8;
/// Most rows that are listed neuron by neuron.
inline constexpr int kMostListRows = 512;

/// Where the words of some rows lie.
struct SpikeRows {
  const std::uint64_t* words = nullptr;
  int n_rows = 0;
  int n_words = 0;  // of a row
};

/// A tile of a layer, forward, over some utterances: drive by events, scan, bits.
template <class Real>
struct ForwardTiles {
  struct Events {
    EventList list;                // by row, of the rows from scan.row_begin[first_batch] on
    const Real* panels = nullptr;  // [tiles][I][kTileWidth]
    int n_neurons = 0;             // I
    int delay = 0;                 // steps after which the events arrive
  };
  /// Of one utterance that comes in pieces: what its neurons keep between them.
  struct Carried {
    ForwardTile<Real, kTileWidth>* tiles = nullptr;  // [tiles]
    bool begins = false;                             // they are set to rest first
    int first_step =
        0;  // rows before it are the utterance's past: spikes of theirs arrive, nothing else of them is looked at
  };
  /// Of a recurrent layer.
  struct Recurrence {
    const Real* panels = nullptr;                    // of the lateral matrix
    ForwardTile<Real, kTileWidth>* tiles = nullptr;  // [tiles], room; or those of Carried
    Real* arrives = nullptr;                         // [tiles][kTileWidth], room
    std::uint16_t* events = nullptr;                 // [N + kEventSlack], room
  };
  ForwardScan<Real> scan;
  std::uint64_t* spikes = nullptr;  // [rows][words], or null
  const Events* sources = nullptr;
  int n_sources = 0;
  bool has_drive = false;                 // scan.u holds the dense sources' part of the drive
  bool drive_only = false;                // no scan, no bits
  const DriveSums<Real>* sums = nullptr;  // of the drive, or null
  const ApplyNorm<Real>* norm = nullptr;  // gives the drive, or null
  Recurrence recurrence = {};             // without panels: none
  Carried carried = {};                   // without tiles: whole utterances
  int first_batch = 0, last_batch = 0;
};

/// Adds up rows of an array by events: sums[i][j] += error[r][j] over all rows r of neuron i.
template <class Real>
struct RowSums {
  EventList list;               // by neuron
  int n_neurons = 0;            // I
  int width = 0;                // columns that are wanted, 1..kTileWidth
  const Real* error = nullptr;  // [rows][kTileWidth]
  Real* sums = nullptr;         // [I][kTileWidth], in and out
};

/// Runs a body over some of its tiles: tile i works on the neurons from i % tiles_a_row * kTileWidth on of utterance
/// i / tiles_a_row.
template <class Body>
using TileRunner = void (*)(const Body&, int first_tile, int last_tile);

/// One for each kind of body.
template <class Bodies>
struct TileRunners;
template <class... Bodies>
struct TileRunners<std::variant<Bodies...>> {
  using Type = std::tuple<TileRunner<Bodies>...>;
};

template <class Real>
struct Kernels {
  void (*multiply)(const Product<Real>&);
  void (*forward)(const ForwardTiles<Real>&);
  /// gain: or null. psc: room for [steps of the longest utterance][kTileWidth], by the step rule; scan.psc is not looked at.
  void (*backward)(const BackwardScan<Real>& scan, const GainSums<Real>* gain, int first_batch, int last_batch,
                   Real* psc);
  /// One step of a recurrent layer's utterances. gain: as above. psc: room for all their rows, [rows][N], by the step rule.
  void (*step_back)(const BackwardStep<Real>& step, const GainSums<Real>* gain, int first_batch, int last_batch,
                    Real* psc);
  void (*sum_rows)(const RowSums<Real>&);
  /// panel [I][kTileWidth] of the weights [N][I] of neurons first .. last - 1, zeros beyond.
  void (*pack_panel)(const Real* w, int n_sources, int first, int last, Real* panel);
  /// The first n_sources columns of those rows of w, [N][row], from a panel.
  void (*unpack_panel)(const Real* panel, int n_sources, int row, int first, int last, Real* w);
  /// Spikes as numbers 0 and 1, [rows][n_neurons], for a product.
  void (*expand)(const SpikeRows&, int n_neurons, Real* out);
  std::size_t (*count_spikes)(const SpikeRows&);
  /// begin [rows + 1], from 0, and events, with room for kEventSlack more.
  void (*list_by_row)(const SpikeRows&, std::uint32_t* begin, std::uint16_t* events);
  /// begin [n_neurons + 1], from 0, and events, with room for kEventSlack more. At most kMostListRows rows.
  void (*list_by_neuron)(const SpikeRows&, int n_neurons, std::uint32_t* begin, std::uint16_t* events);
  typename TileRunners<ScanBody<Real>>::Type tile_runners;
};

/// isa: one of isa_names(), or "auto" for the first of them. Throws std::invalid_argument for another.
template <class Real>
const Kernels<Real>& find_kernels(const std::string& isa);

}  // namespace snn
