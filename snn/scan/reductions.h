#pragma once
// Sums in a fixed order: over the batch, over a layer's spikes, over all gradients.
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "snn/base/hd.h"
#include "snn/neuron/adam.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// out[n] = sum over b of parts[b][n], in double, b ascending: neuron gradients of a batch.
template <class Real>
struct BatchSum {
  int n_batch;
  int n_neurons;
  const Real* parts;  // [B][N]
  Real* out;          // [N]

  SNN_HD Extent extent() const { return {1, n_neurons}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    if constexpr (kWidth == 1) {
      out[first] = static_cast<Real>(sum_in_order(parts + first, n_neurons, n_batch));
    } else {
      double total[kWidth] = {};
      for (int b = 0; b < n_batch; ++b) {
        const Real* row = parts + area(b, n_neurons) + first;
        for (int j = 0; j < last - first; ++j) total[j] += static_cast<double>(row[j]);
      }
      for (int j = 0; j < last - first; ++j) out[first + j] = static_cast<Real>(total[j]);
    }
  }
};

/// The lane-th of every kLanes-th of n numbers, added in order.
template <int kLanes, class Value>
SNN_HD double sum_of_lane(const Value* values, int lane, int n) {
  return n > lane ? sum_in_order(values + lane, kLanes, (n - lane + kLanes - 1) / kLanes) : 0.0;
}

/// Mean firing rate of a layer over the steps of a batch.
struct FiringRate {
  static constexpr int kLanes = 256;
  int n_neurons;
  const int* n_rows;           // one number: steps of the batch, without what fills them up
  const std::int64_t* spikes;  // [N], of the batch
  double* rate;                // one number, out: spikes / (rows * N), 0..1

  SNN_HD Extent extent() const { return {1, 1}; }

  template <int>
  SNN_HD void add(int, int first, int last, double* lanes) const {
    for (int lane = first; lane < last; ++lane) lanes[lane - first] = sum_of_lane<kLanes>(spikes, lane, n_neurons);
  }
  SNN_HD void finish(int, const double* lanes) const {
    *rate = sum_of_lanes(lanes, kLanes) / (static_cast<double>(*n_rows) * n_neurons);
  }
};

/// A piece of a flat buffer. What walks in chunks has a table of them, in the order of the buffer.
struct Chunk {
  std::size_t begin = 0;
  int n_values = 0;  // at most SquareSums::kChunk
  int array = 0;     // the trained array that it is of, where it is of one
  int kind = 0;      // and its kind (AdamUpdate)
};

/// The sum of the squares of each chunk, in double.
template <class Real>
struct SquareSums {
  static constexpr int kChunk = 4096;
  static constexpr int kLanes = 64;
  int n_chunks;
  const Chunk* chunks;  // [n_chunks]
  const Real* values;
  double* sums;  // [n_chunks], out

  SNN_HD Extent extent() const { return {n_chunks, 1}; }

  template <int kWidth>
  SNN_HD void add(int chunk, int first, int last, double* lanes) const {
    const Real* numbers = values + chunks[chunk].begin;
    const int n = chunks[chunk].n_values;
    if constexpr (kWidth == 1) {
      lanes[0] = column(numbers, n, first);
    } else {
      for (int j = 0; j < last - first; ++j) lanes[j] = 0.0;
      for (int i = 0; i < n; i += kLanes) {
        const int width = n - i - first < last - first ? n - i - first : last - first;
        for (int j = 0; j < width; ++j) lanes[j] += square(numbers[i + first + j]);
      }
    }
  }
  SNN_HD void finish(int chunk, const double* lanes) const { sums[chunk] = sum_of_lanes(lanes, kLanes); }

 private:
  SNN_HD static double square(Real number) { return static_cast<double>(number) * static_cast<double>(number); }

  /// A lane's part of n numbers.
  SNN_HD static double column(const Real* numbers, int n, int lane) {
    double total = 0.0;
    const int n_steps = n > lane ? (n - lane + kLanes - 1) / kLanes : 0;
    Column<Real> columns[] = {{numbers + lane, kLanes, n_steps}};
    walk_columns<kSumRows>(columns, n_steps, [&](const Real(&number)[1]) { total += square(number[0]); });
    return total;
  }
};

