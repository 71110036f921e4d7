#include "snn/network/loaded_batch.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

namespace snn {

namespace {

void check_plan(const BatchPlan& plan, int n_channels, int n_hidden) {
  if (plan.n_channels != n_channels) {
    throw std::invalid_argument(fmt::format("batch: {} channels, the network wants {}", plan.n_channels, n_channels));
  }
  const std::vector<int>& begin = plan.row_begin;
  if (begin.size() < 2 || begin.front() != 0 || !std::ranges::is_sorted(begin, std::less_equal<>())) {
    throw std::invalid_argument("batch: it wants at least one utterance, and of each at least one step");
  }
  if (plan.utterances.size() + 1 != begin.size() || plan.labels.size() + 1 != begin.size()) {
    throw std::invalid_argument(fmt::format("batch: {} views and {} labels for {} utterances", plan.utterances.size(),
                                            plan.labels.size(), plan.n_batch()));
  }
  const std::size_t n_silent = plan.utterances.size() * static_cast<std::size_t>(n_hidden);
  if (!plan.silent.empty() && plan.silent.size() != n_silent) {
    throw std::invalid_argument(
        fmt::format("batch: which of {} neurons are silent, the network has {}", plan.silent.size(), n_silent));
  }
  const auto n_taps = plan.utterances.size() * static_cast<std::size_t>(n_channels);
  if (plan.taps.size() > n_taps) {
    throw std::invalid_argument(fmt::format("batch: {} taps, there can be {}", plan.taps.size(), n_taps));
  }
}

int round_up(int n, int step) {
  const std::int64_t rounded = (std::int64_t{n} + step - 1) / step * step;
  if (rounded > std::numeric_limits<int>::max())
    throw std::invalid_argument("a batch of too many steps; make it smaller");
  return static_cast<int>(rounded);
}

/// Values of a batch whose x is double or float.
template <class Real>
constexpr ValueType kRealType = sizeof(Real) == sizeof(double) ? ValueType::kDouble : ValueType::kFloat;

/// Bytes of what is sent of so many utterances, without taps.
std::size_t sent_bytes(int n_batch) {
  return static_cast<std::size_t>(n_batch) * (sizeof(UtteranceView) + 2 * sizeof(int)) + sizeof(int);
}

}  // namespace

template <class Real>
void LoadedBatch<Real>::plan(const BatchPlan& plan, int n_channels, int n_hidden, int row_step) {
  check_plan(plan, n_channels, n_hidden);
  padded_ = {round_up(plan.n_rows(), row_step), plan.n_batch() + (row_step > 1 ? 1 : 0), n_channels};
  plan_ = plan;
}

template <class Real>
void LoadedBatch<Real>::reserve(int n_batch, int n_hidden, Memory& memory) {
  const std::size_t n_silent = static_cast<std::size_t>(n_batch) * static_cast<std::size_t>(n_hidden);
  sent_.renew(memory, sent_bytes(n_batch) + n_taps(n_batch) * sizeof(ChannelTap) + n_silent);
}

template <class Real>
void LoadedBatch<Real>::send() {
  const auto n_batch = static_cast<std::size_t>(padded_.n_batch);
  std::vector<UtteranceView> utterances = plan_.utterances;
  std::vector<int> row_begin = plan_.row_begin, labels = plan_.labels;
  utterances.resize(n_batch);
  row_begin.resize(n_batch + 1, padded_.n_rows);
  labels.resize(n_batch, -1);
  std::vector<ChannelTap> taps = plan_.taps;
  std::vector<std::uint8_t> silent = plan_.silent;
  if (!silent.empty()) {  // they have a place of their own behind all taps there can be
    taps.resize(n_taps(padded_.n_batch));
    silent.resize(silent.size() / plan_.utterances.size() * n_batch);
  }
  std::vector<std::byte> bytes(sent_bytes(padded_.n_batch) + taps.size() * sizeof(ChannelTap) + silent.size());
  std::byte* place = bytes.data();
  const auto put = [&place](const auto& values) {
    const std::size_t n_bytes = values.size() * sizeof values[0];
    if (n_bytes > 0) std::memcpy(place, values.data(), n_bytes);
    place += n_bytes;
  };
  put(utterances);
  put(row_begin);
  put(labels);
  put(taps);
  put(silent);
  sent_.upload(bytes);
}

template <class Real>
BatchPlan LoadedBatch<Real>::plan_of(const Batch<Real>& batch, int n_channels, Memory& memory) {
  const auto n_batch = batch.row_begin.size() - std::min<std::size_t>(1, batch.row_begin.size());
  BatchPlan plan{.n_channels = batch.n_channels,
                 .row_begin = batch.row_begin,
                 .labels = batch.labels,
                 .utterances = std::vector<UtteranceView>(n_batch)};
  plan.labels.resize(n_batch, -1);
  check_plan(plan, n_channels, 0);
  const Shape shape{batch.n_rows(), batch.n_batch(), batch.n_channels};
  if (batch.x.size() != shape.size()) {
    throw std::invalid_argument(
        fmt::format("batch: {} values do not make {} steps of {} channels", batch.x.size(), shape.n_rows, n_channels));
  }
  if (host_x_.size() < batch.x.size()) host_x_.renew(memory, batch.x.size());
  host_x_.upload(batch.x);
  for (std::size_t b = 0; b < n_batch; ++b) {
    plan.utterances[b].values = host_x_.data() + shape.index(batch.row_begin[b], 0);
    plan.utterances[b].type = kRealType<Real>;
  }
  return plan;
}

template class LoadedBatch<OSSICLE_REAL>;

}  // namespace snn
