#pragma once
// What a network says of a batch, put behind what it said of the batches before, so that nobody has to wait for it.
#include <cstddef>
#include <cstdint>

#include "snn/base/hd.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// Works through one row of numbers: first the neurons, then the scores, then the PSCs. They may be more than an int
/// counts, so the extent has items of kItem of them.
template <class Real>
struct KeepAnswers {
  static constexpr int kItem = 1024;
  int n_batch;               // utterances
  int n_neurons;             // of all layers, N; the last K are the output layer's
  int n_classes;             // K
  const int* n_spikes;       // [B][N]
  const Real* sums;          // [B][K] that become the scores, or null: the output neurons' spikes do
  std::int64_t* spikes;      // [N], in and out: of all batches
  Real* scores;              // [B][K], out
  int n_rows = 0;            // of the PSCs; 0 where nobody wants them
  const Real* psc;           // [rows][K]
  Real* kept_psc = nullptr;  // [rows][K], out, without gaps

  SNN_HD Extent extent() const { return {static_cast<int>((n_numbers() + kItem - 1) / kItem), kItem}; }

  template <int kWidth>
  SNN_HD void run(int item, int first, int last) const {
    const std::size_t begin = area(item, kItem), n = n_numbers();
    for (int i = first; i < last && begin + static_cast<std::size_t>(i) < n; ++i) {
      keep(begin + static_cast<std::size_t>(i));
    }
  }

 private:
  SNN_HD std::size_t n_numbers() const {
    return static_cast<std::size_t>(n_neurons) + area(n_batch, n_classes) + area(n_rows, n_classes);
  }

  SNN_HD void keep(std::size_t i) const {
    const auto n_counts = static_cast<std::size_t>(n_neurons), n_scores = area(n_batch, n_classes);
    if (i < n_counts) {
      spikes[i] += static_cast<std::int64_t>(sum_in_order(n_spikes + i, n_neurons, n_batch));
    } else if (i < n_counts + n_scores) {
      keep_score(i - n_counts);
    } else {
      keep_psc(i - n_counts - n_scores);
    }
  }

  SNN_HD void keep_score(std::size_t i) const {
    const auto width = static_cast<std::size_t>(n_classes);
    const int b = static_cast<int>(i / width), k = static_cast<int>(i % width);
    const int* counts = n_spikes + Shape{1, n_batch, n_neurons}.batch_index(b, n_neurons - n_classes);
    scores[i] = sums != nullptr ? sums[i] : static_cast<Real>(counts[k]);
  }

  SNN_HD void keep_psc(std::size_t i) const {
    const auto width = static_cast<std::size_t>(n_classes);
    const Shape shape{n_rows, n_batch, n_classes};
    kept_psc[i] = psc[shape.index(static_cast<int>(i / width), static_cast<int>(i % width))];
  }
};

}  // namespace snn
