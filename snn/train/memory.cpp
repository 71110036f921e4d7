#include "snn/train/memory.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "snn/backend/backend.h"
#include "snn/model/array_layout.h"
#include "snn/scan/channel_tap.h"
#include "snn/scan/shape.h"

namespace snn {

namespace {

constexpr std::size_t kProgram = std::size_t{11} << 20;  // measured: the tools' peak on next to no data
constexpr std::size_t kPage = std::size_t{1} << 21;      // large arrays take whole ones
constexpr std::size_t kUtterance = 64;                   // of a record's names, and what the heap adds

/// Bytes that an array of n values of that size takes.
std::size_t array_bytes(std::size_t n, std::size_t size) {
  const std::size_t bytes = n * size;
  return bytes < kPage ? bytes : (bytes + kPage - 1) / kPage * kPage;
}

std::size_t as_size(int n) {
  return static_cast<std::size_t>(n);
}

/// Of one layer, with what the backward pass needs or without.
std::size_t layer_bytes(const NetworkParams& params, int layer, const BatchSize& batch, bool trains) {
  const std::size_t n_rows = as_size(batch.n_rows), n_neurons = as_size(params.sizes[as_size(layer)]);
  const bool is_output = layer == params.n_layers();
  const std::size_t over_time = array_bytes(n_rows * n_neurons, sizeof(float));
  std::size_t bytes = as_size(batch.n_batch) * n_neurons * sizeof(int);
  if (!is_output)
    bytes += array_bytes(n_rows * as_size(spike_words(params.sizes[as_size(layer)])), sizeof(std::uint64_t));
  if (is_output) bytes += over_time;
  if (trains) bytes += 2 * over_time + 2 * as_size(batch.n_batch) * n_neurons * sizeof(float);
  return bytes;
}

std::size_t activation_bytes(const NetworkParams& params, const BatchSize& batch, bool trains) {
  std::size_t bytes = array_bytes(as_size(batch.n_rows) * as_size(params.sizes.front()), sizeof(float));
  bytes += as_size(batch.n_batch) * as_size(params.sizes.front()) * sizeof(ChannelTap);
  const auto hidden = std::accumulate(params.sizes.begin() + 1, params.sizes.end() - 1, std::size_t{0});
  bytes += as_size(batch.n_batch) * hidden;  // which are silent
  for (int layer = 1; layer <= params.n_layers(); ++layer) bytes += layer_bytes(params, layer, batch, trains);
  return bytes;
}

}  // namespace

BatchSize largest_batch(const Dataset& dataset, int batch_size) {
  std::vector<int> n_steps;
  for (const Utterance& utterance : dataset.utterances) n_steps.push_back(utterance.n_steps);
  std::ranges::sort(n_steps, std::greater<>());
  n_steps.resize(std::min(n_steps.size(), as_size(batch_size)));
  const auto n_rows = std::accumulate(n_steps.begin(), n_steps.end(), std::int64_t{0});
  if (n_rows > std::numeric_limits<int>::max())
    throw std::invalid_argument("a batch of too many steps; make it smaller");
  return {static_cast<int>(n_rows), static_cast<int>(n_steps.size())};
}

MemoryUse training_memory(const TrainingParams& params, const BatchSize& batch, const std::string& device,
                          int n_threads, bool validates) {
  const ArrayLayout layout(params.network);
  const std::size_t n_states = params.optimiser.ema_decay > 0.0 ? 3 : 2;  // moments, average
  const std::size_t state = layout.n_values() + n_states * layout.n_trained();
  const ScratchSize scratch = scratch_size(device, params.network, batch, n_threads);
  return {
      .program = kProgram,
      .parameters =
          2 * array_bytes(layout.n_values(), sizeof(float)) + n_states * array_bytes(layout.n_trained(), sizeof(float)),
      .activations = activation_bytes(params.network, batch, true),
      .scratch = scratch.forward + scratch.gradient + scratch.spikes + (validates ? scratch.inference : 0),
      .checkpoint = 3 * state * sizeof(float)};  // as tensors, once more by their names in the file, and as its bytes
}

MemoryUse inference_memory(const NetworkParams& params, const BatchSize& batch, const std::string& device,
                           int n_threads) {
  const ArrayLayout layout(params);
  const ScratchSize scratch = scratch_size(device, params, batch, n_threads);
  return {.program = kProgram,
          .parameters = 2 * array_bytes(layout.n_values(), sizeof(float)) + layout.n_values() * sizeof(float),
          .activations = activation_bytes(params, batch, false),
          .scratch = scratch.forward + scratch.spikes + scratch.inference,
          .checkpoint = layout.n_values() * sizeof(float)};  // the file's bytes while the model is read
}

std::size_t dataset_memory(const Dataset& dataset) {
  std::size_t bytes = 0;
  for (const Utterance& utterance : dataset.utterances) {
    bytes += sizeof(Utterance) + kUtterance;
    bytes += std::visit([](const auto& values) { return values.size() * sizeof values[0]; }, utterance.values);
  }
  return bytes;
}

}  // namespace snn
