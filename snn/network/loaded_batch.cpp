#include "snn/network/loaded_batch.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

namespace snn {

namespace {

void check_batch(const Batch& batch, int n_channels, int n_hidden) {
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
  const std::size_t n_silent = batch.utterances.size() * static_cast<std::size_t>(n_hidden);
  if (!batch.silent.empty() && batch.silent.size() != n_silent) {
    throw std::invalid_argument(
        fmt::format("batch: which of {} neurons are silent, the network has {}", batch.silent.size(), n_silent));
  }
  for (const UtteranceView& view : batch.utterances) {
    if (view.partner >= batch.n_batch()) {
      throw std::invalid_argument(
          fmt::format("batch: utterance {} is to be mixed in, there are {}", view.partner, batch.n_batch()));
    }
  }
  const auto n_taps = batch.utterances.size() * static_cast<std::size_t>(n_channels);
  if (batch.taps.size() > n_taps) {
    throw std::invalid_argument(fmt::format("batch: {} taps, there can be {}", batch.taps.size(), n_taps));
  }
}

constexpr int kStepsOfSequence = 8;  // of a recurrent layer, each some launches

int round_up(int n, int step) {
  const std::int64_t rounded = (std::int64_t{n} + step - 1) / step * step;
  if (rounded > std::numeric_limits<int>::max())
    throw std::invalid_argument("a batch of too many steps; make it smaller");
  return static_cast<int>(rounded);
}

/// Bytes of what is sent of so many utterances, without taps.
std::size_t sent_bytes(int n_batch) {
  return static_cast<std::size_t>(n_batch) * (sizeof(UtteranceView) + 2 * sizeof(int)) + sizeof(int);
}

}  // namespace

Shape LoadedBatch::pad(const Shape& shape, int row_step) {
  return {round_up(shape.n_rows, row_step), shape.n_batch + (row_step > 1 ? 1 : 0), shape.n_neurons};
}

void LoadedBatch::take(Batch batch, int n_channels, int n_hidden, int row_step) {
  check_batch(batch, n_channels, n_hidden);
  padded_ = pad({batch.n_rows(), batch.n_batch(), n_channels}, row_step);
  batch_ = std::move(batch);
  is_mixed_ = std::ranges::any_of(batch_.utterances, [](const UtteranceView& view) { return view.partner >= 0; });
  is_noisy_ = std::ranges::any_of(batch_.utterances, [](const UtteranceView& view) { return view.noise != 0.0F; });
}

void LoadedBatch::reserve(const Shape& padded, int n_hidden, Memory& memory) {
  const std::size_t n_silent = static_cast<std::size_t>(padded.n_batch) * static_cast<std::size_t>(n_hidden);
  sent_.renew(memory, sent_bytes(padded.n_batch) + n_taps(padded) * sizeof(ChannelTap) + n_silent);
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
  const Shape shape{batch_.n_rows(), batch_.n_batch(), batch_.n_channels};
  for (std::size_t b = 0; b < batch_.utterances.size(); ++b) {
    const UtteranceView& view = batch_.utterances[b];
    const std::size_t n = shape.index(batch_.row_begin[b + 1] - batch_.row_begin[b], 0);
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
  std::vector<ChannelTap> taps = batch_.taps;
  std::vector<std::uint8_t> silent = batch_.silent;
  if (!silent.empty()) {  // they lie behind all taps there can be
    taps.resize(n_taps(padded_));
    silent.resize(silent.size() / batch_.utterances.size() * n_batch);
  }
  std::vector<std::byte> bytes(sent_bytes(padded_.n_batch) + taps.size() * sizeof(ChannelTap) + silent.size());
  std::byte* to = bytes.data();
  const auto put = [&to](const auto& array) {
    const std::size_t n_bytes = array.size() * sizeof array[0];
    if (n_bytes > 0) std::memcpy(to, array.data(), n_bytes);
    to += n_bytes;
  };
  put(utterances);
  put(row_begin);
  put(labels);
  put(taps);
  put(silent);
  sent_.upload(bytes);
}

}  // namespace snn
