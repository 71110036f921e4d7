#pragma once
// From the utterances of a data set to the network's input.
#include <cstddef>
#include <cstdint>

#include "snn/hd.h"
#include "snn/scan/tile.h"
#include "snn/shape.h"

namespace snn {

/// How an utterance's values are stored.
enum class ValueType : std::int32_t { kFloat, kDouble, kUint8, kUint16 };

/// An utterance of a batch, for bodies: its values where the back end's bodies can read them, and by how much it is
/// shifted, later and to higher channels; what leaves the window is lost, what enters it is zero.
struct UtteranceView {
  const void* values = nullptr;  ///< [steps][C], or null: all zero
  ValueType type = ValueType::kFloat;
  std::int32_t shift_steps = 0;
  std::int32_t shift_channels = 0;
};

/// x[row][c] = factor times the utterance's value, as Real.
template <class Real>
struct GatherBatch {
  Shape shape;                      // N: channels
  const int* row_begin;             // [B + 1]
  const UtteranceView* utterances;  // [B]
  Real factor;
  Real* x;  // [rows][C], out

  SNN_HD Extent extent() const { return {shape.n_batch, shape.n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int b, int first, int last) const {
    switch (utterances[b].type) {
      case ValueType::kFloat:
        return copy<kWidth, float>(b, first, last);
      case ValueType::kDouble:
        return copy<kWidth, double>(b, first, last);
      case ValueType::kUint8:
        return copy<kWidth, std::uint8_t>(b, first, last);
      case ValueType::kUint16:
        return copy<kWidth, std::uint16_t>(b, first, last);
    }
  }

 private:
  template <int kWidth, class Value>
  SNN_HD void copy(int b, int first, int last) const {
    if constexpr (kWidth == 1) return lane<Value>(b, first);
    const UtteranceView view = utterances[b];
    const int n_steps = row_begin[b + 1] - row_begin[b];
    const int low = view.shift_channels > 0 ? view.shift_channels : 0;
    const int high = shape.n_neurons + (view.shift_channels < 0 ? view.shift_channels : 0);
    const Value* values = static_cast<const Value*>(view.values);
    for (int t = 0; t < n_steps; ++t) {
      Real* SNN_RESTRICT to = x + shape.index(row_begin[b] + t, 0);
      const int step = t - view.shift_steps;
      const bool is_there = values != nullptr && step >= 0 && step < n_steps;
      const Value* SNN_RESTRICT from =
          is_there ? values + (shape.index(step, 0) - static_cast<std::size_t>(view.shift_channels)) : nullptr;
      const int begin = is_there ? bounded(low, first, last) : last;
      const int end = is_there ? bounded(high, first, last) : last;
      for (int c = first; c < begin; ++c) to[c] = Real(0);
      for (int c = begin; c < end; ++c) to[c] = static_cast<Real>(from[c]) * factor;
      for (int c = end < begin ? begin : end; c < last; ++c) to[c] = Real(0);
    }
  }

  /// One channel over all steps: zeros, what the shift left of the utterance, zeros.
  template <class Value>
  SNN_HD void lane(int b, int c) const {
    const UtteranceView view = utterances[b];
    const int n_steps = row_begin[b + 1] - row_begin[b], channel = c - view.shift_channels;
    const bool is_there = view.values != nullptr && channel >= 0 && channel < shape.n_neurons;
    const int begin = is_there ? bounded(view.shift_steps, 0, n_steps) : n_steps;
    const int end = is_there ? bounded(n_steps + view.shift_steps, begin, n_steps) : n_steps;
    Real* place = x + shape.index(row_begin[b], c);
    const auto write = [&](Real value) {
      *place = value;
      place += shape.n_neurons;
    };
    for (int t = 0; t < begin; ++t) write(Real(0));
    if (begin < end) {
      const Value* from = static_cast<const Value*>(view.values) + shape.index(begin - view.shift_steps, channel);
      Column<Value> columns[] = {{from, shape.n_neurons, end - begin}};
      walk_columns<kSumRows>(columns, end - begin,
                             [&](const Value(&value)[1]) { write(static_cast<Real>(value[0]) * factor); });
    }
    for (int t = end; t < n_steps; ++t) write(Real(0));
  }

  static SNN_HD int bounded(int value, int low, int high) { return value < low ? low : (value > high ? high : value); }
};

}  // namespace snn
