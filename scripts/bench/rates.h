#pragma once
// Networks that fire at wanted rates.
#include <vector>

#include "snn/data/dataset.h"
#include "snn/network/network.h"

namespace bench {

/// Share of neurons and steps with a spike, of each layer 1..L, over all utterances in batches of n_batch; of a normalised network
/// as it is trained.
std::vector<double> measure_rates(snn::Network<float>& network, const snn::Dataset& dataset, int n_batch);

/// Scales the weights into each hidden layer, self-recurrent ones aside, or its gains where it is normalised, layer by layer, until
/// it fires at the target on the data: bisection to within 0.1 percentage points where the spikes allow. Above what a scale
/// reaches (about half of the steps) the inhibitory weights are weakened too. Throws std::runtime_error if a layer stays off
/// the target by more than 0.3 points.
void scale_to_rate(const snn::NetworkParams& params, const snn::Dataset& dataset, int n_batch, double target,
                   snn::Backend<float>& backend, snn::Tensors& parameters);

}  // namespace bench
