#pragma once
// The spikes of a network's layers over an utterance.
#include <cstdint>
#include <span>
#include <vector>

#include "snn/data/dataset.h"
#include "snn/network/network.h"

namespace snn {

/// [step][neuron], 0 or 1: the neurons of the first of `layers`, then of the second, and so on. A layer is 1..L, L the output.
/// The spikes are those of a forward pass of this utterance alone. Throws std::invalid_argument for no layers, a layer out of
/// range, an index out of range, or other channels than the network's.
std::vector<std::uint8_t> raster(Network<float>& network, const Dataset& dataset, int index,
                                 std::span<const int> layers);

}  // namespace snn
