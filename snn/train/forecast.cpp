#include "snn/train/forecast.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>

#include "snn/backend/cpu/product.h"
#include "snn/backend/cpu/spike_product.h"
#include "snn/backend/cpu/stages.h"
#include "snn/backend/cuda/sizes.h"
#include "snn/base/parallel.h"
#include "snn/train/optimiser.h"

namespace snn {

namespace {

constexpr std::size_t kProgram = std::size_t{15} << 20;  // measured: the tools' peak on next to no data
constexpr std::size_t kPage = std::size_t{1} << 21;      // of a device, whose large arrays take whole ones
constexpr std::size_t kUtterance = 64;                   // of a record's names, and what the heap adds
constexpr std::size_t kTenth = 10;                       // of the neurons and steps have a spike

std::size_t as_size(int n) {
  return static_cast<std::size_t>(n);
}

/// Stands for the CPU or a CUDA device: it hands out addresses without memory behind them, computes nothing, and counts. So the
/// code itself says what a network, its optimiser and passes over a batch take. On the CPU products are taken to be done by
/// events, with a spike in a tenth of all neurons and steps; a layer that fires in most steps takes a few arrays of its size more.
class CountingBackend final : public Backend<float> {
 public:
  CountingBackend(const std::string& device, int n_threads) : device_(device), is_cuda_(device.starts_with("cuda:")) {
    if (!is_cuda_ && device != "cpu") throw std::invalid_argument("device '" + device + "': wanted cpu or cuda:N");
    if (!is_cuda_) n_workers_ = as_size(count_threads(n_threads));
    if (is_cuda_) scratch_["workspace"] = kCudaWorkspaceBytes;
  }
  std::size_t arrays() const { return arrays_; }
  /// What products and scans keep from call to call.
  std::size_t scratch() const {
    return std::accumulate(scratch_.begin(), scratch_.end(), std::size_t{0},
                           [](std::size_t sum, const auto& each) { return sum + each.second; });
  }

  std::string name() const override { return device_; }
  BackendTraits traits() const override { return {.row_step = is_cuda_ ? kCudaRowStep : 1}; }
  std::size_t spike_bytes(std::size_t n_rows, int n_neurons) const override {
    return is_cuda_ ? n_rows * pitched_area(1, n_neurons) * sizeof(float)
                    : n_rows * as_size(spike_words(n_neurons)) * sizeof(std::uint64_t);
  }
  std::shared_ptr<void> keep(const UtteranceBytes&, std::size_t) override { return nullptr; }
  std::vector<const void*> fetch(const UtteranceBytes& utterances) override {
    return std::vector<const void*>(utterances.size());
  }
  void repeat(const SequenceKey&, const std::function<void()>& sequence) override { sequence(); }
  void* allocate(std::size_t n_bytes) override {
    arrays_ += !is_cuda_ || n_bytes < kPage ? n_bytes : (n_bytes + kPage - 1) / kPage * kPage;
    return this;  // an address; nobody follows it
  }
  void release(void*) noexcept override {}
  void upload(void*, const void*, std::size_t) override {}
  void download(void*, const void*, std::size_t) override {}

  void run(const ForwardStage<float>& stage) override {
    const Shape& shape = stage.scan.shape;
    const std::size_t n_rows = is_cuda_ ? as_size(shape.n_rows) : group_rows(shape);
    if (stage.scan.u == nullptr)
      want(of_pass("forward ", "over time"), n_rows * pitched_area(1, shape.n_neurons) * sizeof(float));
    want_delayed(stage.sources, shape);
    if (stage.lateral) want_recurrence<ForwardTile>("forward ", shape, 1);
    if (is_cuda_) return;
    if (stage.lateral) want("lateral", size_of_panels(shape.n_neurons, shape.n_neurons) * sizeof(float));
    std::string name = "source ";
    for (const auto& [source, w, delays] : stage.sources) {
      if (!may_spike(source)) continue;
      want(name += '+', delays.size() * size_of_panels(source.n_neurons, shape.n_neurons) * sizeof(float) +
                            n_rows * as_size(source.n_neurons) / kTenth * sizeof(std::uint16_t));
    }
  }
  void run(const BackwardStage<float>& stage) override {
    const Shape& shape = stage.scan.shape;
    if (is_cuda_ && stage.scan.rule == Rule::kStep) want("over time", shape.size() * sizeof(float));
    want_delayed(stage.targets, shape);
    if (!stage.lateral) return;
    want_recurrence<BackwardTile>("backward ", shape, kWalkedTogether);
    if (is_cuda_ || stage.scan.rule != Rule::kStep) return;
    want("backward over time", shape.size() *
                                   std::min<std::size_t>(as_size(shape.n_batch), n_workers_ * kWalkedTogether) /
                                   as_size(shape.n_batch) * sizeof(float));
  }
  void run(const WeightGradient<float>& product) override {
    if (product.delays.back() > 0 && (is_cuda_ || !may_spike(product.source))) {
      want("delayed", Shape{product.n_rows, 0, product.n_neurons}.size() * sizeof(float));
    }
    if (is_cuda_) return;
    const std::size_t n_sources = as_size(product.source.n_neurons);
    if (!may_spike(product.source)) {
      return want("parts", as_size(count_parts(product.n_rows)) *
                               pitched_area(product.n_neurons, product.source.n_neurons) * sizeof(float));
    }
    want("lists", as_size(product.n_rows) * n_sources / kTenth * sizeof(std::uint16_t));
    const std::size_t n_sums = product.delays.size() * std::min(n_sources, as_size(kGroupNeurons));
    want("sums", n_workers_ * (n_sums + kBlockRows) * kTileWidth * sizeof(float));
  }
  void run(const ScanBody<float>&) override {}

