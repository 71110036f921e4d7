#include "snn/network/raster.h"

#include <fmt/format.h>

#include <array>
#include <stdexcept>

#include "snn/neuron/lif.h"

namespace snn {
namespace {

int count_neurons(const NetworkParams& params, std::span<const int> layers) {
  if (layers.empty()) throw std::invalid_argument("raster: no layers; wanted is at least one");
  int n = 0;
  for (const int layer : layers) {
    if (layer < 1 || layer > params.n_layers()) {
      throw std::invalid_argument(fmt::format("layer {}: the network has layers 1 to {}", layer, params.n_layers()));
    }
    if (layer == params.n_layers() && params.output_layer != OutputLayer::kSpiking) {
      throw std::invalid_argument(fmt::format("layer {}: the output layer of this network does not fire", layer));
    }
    n += params.sizes[static_cast<std::size_t>(layer)];
  }
  return n;
}

}  // namespace

std::vector<std::uint8_t> raster(Network<float>& network, const Dataset& dataset, int index,
                                 std::span<const int> layers) {
  const auto width = static_cast<std::size_t>(count_neurons(network.params(), layers));
  network.forward(make_batch(dataset, std::array{index}));
  const auto n_steps = static_cast<std::size_t>(dataset.utterances[static_cast<std::size_t>(index)].n_steps);
  std::vector<std::uint8_t> spikes(n_steps * width);
  const auto v_th = static_cast<float>(network.params().v_th);
  std::size_t first = 0;
  for (const int layer : layers) {
    const auto n = static_cast<std::size_t>(network.params().sizes[static_cast<std::size_t>(layer)]);
    const std::vector<float> u = network.potential(layer);
    for (std::size_t t = 0; t < n_steps; ++t) {
      for (std::size_t i = 0; i < n; ++i) spikes[t * width + first + i] = fires(u[t * n + i], v_th) ? 1 : 0;
    }
    first += n;
  }
  return spikes;
}

}  // namespace snn
