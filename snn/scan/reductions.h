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

/// Sums of squares in double: each chunk has kPartials partial sums, the p-th of every kPartials-th number from the p-th on.
/// Which number enters which sum is fixed, so threads cannot change a bit.
template <class Real>
struct SquareSums {
  static constexpr int kChunk = 4096;
  static constexpr int kPartials = 64;
  int n_chunks;
  const Chunk* chunks;  // [n_chunks]
  const Real* values;
  double* partials;  // [n_chunks][kPartials], out

  SNN_HD Extent extent() const { return {n_chunks, kPartials}; }

  template <int kWidth>
  SNN_HD void run(int chunk, int first, int last) const {
    const std::size_t begin = chunks[chunk].begin;
    const int n = chunks[chunk].n_values;
    if constexpr (kWidth == 1) return column(chunk, values + begin, n, first);
    double total[kWidth] = {};
    for (int i = 0; i < n; i += kPartials) {
      const int width = n - i - first < last - first ? n - i - first : last - first;
      for (int j = 0; j < width; ++j) {
        const auto value = static_cast<double>(values[begin + static_cast<std::size_t>(i + first + j)]);
        total[j] += value * value;
      }
    }
    for (int j = 0; j < last - first; ++j) partials[static_cast<std::size_t>(chunk) * kPartials + first + j] = total[j];
  }

 private:
  /// Partial sum p of a chunk of n numbers.
  SNN_HD void column(int chunk, const Real* numbers, int n, int p) const {
    double total = 0.0;
    const int n_steps = n > p ? (n - p + kPartials - 1) / kPartials : 0;
    Column<Real> columns[] = {{numbers + p, kPartials, n_steps}};
    walk_columns<kSumRows>(columns, n_steps, [&](const Real(&number)[1]) {
      const auto value = static_cast<double>(number[0]);
      total += value * value;
    });
    partials[static_cast<std::size_t>(chunk) * kPartials + static_cast<std::size_t>(p)] = total;
  }
};

/// The sum of each chunk's partial sums.
struct ChunkSums {
  int n_chunks;
  int n_partials;
  const double* partials;  // [chunks][partials]
  double* sums;            // [chunks], out

  SNN_HD Extent extent() const { return {1, n_chunks}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    for (int chunk = first; chunk < last; ++chunk) {
      sums[chunk] = sum_in_order(partials + static_cast<std::size_t>(chunk) * static_cast<std::size_t>(n_partials), 1,
                                 n_partials);
    }
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

/// Norms and clip factors from what ChunkSums gave: of the whole, then of each array, which is clipped by its own norm or
/// by that of the whole.
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
