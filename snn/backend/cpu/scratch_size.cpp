#include "snn/backend/cpu/scratch_size.h"

#include <algorithm>
#include <vector>

#include "snn/backend/cpu/product.h"
#include "snn/backend/cpu/spike_product.h"
#include "snn/backend/cpu/stages.h"
#include "snn/base/parallel.h"

namespace snn {

namespace {

constexpr std::size_t kTenth = 10;  // of the neurons and steps have a spike

std::size_t as_size(int n) {
  return static_cast<std::size_t>(n);
}

/// Sources of a layer: the one before it and those of its skips.
std::vector<int> sources_of(const NetworkParams& params, int layer) {
  std::vector<int> sources = {layer - 1};
  for (const Skip& skip : params.skips) {
    if (skip.to == layer) sources.push_back(skip.from);
  }
  return sources;
}

}  // namespace

ScratchSize cpu_scratch_size(const NetworkParams& params, const BatchSize& batch, int n_threads) {
  const std::size_t n_rows = as_size(batch.n_rows), n_workers = as_size(count_threads(n_threads));
  const std::size_t longest = n_rows / as_size(std::max(1, batch.n_batch));
  const std::size_t group_rows = std::min(n_rows, as_size(kGroupRows) + longest);
  ScratchSize size;
  std::vector<std::size_t> panels;  // by place among a layer's sources; kept from layer to layer
  std::size_t widest = 0, parts = 0, lists = 0, sums = 0;
  for (int layer = 1; layer <= params.n_layers(); ++layer) {
    const std::size_t n_neurons = as_size(params.sizes[as_size(layer)]);
    widest = std::max(widest, n_neurons);
    std::size_t place = 0;
    for (const int source : sources_of(params, layer)) {
      const std::size_t n_sources = as_size(params.sizes[as_size(source)]);
      const bool is_spiking = source != 0 && params.sizes[as_size(source)] <= kMostNeurons;
      if (!is_spiking) {
        parts = std::max(parts, as_size(count_parts(batch.n_rows)) * n_neurons * n_sources);
        continue;
      }
      if (panels.size() <= place) panels.resize(place + 1);
      panels[place] =
          std::max(panels[place], as_size(count_tiles(params.sizes[as_size(layer)])) * kTileWidth * n_sources);
      ++place;
      lists = std::max(lists, n_rows * n_sources / kTenth * sizeof(std::uint16_t));
      sums = std::max(sums, (std::min(n_sources, as_size(kGroupNeurons)) + kBlockRows) * kTileWidth);
    }
  }
  for (const std::size_t panel : panels) size.forward += panel * sizeof(float);
  size.forward += n_workers * lists * group_rows / std::max<std::size_t>(n_rows, 1) * panels.size();
  size.inference = n_workers * group_rows * widest * sizeof(float);
  size.gradient = parts * sizeof(float) + lists + n_workers * sums * sizeof(float);
  return size;
}

}  // namespace snn
