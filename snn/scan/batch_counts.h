#pragma once
// What is counted of a batch: spikes, loss, right decisions, layers that took the surrogate.
#include <cstddef>
#include <cstdint>

#include "snn/base/hd.h"
#include "snn/neuron/decision.h"
#include "snn/neuron/tsslbp.h"
#include "snn/scan/reductions.h"
#include "snn/scan/shape.h"
#include "snn/scan/tile.h"

namespace snn {

/// The extent counts first the neurons, then the utterances with a label, then the layers.
template <class Real>
struct BatchCounts {
  int n_batch;           // rows of n_spikes
  int n_neurons;         // of all layers
  const int* n_spikes;   // [B][N]
  std::int64_t* spikes;  // [N], out: of the batch
  const GradientState* state =
      nullptr;  // once it has stopped, nothing is added to the epoch's; or null: the epoch is left alone
  std::int64_t* epoch_spikes = nullptr;     // [N], in and out
  int n_labelled = 0;                       // utterances to be scored, the first ones of the batch; 0 without a state
  int n_classes;                            // K
  const Real* sums;                         // [B][K]
  const double* loss;                       // [B][K]
  const int* labels;                        // [B]
  double loss_weight = 1.0;                 // on the loss, in the epoch's sum
  double* epoch_loss = nullptr;             // [n_labelled], in and out: for each index in a batch
  std::int64_t* epoch_correct = nullptr;    // [n_labelled], in and out
  int n_layers = 0;                         // rule layer: L; else 0, and so without a state
  const double* firing_rates = nullptr;     // [L], of the batch
  double layer_rate = 0.0;                  // rate above which a layer leaves the surrogate
  std::int64_t* epoch_surrogate = nullptr;  // [L], in and out: batches in which the layer took the surrogate

  SNN_HD Extent extent() const { return {1, n_neurons + n_labelled + n_layers}; }

  template <int kWidth>
  SNN_HD void run(int, int first, int last) const {
    for (int i = first; i < last; ++i) {
      if (i < n_neurons) {
        count_neuron(i);
      } else if (state->stopped_at == 0) {
        i < n_neurons + n_labelled ? score(i - n_neurons) : count_layer(i - n_neurons - n_labelled);
      }
    }
  }

 private:
  SNN_HD void count_neuron(int n) const {
    const auto total = static_cast<std::int64_t>(sum_in_order(n_spikes + n, n_neurons, n_batch));
    spikes[n] = total;
    if (state != nullptr && state->stopped_at == 0) epoch_spikes[n] += total;
  }

  SNN_HD void count_layer(int l) const {
    if (!leaves_surrogate(firing_rates[l], layer_rate)) ++epoch_surrogate[l];
  }

  SNN_HD void score(int b) const {
    epoch_loss[b] += loss_weight * sum_in_order(loss + area(b, n_classes), 1, n_classes);
    epoch_correct[b] += decide(sums + area(b, n_classes), n_classes) == labels[b] ? 1 : 0;
  }
};

}  // namespace snn
