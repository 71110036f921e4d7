#pragma once
// Products with spikes, event by event. Compiled for each instruction set by kernels.cpp alone:
// everything stands in a namespace of that name (scripts/cmake/isa_kernels.cmake).
#include <cstring>

#include "snn/backend/cpu/kernels.h"

namespace snn::OSSICLE_ISA {

#if defined(__AVX512F__)
inline constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
inline constexpr int kVectorBytes = 32;
#else
inline constexpr int kVectorBytes = 16;
#endif

/// Numbers in one register; aligned like a single one, so it may be read and written anywhere.
template <class Real>
struct VectorOf {
  typedef Real Type __attribute__((vector_size(kVectorBytes), aligned(sizeof(Real)), may_alias));
};
template <class Real>
inline constexpr int kLanes = kVectorBytes / static_cast<int>(sizeof(Real));

/// Registers that accumulate at a time: half of those that the smallest instruction set has.
inline constexpr int kAccumulators = 8;

/// drive[row] (+)= sum of weights[event] over the events of all sources that arrive in the row, kVectors registers wide. step: of
/// the row in its utterance.
template <class Real, int kVectors>
SNN_HD void add_events_row(const typename ForwardTiles<Real>::Events* sources, int n_sources, int row, int step,
                           int first, const Real* const* panels, bool has_drive, Real* drive) {
  using Vector = typename VectorOf<Real>::Type;
  Vector sum[kVectors];
  for (int v = 0; v < kVectors; ++v) {
    sum[v] = has_drive ? *reinterpret_cast<const Vector*>(drive + v * kLanes<Real>) : Vector{};
  }
  for (int s = 0; s < n_sources; ++s) {
    const EventList& list = sources[s].list;
    const Real* panel = panels[s] + first;
    if (step < sources[s].delay) continue;
    const std::uint32_t* begin = list.begin + (row - sources[s].delay);
    for (std::uint32_t e = begin[0]; e < begin[1]; ++e) {
      const Real* weights = panel + list.events[e] * std::size_t{kTileWidth};
      for (int v = 0; v < kVectors; ++v) sum[v] += *reinterpret_cast<const Vector*>(weights + v * kLanes<Real>);
    }
  }
  for (int v = 0; v < kVectors; ++v) *reinterpret_cast<Vector*>(drive + v * kLanes<Real>) = sum[v];
}

/// kVectors registers of a tile, from neuron `first` of the tile on, for some rows; `width` of their numbers are there.
template <class Real, int kVectors>
void add_events_columns(const ForwardTiles<Real>& tiles, const Real* const* panels, int first_row, int last_row,
                        int first, int width, Real* drive) {
  constexpr int kWidth = kVectors * kLanes<Real>;
  const int origin = tiles.scan.row_begin[tiles.first_batch];
  const int past = tiles.carried.first_step;
  const auto stride = static_cast<std::size_t>(tiles.scan.shape.pitch());
  Real beside[kWidth] = {};  // where a whole register would reach into the next row
  for (int row = first_row; row < last_row; ++row, drive += stride) {
    if (width == kWidth) {
      add_events_row<Real, kVectors>(tiles.sources, tiles.n_sources, row - origin, row - first_row + past, first,
                                     panels, tiles.has_drive, drive);
      continue;
    }
    std::memcpy(beside, drive, static_cast<std::size_t>(width) * sizeof(Real));
    add_events_row<Real, kVectors>(tiles.sources, tiles.n_sources, row - origin, row - first_row + past, first, panels,
                                   tiles.has_drive, beside);
    std::memcpy(drive, beside, static_cast<std::size_t>(width) * sizeof(Real));
  }
}

/// Calls function.template operator()<n>() for n = 1 .. kAccumulators.
template <class Function>
SNN_HD void with_vectors(int n, const Function& function) {
  switch (n) {
    case 1:
      return function.template operator()<1>();
    case 2:
      return function.template operator()<2>();
    case 3:
      return function.template operator()<3>();
    case 4:
      return function.template operator()<4>();
    case 5:
      return function.template operator()<5>();
    case 6:
      return function.template operator()<6>();
    case 7:
      return function.template operator()<7>();
    default:
      return function.template operator()<8>();
  }
}

/// Splits `width` columns into groups of up to kAccumulators registers: each(first, width, kVectors).
template <class Real, class Function>
SNN_HD void by_column_group(int width, const Function& each) {
  constexpr int kMost = kAccumulators * kLanes<Real>;
  for (int first = 0; first < width; first += kMost) {
    const int n = width - first < kMost ? width - first : kMost;
    with_vectors((n + kLanes<Real> - 1) / kLanes<Real>,
                 [&]<int kVectors>() { each.template operator()<kVectors>(first, n); });
  }
}

/// Neurons whose rows are summed before the next row of the error is needed again.
template <class Real, int kVectors>
void sum_rows_columns(const RowSums<Real>& p, int first) {
  using Vector = typename VectorOf<Real>::Type;
  for (int i = 0; i < p.n_neurons; ++i) {
    const std::uint32_t begin = p.list.begin[i], end = p.list.begin[i + 1];
    if (begin == end) continue;
    Real* out = p.sums + i * std::size_t{kTileWidth} + first;
    Vector sum[kVectors];
    for (int v = 0; v < kVectors; ++v) sum[v] = *reinterpret_cast<const Vector*>(out + v * kLanes<Real>);
    for (std::uint32_t e = begin; e < end; ++e) {
      const Real* error = p.error + p.list.events[e] * std::size_t{kTileWidth} + first;
      for (int v = 0; v < kVectors; ++v) sum[v] += *reinterpret_cast<const Vector*>(error + v * kLanes<Real>);
    }
    for (int v = 0; v < kVectors; ++v) *reinterpret_cast<Vector*>(out + v * kLanes<Real>) = sum[v];
  }
}

}  // namespace snn::OSSICLE_ISA
