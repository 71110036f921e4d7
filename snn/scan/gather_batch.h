#pragma once
// From the utterances of a data set to the network's input.
#include <cmath>
#include <compare>
#include <cstddef>
#include <cstdint>

#include "snn/base/hd.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// How an utterance's values are stored.
enum class ValueType : std::int32_t { kFloat, kDouble, kUint8, kUint16 };

/// Bytes of a value.
constexpr std::size_t size_of(ValueType type) {
  constexpr std::size_t kSizes[] = {sizeof(float), sizeof(double), sizeof(std::uint8_t), sizeof(std::uint16_t)};
  return kSizes[static_cast<std::size_t>(type)];
}

/// An utterance of a batch: where its values are, and by how much it is shifted, later and to higher channels; what leaves
/// the window is lost, what enters it is zero. One with taps takes its channels from them instead of shifting, and is zero
/// in the masked steps.
struct UtteranceView {
  const void* values = nullptr;  ///< [steps][C] without gaps, or null: all zero
  ValueType type = ValueType::kFloat;
  std::int32_t shift_steps = 0;
  std::int32_t shift_channels = 0;
  std::int32_t taps = -1;                     ///< row of the batch's taps, or below 0 for none
  std::int32_t mask_begin = 0, mask_end = 0;  ///< steps begin..end-1 of the input, after the shift
  float tempo = 1.0F;         ///< with taps: steps of the utterance that pass in one of the input, about the middle
  std::int32_t partner = -1;  ///< index in the batch of the utterance that is mixed in, or below 0 for none
  float share = 0.0F;         ///< of the partner, 0..1
  float noise = 0.0F;         ///< standard deviation of what is added to each value of the input
  std::uint64_t noise_seed = 0;
  // What its own random numbers are taken from, and what becomes of its channels where it has taps (draw_taps.h):
  std::uint64_t stream = 0;                    ///< index of its streams (rng.h)
  double stretch = 1.0;                        ///< of the channel axis, above 0
  double gain = 1.0;                           ///< of the channels that are not dropped
  std::int32_t mask_first = 0, mask_last = 0;  ///< channels first..last-1 are zero
};

/// What is drawn alike for all utterances of a batch.
struct BatchDraws {
  std::uint64_t seed = 0;
  double drop_channels = 0.0;  ///< probability of a channel to be zero, of utterances with taps
  double drop_neurons = 0.0;   ///< probability of a hidden neuron to be silent
  auto operator<=>(const BatchDraws&) const = default;
};

/// What a step of the input takes from an utterance: that step, and this share of the way to the one behind it.
struct StepTap {
  std::int32_t step;  ///< may lie outside
  float share;        ///< 0..1
};

/// Of step t of the input. Exact for a tempo of 1.
SNN_HD StepTap step_tap(const UtteranceView& view, int t, int n_steps) {
  const int shifted = t - view.shift_steps;
  if (view.tempo == 1.0F) return {shifted, 0.0F};
  const float middle = 0.5F * static_cast<float>(n_steps - 1);
  const float position = (static_cast<float>(shifted) - middle) * view.tempo + middle, below = std::floor(position);
  return {static_cast<std::int32_t>(below), position - below};
}

/// What a channel of the input takes from an utterance whose channel axis was changed: weight times the utterance's channel, and weight_above times the one above it. Where there is none above,
/// weight_above is 0.
struct ChannelTap {
  std::int32_t channel = 0;  ///< 0..C-1
  float weight = 0.0F;
  float weight_above = 0.0F;
  bool operator==(const ChannelTap&) const = default;
};

/// The channel above that of the tap, or the tap's own at the top.
SNN_HD int channel_above(const ChannelTap& tap, int n_channels) {
  return tap.channel + 1 < n_channels ? tap.channel + 1 : tap.channel;
}

/// Linear interpolation between two neighbours, with a gain in the weights.
template <class Real>
SNN_HD Real interpolated(Real value, Real above, Real weight, Real weight_above) {
  return weight * value + weight_above * above;
}

