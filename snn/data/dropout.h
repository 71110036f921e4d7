#pragma once
// Hidden neurons that are silent for an utterance, so that none can rely on another: G. Hinton et al., "Improving neural
// networks by preventing co-adaptation of feature detectors", arXiv 1207.0580.
#include <cstdint>
#include <span>
#include <vector>

#include "snn/data/dataset.h"
#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace snn {

/// Which neurons of the hidden layers, one layer behind the other, are silent in each utterance at `indices` in that epoch: 1 with
/// probability drop_neurons, else 0. From (seed, epoch, key, layer) alone; drop_neurons, network and seed are those of
/// `params`. Empty if the probability is 0.
std::vector<std::uint8_t> draw_silent(const TrainingParams& params, int epoch, const Dataset& dataset,
                                      std::span<const int> indices);

/// For scoring, with all neurons there: weights that leave hidden layers for another one, times 1 - drop_neurons.
void scale_for_scoring(Tensors& parameters, const TrainingParams& params);

/// The opposite: what is trained under dropout from parameters that are to be scored as they are.
void scale_for_training(Tensors& parameters, const TrainingParams& params);

}  // namespace snn
