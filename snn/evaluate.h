#pragma once
// Running a trained network over a data set.
#include <vector>

#include "snn/dataset.h"
#include "snn/metrics.h"
#include "snn/network.h"

namespace snn {

struct Evaluation {
  std::vector<std::vector<float>> scores;  ///< of each utterance, [K]: summed output PSC, 0..its steps
  std::vector<int> decisions;              ///< of each utterance: class of the largest score, the lowest index on a tie
  SpikeCounts counts;
};

/// Class of the largest score; the lowest index wins a tie. scores: [K], K >= 1. [TSSLBP decision]
int decide(std::span<const float> scores);

/// The scores of an utterance do not depend on the batch around it, but for rounding where a layer fires in about 42 % of
/// the steps (snn/cpu/spike_product.h). Throws std::invalid_argument if the channels differ.
/// batch_size >= 1.
Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size);

/// Right and wrong decisions of the utterances whose label is one of the classes.
Scores score(const Evaluation& evaluation, const Dataset& dataset);

/// Adds the spikes, steps and input values of the batch that the network's last forward pass ran.
void count_spikes(const Network<float>& network, const Dataset& dataset, std::span<const int> indices,
                  SpikeCounts& counts);

}  // namespace snn