/// x[row][c] = factor times the utterance's value, as Real.
template <class Real>
struct GatherBatch {
  Shape shape;                      // N: channels
  const int* row_begin;             // [B + 1]
  const UtteranceView* utterances;  // [B]
  const ChannelTap* taps;           // [utterances with taps][C], or null if there are none
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
    if constexpr (kWidth == 1) return column<Value>(b, first);
    if (utterances[b].taps >= 0) return interpolate<kWidth, Value>(b, first, last);
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
          is_there ? values + (area(step, shape.n_neurons) - static_cast<std::size_t>(view.shift_channels)) : nullptr;
      const int begin = is_there ? bounded(low, first, last) : last;
      const int end = is_there ? bounded(high, first, last) : last;
      for (int c = first; c < begin; ++c) to[c] = Real(0);
      for (int c = begin; c < end; ++c) to[c] = static_cast<Real>(from[c]) * factor;
      for (int c = end < begin ? begin : end; c < last; ++c) to[c] = Real(0);
    }
  }

  /// An utterance with taps. Both values are looked up first: then the rest of the loop becomes vectors.
  template <int kWidth, class Value>
  SNN_HD void interpolate(int b, int first, int last) const {
    const UtteranceView view = utterances[b];
    const int width = last - first, n_steps = row_begin[b + 1] - row_begin[b];
    int at[kWidth] = {}, at_above[kWidth] = {};
    Real weight[kWidth] = {}, weight_above[kWidth] = {}, value[kWidth] = {}, above[kWidth] = {};
    for (int j = 0; j < width; ++j) {
      const ChannelTap tap = taps[shape.batch_index(view.taps, first + j)];
      at[j] = tap.channel;
      at_above[j] = channel_above(tap, shape.n_neurons);
      weight[j] = static_cast<Real>(tap.weight);
      weight_above[j] = static_cast<Real>(tap.weight_above);
    }
    const Value* values = static_cast<const Value*>(view.values);
    for (int t = 0; t < n_steps; ++t) {
      Real* SNN_RESTRICT to = x + shape.index(row_begin[b] + t, first);
      const StepTap tap = step_tap(view, t, n_steps);
      if (values == nullptr || tap.step < 0 || tap.step >= n_steps || is_masked(view, t)) {
        for (int j = 0; j < width; ++j) to[j] = Real(0);
        continue;
      }
      const auto add = [&](int step, auto&& put) {
        const Value* SNN_RESTRICT from = values + area(step, shape.n_neurons);
        for (int j = 0; j < width; ++j) {
          value[j] = static_cast<Real>(from[at[j]]);
          above[j] = static_cast<Real>(from[at_above[j]]);
        }
        for (int j = 0; j < width; ++j) put(j, interpolated(value[j], above[j], weight[j], weight_above[j]) * factor);
      };
      add(tap.step, [&](int j, Real x_of_step) { to[j] = x_of_step; });
      if (tap.share == 0.0F) continue;
      const Real share = static_cast<Real>(tap.share);
      if (tap.step + 1 == n_steps) {
        for (int j = 0; j < width; ++j) to[j] = between(to[j], Real(0), share);
      } else {
        add(tap.step + 1, [&](int j, Real x_of_step) { to[j] = between(to[j], x_of_step, share); });
      }
    }
  }

  /// One channel over all steps: zeros, what the shift left of the utterance, zeros.
  template <class Value>
  SNN_HD void column(int b, int c) const {
    const UtteranceView view = utterances[b];
    const int n_steps = row_begin[b + 1] - row_begin[b];
    const bool has_taps = view.taps >= 0;
    const ChannelTap tap =
        has_taps ? taps[shape.batch_index(view.taps, c)] : ChannelTap{c - view.shift_channels, 1.0F, 0.0F};
    const bool is_there = view.values != nullptr && tap.channel >= 0 && tap.channel < shape.n_neurons;
    if (view.tempo != 1.0F && is_there && has_taps) return stretched_column<Value>(b, c, tap);
    const int begin = is_there ? bounded(view.shift_steps, 0, n_steps) : n_steps;
    const int end = is_there ? bounded(n_steps + view.shift_steps, begin, n_steps) : n_steps;
    Real* to = x + shape.index(row_begin[b], c);
    const auto write = [&](Real value) {
      *to = value;
      to += shape.pitch();
    };
    for (int t = 0; t < begin; ++t) write(Real(0));
    if (begin < end) {
      const Value* row = static_cast<const Value*>(view.values) + area(begin - view.shift_steps, shape.n_neurons);
      if (has_taps) {
        interpolate_column<Value>(view, tap, row, begin, end, write);
      } else {
        Column<Value> columns[] = {{row + tap.channel, shape.n_neurons, end - begin}};
        walk_columns<kSumRows>(columns, end - begin,
                               [&](const Value(&value)[1]) { write(static_cast<Real>(value[0]) * factor); });
      }
    }
    for (int t = end; t < n_steps; ++t) write(Real(0));
  }

  /// One channel of an utterance at another tempo.
  template <class Value>
  SNN_HD void stretched_column(int b, int c, const ChannelTap& tap) const {
    const UtteranceView view = utterances[b];
    const int n_steps = row_begin[b + 1] - row_begin[b];
    const Value* values = static_cast<const Value*>(view.values);
    const Real weight = static_cast<Real>(tap.weight), weight_above = static_cast<Real>(tap.weight_above);
    const auto value_at = [&](int step) {
      if (step >= n_steps) return Real(0);
      const Value* row = values + area(step, shape.n_neurons);
      return interpolated(static_cast<Real>(row[tap.channel]),
                          static_cast<Real>(row[channel_above(tap, shape.n_neurons)]), weight, weight_above) *
             factor;
    };
    for (int t = 0; t < n_steps; ++t) {
      const StepTap at = step_tap(view, t, n_steps);
      const bool is_there = at.step >= 0 && at.step < n_steps && !is_masked(view, t);
      Real now = is_there ? value_at(at.step) : Real(0);
      if (is_there && at.share != 0.0F) now = between(now, value_at(at.step + 1), static_cast<Real>(at.share));
      x[shape.index(row_begin[b] + t, c)] = now;
    }
  }

  static SNN_HD Real between(Real value, Real next, Real share) { return value + share * (next - value); }

  /// Steps begin .. end-1 of one channel.
  template <class Value, class Write>
  SNN_HD void interpolate_column(const UtteranceView& view, const ChannelTap& tap, const Value* row, int begin, int end,
                                 const Write& write) const {
    const Real weight = static_cast<Real>(tap.weight), weight_above = static_cast<Real>(tap.weight_above);
    Column<Value> columns[] = {{row + tap.channel, shape.n_neurons, end - begin},
                               {row + channel_above(tap, shape.n_neurons), shape.n_neurons, end - begin}};
    int t = begin;
    walk_columns<kColumnRows>(columns, end - begin, [&](const Value(&value)[2]) {
      const Real sum = interpolated(static_cast<Real>(value[0]), static_cast<Real>(value[1]), weight, weight_above);
      write(is_masked(view, t) ? Real(0) : sum * factor);
      ++t;
    });
  }

  static SNN_HD bool is_masked(const UtteranceView& view, int t) { return t >= view.mask_begin && t < view.mask_end; }

  static SNN_HD int bounded(int value, int low, int high) { return value < low ? low : (value > high ? high : value); }
};

}  // namespace snn