/// L2 norms of the whole gradient since the optimiser was last reset. An update whose norm is not finite stops the updates:
/// neither it nor any later one changes a parameter or is counted, until the next reset.
struct GradientState {
  double norm = 0.0;            ///< of the last update's gradient, before the clip
  double factor = 1.0;          ///< that the clip multiplies every gradient of that update by
  double norm_sum = 0.0;        ///< of `norm` over the counted updates
  std::int64_t n_updates = 0;   ///< counted
  std::int64_t stopped_at = 0;  ///< number, from 1, of the update whose norm was not finite; 0: none
};

/// The same of one array's gradient.
struct ArrayGradient {
  double factor = 1.0;       ///< as above, of this array
  double norm_sum = 0.0;     ///< of its norms before the clip
  double clipped_sum = 0.0;  ///< of its norms after the clip
  bool has_stopped = false;  ///< stopped_at != 0; a copy, as GradientNorm writes GradientState while it reads this
};

/// Norms and clip factors from the sums of chunks: of the whole, then of each array, which is clipped by its own norm or
/// by that of the whole. Item 0 is the whole, item 1 + a array a.
struct GradientNorm {
  static constexpr int kHalf = 256;         // lanes of the whole, and behind them those of the array
  static constexpr int kLanes = 2 * kHalf;  // up to kHalf chunks are added in order
  int n_sums;
  const double* sums;
  double clip_norm;
  GradientState* state;  // in and out
  int n_arrays = 0;
  const int* first_sum = nullptr;  // [n_arrays + 1]: where the sums of each array begin, and where the last one's end
  const double* array_sums = nullptr;  // of each chunk
  bool has_own_clips = false;          // clip_norm is of each array alone; the factor of the whole is 1
  ArrayGradient* arrays = nullptr;     // [n_arrays], in and out

  SNN_HD Extent extent() const { return {1 + n_arrays, 1}; }

  template <int>
  SNN_HD void add(int item, int first, int last, double* lanes) const {
    for (int lane = first; lane < last; ++lane) {
      lanes[lane - first] = lane < kHalf ? sum_of_lane<kHalf>(sums, lane, n_sums) : sum_of_array(item, lane - kHalf);
    }
  }

  SNN_HD void finish(int item, const double* lanes) const {
    const double norm = std::sqrt(sum_of_lanes(lanes, n_sums < kHalf ? n_sums : kHalf));
    const double factor = has_own_clips ? 1.0 : clip_factor(norm, clip_norm);
    const bool is_finite = norm - norm == 0.0;
    item == 0 ? count(norm, factor, is_finite)
              : count_array(item - 1, std::sqrt(sum_of_lanes(lanes + kHalf, kHalf)), factor, is_finite);
  }

 private:
  SNN_HD double sum_of_array(int item, int lane) const {
    if (item == 0) return 0.0;
    const int begin = first_sum[item - 1];
    return sum_of_lane<kHalf>(array_sums + begin, lane, first_sum[item] - begin);
  }

  SNN_HD void count(double norm, double factor, bool is_finite) const {
    GradientState now = *state;
    if (now.stopped_at != 0) return;
    now.norm = norm;
    now.factor = factor;
    if (is_finite) {
      now.norm_sum += now.norm;
      ++now.n_updates;
    } else {
      now.stopped_at = now.n_updates + 1;
    }
    *state = now;
  }

  /// norm, factor: of the array and of the whole; is_finite: the whole.
  SNN_HD void count_array(int a, double norm, double factor, bool is_finite) const {
    ArrayGradient now = arrays[a];
    now.has_stopped = now.has_stopped || !is_finite;
    if (!now.has_stopped) {
      now.factor = has_own_clips ? clip_factor(norm, clip_norm) : factor;
      now.norm_sum += norm;
      now.clipped_sum += norm * now.factor;
    }
    arrays[a] = now;
  }
};

}  // namespace snn
