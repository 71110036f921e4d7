#pragma once
// Running a trained network over a data set.
#include <vector>

#include "snn/data/dataset.h"
#include "snn/network/network.h"
#include "snn/score/latency.h"
#include "snn/score/metrics.h"
#include "snn/score/readout.h"

namespace snn {

struct EvaluateOptions {
  Readout readout{};    ///< whose largest number decides
  bool traces = false;  ///< whether decisions after every step are wanted
};

struct Evaluation {
  std::vector<std::vector<float>> scores;  ///< of each utterance, [K]: what the readout says, 0..its steps
  std::vector<int> decisions;              ///< of each utterance: answer_of its scores; one without values is not heard
  SpikeCounts counts{};
  std::vector<DecisionTrace> traces{};  ///< of each utterance, by summed PSC, where wanted
};

/// The scores of an utterance do not depend on the batch around it, but for rounding where a layer fires in about 42 % of
/// the steps (snn/backend/cpu/spike_product.h), and on a CUDA device, where cuBLAS chooses by the size of a batch. batch_size >= 1.
/// The back end is waited for once, at the end; where PSCs of all steps decide, which are many, as often as its traits
/// allow.
/// Throws std::invalid_argument if the channels differ, or for a decision by spikes of an output layer that does not fire.
Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size,
                    const EvaluateOptions& options = {});

/// Right and wrong decisions of the utterances whose label is one of the classes; kSilence is wrong.
Scores score(const Evaluation& evaluation, const Dataset& dataset);

}  // namespace snn