 private:
  /// What a recurrent layer keeps between its steps, on the CPU of so many utterances at a time.
  template <template <class, int> class Tile>
  void want_recurrence(const std::string& pass, const Shape& shape, int together) {
    const std::size_t n_neurons = pitched_area(1, shape.n_neurons), n_batch = as_size(shape.n_batch);
    if (is_cuda_) {
      want("tiles", n_batch * n_neurons * sizeof(Tile<float, 1>));
      return want("leaves and arrives", 2 * n_batch * n_neurons * sizeof(float));
    }
    const std::size_t n_walked = std::min(n_batch, n_workers_ * as_size(together));
    want(pass + "tiles", n_walked * as_size(count_tiles(shape.n_neurons)) * sizeof(Tile<float, kTileWidth>));
    want(pass + "leaves and arrives", n_walked * 2 * n_neurons * sizeof(float));
  }
  /// A CUDA device puts the products of delayed connections aside.
  template <class Connections>
  void want_delayed(const Connections& connections, const Shape& shape) {
    const bool delays = std::ranges::any_of(connections, [](const auto& each) { return each.delays.back() > 0; });
    if (is_cuda_ && delays) want("delayed", shape.size() * sizeof(float));
  }
  static bool may_spike(const Source<float>& source) {
    return source.spikes != nullptr && source.n_neurons <= kMostNeurons;
  }
  /// Of all workers: each takes a group of utterances of about equal length at a time.
  std::size_t group_rows(const Shape& shape) const {
    return n_workers_ * as_size(std::min(shape.n_rows, kGroupRows + shape.n_rows / std::max(1, shape.n_batch)));
  }
  void want(const std::string& what, std::size_t n_bytes) { scratch_[what] = std::max(scratch_[what], n_bytes); }
  /// For what a device has one array of, and the CPU one for each pass.
  std::string of_pass(const std::string& pass, const std::string& what) const { return is_cuda_ ? what : pass + what; }

  std::string device_;
  bool is_cuda_;
  std::size_t n_workers_ = 1;
  std::size_t arrays_ = 0;
  std::map<std::string, std::size_t> scratch_;  // grows to the largest that was wanted
};

/// Utterances of about equal length.
Batch batch_of(const NetworkParams& params, const BatchSize& batch) {
  Batch all{.n_channels = params.sizes.front()};
  for (int b = 1; b <= batch.n_batch; ++b) {
    all.row_begin.push_back(static_cast<int>(std::int64_t{batch.n_rows} * b / batch.n_batch));
  }
  all.labels.assign(as_size(batch.n_batch), 0);
  all.utterances.resize(as_size(batch.n_batch));
  return all;
}

BatchSize largest_batch(const Dataset& dataset, int batch_size) {
  const std::vector<int> longest = longest_utterances(dataset, batch_size);
  std::int64_t n_rows = 0;
  for (const int i : longest) n_rows += dataset.utterances[as_size(i)].n_steps;
  if (n_rows > std::numeric_limits<int>::max())
    throw std::invalid_argument("a batch of too many steps; make it smaller");
  return {static_cast<int>(n_rows), static_cast<int>(longest.size())};
}

}  // namespace

std::vector<int> longest_utterances(const Dataset& dataset, int n) {
  std::vector<int> order(dataset.utterances.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](int i) { return dataset.utterances[as_size(i)].n_steps; });
  order.resize(std::min(order.size(), as_size(n)));
  return order;
}

BatchSize largest_batch(const Dataset& train, const Dataset* valid, int batch_size) {
  const BatchSize trained = largest_batch(train, batch_size);
  const BatchSize scored = valid == nullptr ? BatchSize{} : largest_batch(*valid, batch_size);
  return {std::max(trained.n_rows, scored.n_rows), std::max(trained.n_batch, scored.n_batch)};
}

MemoryForecast training_memory(const TrainingParams& params, const BatchSize& batch, const std::string& device,
                               int n_threads, bool validates) {
  CountingBackend backend(device, n_threads);
  Network<float> network(params.network, params.gradient, backend);
  const Optimiser<float> optimiser(params.optimiser, network);
  std::optional<Network<float>> scorer;
  if (validates && scores_others(params)) scorer.emplace(scored_network(params), params.gradient, backend);
  const std::size_t parameters = backend.arrays();
  Batch taken = batch_of(params.network, batch);
  if (params.augment.mixup > 0.0) taken.utterances.front().partner = 0;
  network.load(std::move(taken), true);
  network.forward();
  network.backward(params.loss);
  if (scorer) {
    scorer->load(batch_of(params.network, batch), false);
    scorer->infer();
  } else if (validates) {
    network.infer();
  }
  const ArrayLayout& layout = network.layout();
  const std::size_t n_states = params.optimiser.ema_decay > 0.0 ? 3 : 2;  // moments, average
  const std::size_t n_kept = layout.n_values() + n_states * layout.n_trained();
  return {
      .program = kProgram,
      .parameters = parameters,
      .activations = backend.arrays() - parameters,
      .scratch = backend.scratch(),
      .checkpoint = 3 * n_kept * sizeof(float),  // as tensors, once more by their names in the file, and as its bytes
      .has_device = device != "cpu"};
}

MemoryForecast inference_memory(const NetworkParams& params, const BatchSize& batch, const std::string& device,
                                int n_threads) {
  CountingBackend backend(device, n_threads);
  Network<float> network(params, {}, backend);
  const std::size_t arrays = backend.arrays(), model = network.layout().n_values() * sizeof(float);
  network.load(batch_of(params, batch), false);
  network.infer();
  return {.program = kProgram,
          .parameters = arrays + model,
          .activations = backend.arrays() - arrays,
          .scratch = backend.scratch(),
          .checkpoint = model,  // the file's bytes while the model is read
          .has_device = device != "cpu"};
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
