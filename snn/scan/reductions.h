#pragma once
// Sums in a fixed order: over the batch, over a layer's spikes, over all gradients.
#include <cmath>
#include <cstddef>

#include "snn/hd.h"
#include "snn/neuron/adam.h"
#include "snn/scan/tile.h"
#include "snn/shape.h"

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
    double total[kWidth] = {};
    for (int b = 0; b < n_batch; ++b)
      for (int j = 0; j < last - first; ++j)
        total[j] += static_cast<double>(parts[Shape{1, n_batch, n_neurons}.index(b, first + j)]);
    for (int j = 0; j < last - first; ++j) out[first + j] = static_cast<Real>(total[j]);
  }
};

/// Mean firing rate of a layer over the steps of a batch.
struct FiringRate {
  Shape shape;
  const int* n_spikes;  // [B][N]
  double* rate;         // one number, out: spikes / (rows * N), 0..1

  SNN_HD Extent extent() const { return {1, 1}; }

  template <int kWidth>
  SNN_HD void run(int, int, int) const {
    double spikes = 0.0;
    const std::size_t n_counts = shape.index(shape.n_batch, 0);
    for (std::size_t i = 0; i < n_counts; ++i) spikes += n_spikes[i];
    *rate = spikes / static_cast<double>(shape.size());
  }
};

/// Sum of squares of chunk c = values[c * kChunk] .. in double; chunks are fixed, so threads cannot change the sum.
template <class Real>
struct SquareSums {
  static constexpr int kChunk = 4096;
  std::size_t n_values;
  const Real* values;
  double* sums;  // [ceil(n_values / kChunk)], out

  SNN_HD Extent extent() const { return {static_cast<int>((n_values + kChunk - 1) / kChunk), 1}; }

  template <int kWidth>
  SNN_HD void run(int chunk, int, int) const {
    const std::size_t begin = static_cast<std::size_t>(chunk) * kChunk;
    const std::size_t end = begin + kChunk < n_values ? begin + kChunk : n_values;
    double total = 0.0;
    for (std::size_t i = begin; i < end; ++i) total += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    sums[chunk] = total;
  }
};

/// Global norm and clip factor from the sums of SquareSums.
struct GradientNorm {
  int n_sums;
  const double* sums;
  double clip_norm;
  double* norm_and_factor;  // [2], out: norm before the clip, factor on every gradient

  SNN_HD Extent extent() const { return {1, 1}; }

  template <int kWidth>
  SNN_HD void run(int, int, int) const {
    double total = 0.0;
    for (int i = 0; i < n_sums; ++i) total += sums[i];
    norm_and_factor[0] = std::sqrt(total);
    norm_and_factor[1] = clip_factor(norm_and_factor[0], clip_norm);
  }
};

}  // namespace snn
