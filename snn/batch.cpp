#include "snn/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <stdexcept>

#include "snn/hash.h"
#include "snn/rng.h"

namespace snn {
namespace {

// Copies what of the utterance stays in view into the rows of utterance b, which are zero.
template <typename Real, typename Value>
void copy_shifted(Batch<Real>& batch, int b, const std::vector<Value>& values, int n_steps, Shift shift) {
  const std::int64_t n_channels = batch.n_channels;
  const std::int64_t first_step = std::max<std::int64_t>(0, shift.steps);
  const std::int64_t last_step = std::min<std::int64_t>(n_steps, std::int64_t{n_steps} + shift.steps);
  const std::int64_t first_channel = std::max<std::int64_t>(0, shift.channels);
  const std::int64_t last_channel = std::min<std::int64_t>(n_channels, n_channels + shift.channels);
  for (std::int64_t t = first_step; t < last_step; ++t) {
    const Value* from = values.data() + (t - shift.steps) * n_channels - shift.channels;
    Real* to = batch.x.data() + (batch.row_begin[b] + t) * n_channels;
    for (std::int64_t c = first_channel; c < last_channel; ++c) to[c] = static_cast<Real>(from[c]);
  }
}

void check_fill(const Dataset& dataset, std::span<const int> indices, std::span<const Shift> shifts) {
  if (indices.empty()) throw std::invalid_argument("a batch needs at least one utterance");
  if (!shifts.empty() && shifts.size() != indices.size()) {
    throw std::invalid_argument(fmt::format("{} shifts for a batch of {}", shifts.size(), indices.size()));
  }
  const auto n = static_cast<std::int64_t>(dataset.utterances.size());
  for (const int i : indices) {
    if (i < 0 || i >= n) throw std::invalid_argument(fmt::format("utterance {} of {} asked for", i, n));
  }
}

}  // namespace

Shift draw_shift(const AugmentParams& params, std::uint64_t seed, int epoch, std::string_view key) {
  const std::uint64_t index = Hash().add(static_cast<std::uint64_t>(epoch)).add(key).value();
  Rng rng(seed, Purpose::kShift, index);
  const int steps = rng.between(-params.shift_steps, params.shift_steps);
  return {steps, rng.between(-params.shift_channels, params.shift_channels)};
}

std::vector<Shift> draw_shifts(const AugmentParams& params, std::uint64_t seed, int epoch, const Dataset& dataset,
                               std::span<const int> indices) {
  check_fill(dataset, indices, {});
  std::vector<Shift> shifts;
  for (const int i : indices) shifts.push_back(draw_shift(params, seed, epoch, dataset.utterances[i].key));
  return shifts;
}

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

template <typename Real>
void fill(Batch<Real>& batch, const Dataset& dataset, std::span<const int> indices, std::span<const Shift> shifts) {
  check_fill(dataset, indices, shifts);
  batch.n_channels = dataset.n_channels;
  batch.row_begin.assign(1, 0);
  batch.labels.clear();
  for (const int i : indices) {
    const Utterance& utterance = dataset.utterances[i];
    const std::int64_t end = std::int64_t{batch.row_begin.back()} + utterance.n_steps;
    if (end > std::numeric_limits<int>::max())
      throw std::invalid_argument("a batch of too many steps; make it smaller");
    batch.row_begin.push_back(static_cast<int>(end));
    batch.labels.push_back(utterance.label);
  }
  batch.x.assign(static_cast<std::size_t>(batch.n_rows()) * static_cast<std::size_t>(batch.n_channels), Real{0});
  for (int b = 0; b < batch.n_batch(); ++b) {
    const Utterance& utterance = dataset.utterances[indices[b]];
    const Shift shift = shifts.empty() ? Shift{} : shifts[b];
    std::visit([&](const auto& values) { copy_shifted(batch, b, values, utterance.n_steps, shift); }, utterance.values);
  }
}

template void fill<float>(Batch<float>&, const Dataset&, std::span<const int>, std::span<const Shift>);
template void fill<double>(Batch<double>&, const Dataset&, std::span<const int>, std::span<const Shift>);

}  // namespace snn
