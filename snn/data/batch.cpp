#include "snn/data/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "snn/base/rng.h"

namespace snn {
namespace {

constexpr ValueType kTypes[] = {ValueType::kFloat, ValueType::kUint8, ValueType::kUint16};  // in the order of Values

void check_request(const Dataset& dataset, std::span<const int> indices, std::span<const Augmentation> changes) {
  if (indices.empty()) throw std::invalid_argument("a batch needs at least one utterance");
  if (!changes.empty() && changes.size() != indices.size()) {
    throw std::invalid_argument(fmt::format("{} augmentations for a batch of {}", changes.size(), indices.size()));
  }
  const auto n = static_cast<std::int64_t>(dataset.utterances.size());
  for (const int i : indices) {
    if (i < 0 || i >= n) throw std::invalid_argument(fmt::format("utterance {} of {} asked for", i, n));
  }
}

/// To the batch's last utterance.
void apply(const Augmentation& change, Batch& batch) {
  UtteranceView& view = batch.utterances.back();
  view.shift_steps = change.shift.steps;
  view.shift_channels = change.shift.channels;
  view.partner = change.partner;
  view.share = change.share;
  view.noise = change.noise;
  view.noise_seed = change.noise_seed;
  view.stream = change.stream;
  if (!change.has_taps) return;
  view.taps = batch.n_batch() - 1;
  view.mask_begin = change.mask_begin;
  view.mask_end = change.mask_end;
  view.tempo = change.tempo;
  view.stretch = change.stretch;
  view.gain = change.gain;
  view.mask_first = change.mask_first;
  view.mask_last = change.mask_last;
}

}  // namespace

std::vector<int> epoch_order(int n, std::uint64_t seed, int epoch) {
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Rng(seed, Purpose::kOrder, static_cast<std::uint64_t>(epoch)).shuffle(order);
  return order;
}

int count_batches(int n, int batch_size) {
  return n / batch_size + (n % batch_size != 0);
}

std::span<const int> batch_indices(std::span<const int> order, int batch, int batch_size) {
  const std::size_t first = static_cast<std::size_t>(batch) * static_cast<std::size_t>(batch_size);
  if (batch < 0 || batch_size < 1 || first >= order.size()) {
    throw std::invalid_argument(
        fmt::format("batch {} of size {} asked for, {} utterances there", batch, batch_size, order.size()));
  }
  return order.subspan(first, std::min(static_cast<std::size_t>(batch_size), order.size() - first));
}

Batch make_batch(const Dataset& dataset, std::span<const int> indices, std::span<const Augmentation> changes) {
  check_request(dataset, indices, changes);
  Batch batch{.n_channels = dataset.n_channels};
  batch.row_begin.reserve(indices.size() + 1);
  batch.labels.reserve(indices.size());
  batch.utterances.reserve(indices.size());
  for (std::size_t b = 0; b < indices.size(); ++b) {
    const Utterance& utterance = dataset.utterances[static_cast<std::size_t>(indices[b])];
    const std::int64_t end = std::int64_t{batch.n_rows()} + utterance.n_steps;
    if (end > std::numeric_limits<int>::max())
      throw std::invalid_argument("a batch of too many steps; make it smaller");
    batch.row_begin.push_back(static_cast<int>(end));
    batch.labels.push_back(utterance.label);
    const auto address = [](const auto& values) -> const void* { return values.data(); };
    batch.utterances.push_back(
        {.values = std::visit(address, utterance.values), .type = kTypes[utterance.values.index()]});
    if (!changes.empty()) apply(changes[b], batch);
  }
  return batch;
}

std::vector<std::span<const std::byte>> value_bytes(const Dataset& dataset) {
  std::vector<std::span<const std::byte>> bytes;
  for (const Utterance& utterance : dataset.utterances) {
    bytes.push_back(std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, utterance.values));
  }
  return bytes;
}

}  // namespace snn
