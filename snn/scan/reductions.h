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
        const Real* row = parts + Shape{1, n_batch, n_neurons}.index(b, first);
        for (int j = 0; j < last - first; ++j) total[j] += static_cast<double>(row[j]);
      }
      for (int j = 0; j < last - first; ++j) out[first + j] = static_cast<Real>(total[j]);
    }
  }
};

/// Mean firing rate of a layer over the steps of a batch.
struct FiringRate {
  int n_neurons;
  const int* n_rows;           // one number: steps of the batch, without what fills them up
  const std::int64_t* spikes;  // [N], of the batch
  double* rate;                // one number, out: spikes / (rows * N), 0..1

  SNN_HD Extent extent() const { return {1, 1}; }

  template <int kWidth>
  SNN_HD void run(int, int, int) const {
    *rate = sum_in_order(spikes, 1, n_neurons) / (static_cast<double>(*n_rows) * n_neurons);
  }
};

/// A piece of a flat buffer. What walks in chunks has a table of them, in the order of the buffer.
struct Chunk {
  std::size_t begin = 0;
  int n_values = 0;  // at most SquareSums::kChunk
  int array = 0;     // the trained array that it is of, where it is of one
  int kind = 0;      // and its kind (AdamUpdate)
};

/// Sums of squares in double: lane l of a chunk sums every kLanes-th of its numbers from the l-th on. Chunks and lanes are
/// fixed, so threads cannot change the sum.
template <class Real>
struct SquareSums {
  static constexpr int kChunk = 4096;
  static constexpr int kLanes = 64;
  int n_chunks;
  const Chunk* chunks;  // [n_chunks]
  const Real* values;
  double* sums;  // [n_chunks][kLanes], out

  SNN_HD Extent extent() const { return {n_chunks, kLanes}; }

  template <int kWidth>
  SNN_HD void run(int chunk, int first, int last) const {
    const std::size_t begin = chunks[chunk].begin;
    const int n = chunks[chunk].n_values;
    if constexpr (kWidth == 1) return lane(chunk, values + begin, n, first);
    double total[kWidth] = {};
    for (int i = 0; i < n; i += kLanes) {
      const int width = n - i - first < last - first ? n - i - first : last - first;
      for (int j = 0; j < width; ++j) {
        const auto value = static_cast<double>(values[begin + static_cast<std::size_t>(i + first + j)]);
        total[j] += value * value;
      }
    }
    for (int j = 0; j < last - first; ++j) sums[static_cast<std::size_t>(chunk) * kLanes + first + j] = total[j];
  }

 private:
  /// Lane l of a chunk of n numbers.
  SNN_HD void lane(int chunk, const Real* numbers, int n, int l) const {
    double total = 0.0;
    const int n_steps = n > l ? (n - l + kLanes - 1) / kLanes : 0;
    Column<Real> columns[] = {{numbers + l, kLanes, n_steps}};
    walk_columns<kSumRows>(columns, n_steps, [&](const Real(&number)[1]) {
      const auto value = static_cast<double>(number[0]);
      total += value * value;
    });
    sums[static_cast<std::size_t>(chunk) * kLanes + static_cast<std::size_t>(l)] = total;
  }
};

/// The sum of each chunk's lanes.
struct LaneSums {
  int n_chunks;
  int n_lanes;
  const double* lanes;  // [chunks][lanes]
  double* sums;         // [chunks], out

  SNN_HD Extent extent() const { return {1, n_chunks}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    for (int chunk = first; chunk < last; ++chunk) {
      sums[chunk] =
          sum_in_order(lanes + static_cast<std::size_t>(chunk) * static_cast<std::size_t>(n_lanes), 1, n_lanes);
    }
  }
};

/// What is known of the gradients of a run of updates. A norm that is not finite stops the run: it and what comes behind it
/// count for nothing.
struct GradientState {
  double norm = 0.0;            ///< of the last one, before the clip
  double factor = 1.0;          ///< the clip's, on every gradient
  double norm_sum = 0.0;        ///< over the updates
  std::int64_t n_updates = 0;   ///< counted
  std::int64_t stopped_at = 0;  ///< the update, from 1, whose norm was not finite; 0: none
};

/// What is known of the gradient of one array over the same updates.
struct ArrayGradient {
  double factor = 1.0;       ///< of the clip, at the last update
  double norm_sum = 0.0;     ///< of its L2 norms before the clip
  double clipped_sum = 0.0;  ///< of those behind it
  bool has_stopped = false;  ///< as GradientState, for nobody may look at that while it is written
};

/// Norms and clip factors from the sums of LaneSums: of the whole, then of each array, whose factor is its own or the
/// whole's.
struct GradientNorm {
  int n_sums;
  const double* sums;
  double clip_norm;
  GradientState* state;  // in and out
  int n_arrays = 0;
  const int* first_sum = nullptr;  // [n_arrays + 1]: where the sums of each array begin, and where the last one's end
  const double* array_sums = nullptr;  // of each chunk
  bool has_own_clips = false;          // clip_norm is of each array alone; the factor of the whole is 1
  ArrayGradient* arrays = nullptr;     // [n_arrays], in and out

  SNN_HD Extent extent() const { return {1, 1 + n_arrays}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    const double norm = std::sqrt(sum_in_order(sums, 1, n_sums));
    const double factor = has_own_clips ? 1.0 : clip_factor(norm, clip_norm);
    const bool is_finite = norm - norm == 0.0;
    for (int i = first; i < last; ++i) {
      i == 0 ? count(norm, factor, is_finite) : count_array(i - 1, factor, is_finite);
    }
  }

 private:
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

  SNN_HD void count_array(int a, double factor, bool is_finite) const {
    ArrayGradient now = arrays[a];
    now.has_stopped = now.has_stopped || !is_finite;
    if (!now.has_stopped) {
      const double norm = std::sqrt(sum_in_order(array_sums + first_sum[a], 1, first_sum[a + 1] - first_sum[a]));
      now.factor = has_own_clips ? clip_factor(norm, clip_norm) : factor;
      now.norm_sum += norm;
      now.clipped_sum += norm * now.factor;
    }
    arrays[a] = now;
  }
};

}  // namespace snn
