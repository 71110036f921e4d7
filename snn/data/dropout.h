#pragma once
// Hidden neurons that are silent for an utterance, so that none can rely on another: G. Hinton et al., "Improving neural
// networks by preventing co-adaptation of feature detectors", arXiv 1207.0580. Which they are is drawn in scan/draw_silent.h.
#include "snn/model/params.h"
#include "snn/model/tensors.h"

namespace snn {

/// For scoring, with all neurons there: weights that leave hidden layers for another one, times 1 - drop_neurons.
void scale_for_scoring(Tensors& parameters, const TrainingParams& params);

/// The opposite: what is trained under dropout from parameters that are to be scored as they are.
void scale_for_training(Tensors& parameters, const TrainingParams& params);

}  // namespace snn
