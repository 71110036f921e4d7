#include "snn/network/loaded_batch.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

namespace snn {

namespace {

void check_batch(const Batch& batch, int n_channels) {
  if (batch.n_channels != n_channels) {
    throw std::invalid_argument(fmt::format("batch: {} channels, the network wants {}", batch.n_channels, n_channels));
  }
  const std::vector<int>& begin = batch.row_begin;
  if (begin.size() < 2 || begin.front() != 0 || !std::ranges::is_sorted(begin, std::less_equal<>())) {
    throw std::invalid_argument("batch: it wants at least one utterance, and of each at least one step");
  }
  if (batch.utterances.size() + 1 != begin.size() || batch.labels.size() + 1 != begin.size()) {
    throw std::invalid_argument(fmt::format("batch: {} views and {} labels for {} utterances", batch.utterances.size(),
                                            batch.labels.size(), batch.n_batch()));
  }
  for (const UtteranceView& view : batch.utterances) {
    if (view.partner >= batch.n_batch()) {
      throw std::invalid_argument(
          fmt::format("batch: utterance {} is to be mixed in, there are {}", view.partner, batch.n_batch()));
    }
    if (view.taps >= batch.n_batch()) {
      throw std::invalid_argument(fmt::format("batch: row {} of the taps, there are {}", view.taps, batch.n_batch()));
    }
  }
}

constexpr int kStepsOfSequence = 8;  // of a recurrent layer, each some launches

int round_up(int n, int step) {
  const std::int64_t rounded = (std::int64_t{n} + step - 1) / step * step;
  if (rounded > std::numeric_limits<int>::max())
    throw std::invalid_argument("a batch of too many steps; make it smaller");
  return static_cast<int>(rounded);
}

/// Bytes of what is sent of so many utterances.
std::size_t sent_bytes(int n_batch) {
  return static_cast<std::size_t>(n_batch) * (sizeof(UtteranceView) + 2 * sizeof(int)) + sizeof(int);
}

}  // namespace

Shape LoadedBatch::pad(const Shape& shape, int row_step) {
  return {round_up(shape.n_rows, row_step), shape.n_batch + (row_step > 1 ? 1 : 0), shape.n_neurons};
}

void LoadedBatch::take(Batch batch, int n_channels, int row_step) {
  check_batch(batch, n_channels);
  padded_ = pad({batch.n_rows(), batch.n_batch(), n_channels}, row_step);
  batch_ = std::move(batch);
  has_taps_ = std::ranges::any_of(batch_.utterances, [](const UtteranceView& view) { return view.taps >= 0; });
  is_mixed_ = std::ranges::any_of(batch_.utterances, [](const UtteranceView& view) { return view.partner >= 0; });
  is_noisy_ = std::ranges::any_of(batch_.utterances, [](const UtteranceView& view) { return view.noise != 0.0F; });
}

void LoadedBatch::reserve(const Shape& padded, int n_hidden, Memory& memory) {
  sent_.renew(memory, sent_bytes(padded.n_batch));
  taps_.renew(memory, area(padded.n_batch, padded.n_neurons));
  silent_.renew(memory, area(padded.n_batch, n_hidden));
}

int LoadedBatch::n_steps() const {
  int longest = padded_.n_rows - batch_.n_rows();
  for (std::size_t b = 1; b < batch_.row_begin.size(); ++b) {
    longest = std::max(longest, batch_.row_begin[b] - batch_.row_begin[b - 1]);
  }
  return round_up(longest, kStepsOfSequence);
}

UtteranceBytes LoadedBatch::values() const {
  UtteranceBytes all;
  for (std::size_t b = 0; b < batch_.utterances.size(); ++b) {
    const UtteranceView& view = batch_.utterances[b];
    const std::size_t n = area(batch_.row_begin[b + 1] - batch_.row_begin[b], batch_.n_channels);
    all.emplace_back(static_cast<const std::byte*>(view.values), view.values == nullptr ? 0 : n * size_of(view.type));
  }
  return all;
}

void LoadedBatch::send(std::span<const void* const> values) {
  const auto n_batch = static_cast<std::size_t>(padded_.n_batch);
  std::vector<UtteranceView> utterances = batch_.utterances;
  for (std::size_t b = 0; b < utterances.size(); ++b) utterances[b].values = values[b];
  std::vector<int> row_begin = batch_.row_begin, labels = batch_.labels;
  utterances.resize(n_batch);
  row_begin.resize(n_batch + 1, padded_.n_rows);
  labels.resize(n_batch, -1);
  std::vector<std::byte> bytes(sent_bytes(padded_.n_batch));
  std::byte* to = bytes.data();
  const auto put = [&to](const auto& array) {
    const std::size_t n_bytes = array.size() * sizeof array[0];
    if (n_bytes > 0) std::memcpy(to, array.data(), n_bytes);
    to += n_bytes;
  };
  put(utterances);
  put(row_begin);
  put(labels);
  sent_.upload(bytes);
}

}  // namespace snn
