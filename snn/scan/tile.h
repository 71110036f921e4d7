#pragma once
// What all scan bodies share. A body is an argument struct of plain pointers and numbers with
//   template <int kWidth> void run(int b, int first, int last) const
// which works on neurons first .. last-1 (at most kWidth of them) of utterance b and writes their outputs alone. The
// CPU calls it with tiles of kTileWidth neurons, a GPU thread with one neuron (a column); so order and tiling change no bit.
#include <concepts>
#include <cstddef>

#include "snn/base/hd.h"

namespace snn {

/// Neurons of a tile on the CPU: measured ten times faster than one neuron at a time.
inline constexpr int kTileWidth = 64;

/// Tiles of a layer.
SNN_HD int count_tiles(int n_neurons) {
  return (n_neurons + kTileWidth - 1) / kTileWidth;
}

/// Rows that a tile asks for ahead: they lie too far apart for the processor to guess.
inline constexpr int kRowsAhead = 8;

/// Rows of a column that a thread reads at a time, while it works on as many that it read before: a GPU has few columns for
/// its memory's latency. A step forward is short work, so that needs more rows at a time than a step backward; what bounds
/// them is registers and the length of the code (scripts/cuda_report).
inline constexpr int kForwardRows = 16;
inline constexpr int kColumnRows = 8;

/// The same where a step is one addition.
inline constexpr int kSumRows = 16;

/// Asks for the tile's part of a row.
template <int kWidth, class Real>
SNN_HD void prefetch_tile(const Real* row) {
  constexpr int kLine = 64 / static_cast<int>(sizeof(Real));
  for (int j = 0; j < kWidth; j += kLine) prefetch(row + j);
}

/// A neuron's numbers in an array over time: n of them, `stride` apart from `at` on. A stride below zero walks backward.
template <class Value>
struct Column {
  const Value* at;
  int stride;
  int n;
};

/// The next kRows numbers of a column, zeros where it has ended; moves the column behind them.
template <int kRows, class Value>
SNN_HD void read_rows(Column<Value>& column, Value (&values)[kRows]) {
  SNN_UNROLL
  for (int k = 0; k < kRows; ++k) {
    values[k] = k < column.n ? *column.at : Value(0);
    column.at += column.stride;
  }
  column.n -= kRows;
}

/// Walks n_steps down columns side by side, with step(values, prepare(values)) at each, values[c] of column c, zeros where
/// it has ended. Numbers are read a block ahead, so step may write where a column has been read, and a block is prepared
/// before its first step, so prepare must not need one. A whole block has no checks between its steps, which a GPU then
/// mixes; the rest is a loop that moves its numbers up, as nobody can index registers.
template <int kRows, int kColumns, class Value, class Prepare, class Step>
SNN_HD void walk_columns(Column<Value> (&columns)[kColumns], int n_steps, const Prepare& prepare, const Step& step) {
  Value next[kColumns][kRows], now[kRows][kColumns], ready[kRows];
  for (int c = 0; c < kColumns; ++c) read_rows(columns[c], next[c]);
  SNN_ROLLED
  for (; n_steps >= kRows; n_steps -= kRows) {
    SNN_UNROLL
    for (int k = 0; k < kColumns * kRows; ++k) now[k / kColumns][k % kColumns] = next[k % kColumns][k / kColumns];
    for (int c = 0; c < kColumns; ++c) read_rows(columns[c], next[c]);
    SNN_UNROLL
    for (int k = 0; k < kRows; ++k) ready[k] = prepare(now[k]);
    SNN_UNROLL
    for (int k = 0; k < kRows; ++k) step(now[k], ready[k]);
  }
  SNN_ROLLED
  for (; n_steps > 0; --n_steps) {
    for (int c = 0; c < kColumns; ++c) now[0][c] = next[c][0];
    step(now[0], prepare(now[0]));
    SNN_UNROLL
    for (int k = 0; k < kColumns * (kRows - 1); ++k) {
      next[k % kColumns][k / kColumns] = next[k % kColumns][k / kColumns + 1];
    }
  }
}

/// The same with nothing to prepare: step(values) at each row.
template <int kRows, int kColumns, class Value, class Step>
SNN_HD void walk_columns(Column<Value> (&columns)[kColumns], int n_steps, const Step& step) {
  using Row = const Value(&)[kColumns];
  walk_columns<kRows>(
      columns, n_steps, [](Row) { return Value(0); }, [&](Row row, Value) { step(row); });
}

/// The sum of n numbers `stride` apart, in order and in double.
template <class Real>
SNN_HD double sum_in_order(const Real* first, int stride, int n) {
  double total = 0.0;
  Column<Real> columns[] = {{first, stride, n}};
  walk_columns<kSumRows>(columns, n, [&](const Real(&values)[1]) { total += static_cast<double>(values[0]); });
  return total;
}

/// Number of neurons and utterances that a body is run over.
struct Extent {
  int n_batch = 0;
  int n_neurons = 0;
};

/// A body that reduces many numbers to one for each of extent().n_batch items, in an order that neither threads nor tiles
/// change: kLanes partial sums by
///   template <int kWidth> void add(int item, int first, int last, double* lanes) const    // lanes[i] of lane first + i
/// and what they come to by finish(item, lanes). On a GPU an item is a block, with a thread for each lane.
template <class Body>
concept AddsUp = requires(const Body& body, const double* lanes) {
  { Body::kLanes } -> std::convertible_to<int>;
  body.finish(0, lanes);
};

/// An item of such a body on one thread, kWidth lanes at a time.
template <int kWidth, AddsUp Body>
SNN_HD void add_up(const Body& body, int item) {
  double lanes[Body::kLanes];
  for (int first = 0; first < Body::kLanes; first += kWidth) {
    const int last = first + kWidth < Body::kLanes ? first + kWidth : Body::kLanes;
    body.template add<kWidth>(item, first, last, lanes + first);
  }
  body.finish(item, lanes);
}

/// The first n lanes, in order.
SNN_HD double sum_of_lanes(const double* lanes, int n) {
  double total = 0.0;
  for (int lane = 0; lane < n; ++lane) total += lanes[lane];
  return total;
}

}  // namespace snn
