#include "snn/data/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "snn/base/rng.h"

namespace snn {
namespace {

template <class Value>
constexpr ValueType kTypeOf = ValueType::kFloat;
template <>
constexpr ValueType kTypeOf<std::uint8_t> = ValueType::kUint8;
template <>
constexpr ValueType kTypeOf<std::uint16_t> = ValueType::kUint16;

void check_fill(const Dataset& dataset, std::span<const int> indices, std::span<const Augmentation> changes) {
  if (indices.empty()) throw std::invalid_argument("a batch needs at least one utterance");
  if (!changes.empty() && changes.size() != indices.size()) {
    throw std::invalid_argument(fmt::format("{} augmentations for a batch of {}", changes.size(), indices.size()));
  }
  const auto n = static_cast<std::int64_t>(dataset.utterances.size());
  for (const int i : indices) {
    if (i < 0 || i >= n) throw std::invalid_argument(fmt::format("utterance {} of {} asked for", i, n));
  }
}

/// To the plan's last utterance.
void apply(const Augmentation& change, BatchPlan& plan) {
  UtteranceView& view = plan.utterances.back();
  view.shift_steps = change.shift.steps;
  view.shift_channels = change.shift.channels;
  if (change.taps.empty()) return;
  if (change.taps.size() != static_cast<std::size_t>(plan.n_channels)) {
    throw std::invalid_argument(
        fmt::format("augmentation: {} taps for {} channels", change.taps.size(), plan.n_channels));
  }
  view.taps = static_cast<std::int32_t>(plan.taps.size() / change.taps.size());
  view.mask_begin = change.mask_begin;
  view.mask_end = change.mask_end;
  plan.taps.insert(plan.taps.end(), change.taps.begin(), change.taps.end());
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

BatchPlan make_plan(const Dataset& dataset, std::span<const int> indices, std::span<const void* const> places,
                    std::span<const Augmentation> changes) {
  check_fill(dataset, indices, changes);
  if (places.size() != indices.size()) {
    throw std::invalid_argument(fmt::format("{} places for a batch of {}", places.size(), indices.size()));
  }
  BatchPlan plan{.n_channels = dataset.n_channels};
  for (std::size_t b = 0; b < indices.size(); ++b) {
    const Utterance& utterance = dataset.utterances[static_cast<std::size_t>(indices[b])];
    const std::int64_t end = std::int64_t{plan.n_rows()} + utterance.n_steps;
    if (end > std::numeric_limits<int>::max())
      throw std::invalid_argument("a batch of too many steps; make it smaller");
    plan.row_begin.push_back(static_cast<int>(end));
    plan.labels.push_back(utterance.label);
    const ValueType type =
        std::visit([](const auto& values) { return kTypeOf<std::decay_t<decltype(values[0])>>; }, utterance.values);
    plan.utterances.push_back({.values = places[b], .type = type});
    if (!changes.empty()) apply(changes[b], plan);
  }
  return plan;
}

std::vector<std::span<const std::byte>> value_bytes(const Dataset& dataset) {
  std::vector<std::span<const std::byte>> bytes;
  for (const Utterance& utterance : dataset.utterances) {
    bytes.push_back(std::visit([](const auto& values) { return std::as_bytes(std::span(values)); }, utterance.values));
  }
  return bytes;
}

template <typename Real>
void fill(Batch<Real>& batch, const Dataset& dataset, std::span<const int> indices,
          std::span<const Augmentation> changes) {
  check_fill(dataset, indices, changes);
  std::vector<const void*> places;
  for (const int i : indices) {
    const Values& values = dataset.utterances[static_cast<std::size_t>(i)].values;
    places.push_back(std::visit([](const auto& v) -> const void* { return v.data(); }, values));
  }
  BatchPlan plan = make_plan(dataset, indices, places, changes);
  batch.n_channels = plan.n_channels;
  batch.row_begin = std::move(plan.row_begin);
  batch.labels = std::move(plan.labels);
  const Shape shape{batch.n_rows(), batch.n_batch(), batch.n_channels};
  batch.x.resize(shape.size());
  const GatherBatch<Real> gather{.shape = shape,
                                 .row_begin = batch.row_begin.data(),
                                 .utterances = plan.utterances.data(),
                                 .taps = plan.taps.data(),
                                 .factor = Real(1),
                                 .x = batch.x.data()};
  for (int b = 0; b < shape.n_batch; ++b) {
    for (int c = 0; c < shape.n_neurons; c += kTileWidth) {
      gather.template run<kTileWidth>(b, c, std::min(c + kTileWidth, shape.n_neurons));
    }
  }
}

template void fill<float>(Batch<float>&, const Dataset&, std::span<const int>, std::span<const Augmentation>);
template void fill<double>(Batch<double>&, const Dataset&, std::span<const int>, std::span<const Augmentation>);

}  // namespace snn
