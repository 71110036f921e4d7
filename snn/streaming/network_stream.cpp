#include "snn/streaming/network_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "snn/backend/cpu/kernels.h"
#include "snn/backend/cpu/product.h"
#include "snn/backend/cpu/spike_product.h"
#include "snn/base/parallel.h"

namespace snn {

namespace {

constexpr int kMostSteps = 32;  // that are heard at a time: what bounds the memory

/// Moves the last n_past rows of n_past + n_new, `width` apart, to the front.
template <class T>
void keep_last(std::vector<T>& rows, int width, int n_past, int n_new) {
  std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(area(n_new, width)), area(n_past, width), rows.begin());
}

}  // namespace

StreamingNetwork::StreamingNetwork(const NetworkParams& params, const Tensors& parameters, const std::string& isa)
    : params_(params), kernels_(&find_kernels<float>(isa)) {
  check_parameters(params, parameters);
  if (params.normalised)
    throw std::invalid_argument("a network that is normalised over batches cannot hear a stream; fold it first");
  coeffs_ = derive_coeffs<float>(params, {});
  const ArrayLayout layout(params);
  values_.resize(layout.n_values());
  for (const ArrayLayout::Entry& entry : layout.entries()) {
    std::ranges::copy(with_gaps<float>(parameters.at(entry.info.name).values, entry.columns),
                      values_.begin() + static_cast<std::ptrdiff_t>(entry.offset));
  }
  for (int l = 1; l <= params.n_layers(); ++l) {
    if (n_neurons(l) > kMostNeurons) {
      throw std::invalid_argument(
          fmt::format("a layer of {} neurons: a stream takes {} at most", n_neurons(l), kMostNeurons));
    }
    Layer& layer =
        layers_.emplace_back(LayerArrays(params, layout, l), std::vector<std::vector<float>>(), std::vector<float>());
    for (const Connection& c : layer.arrays.incoming) {
      n_past_ = std::max(n_past_, c.delays.back());
      const WeightedSource<float> weighted{{c.n_neurons}, values_.data() + c.weight, c.delays};
      std::vector<float>& panels = layer.panels.emplace_back();
      if (c.population > 0) pack_panels(*kernels_, weighted, n_neurons(l), 1, panels);
    }
    if (layer.arrays.lateral) {
      pack_panels(*kernels_, {{n_neurons(l)}, at(layer.arrays.lateral)}, n_neurons(l), 1, layer.lateral);
    }
  }
}

NetworkStream::NetworkStream(const StreamingNetwork& network) : network_(network) {
  const int n_layers = network.params_.n_layers(), n_channels = network.n_neurons(0),
            n_classes = network.n_neurons(n_layers);
  const int n_rows = network.n_past_ + kMostSteps;
  raw_.resize(pitched_area(1 + kMostSteps, n_channels));
  input_.resize(pitched_area(n_rows, n_channels));
  std::size_t widest = 0;
  for (int l = 1; l <= n_layers; ++l) {
    const int n = network.n_neurons(l);
    const auto width = static_cast<std::size_t>(n);
    Layer& layer = layers_.emplace_back();
    widest = std::max(widest, width);
    layer.tiles.resize(static_cast<std::size_t>(count_tiles(n)));
    layer.words.resize(area(n_rows, spike_words(n)));
    layer.begin.resize(static_cast<std::size_t>(n_rows) + 1);
    layer.events.resize(area(n_rows, n) + kEventSlack);
    if (network.layers_[index(l)].arrays.lateral) {
      layer.arrives.resize(area(count_tiles(n), kTileWidth));
      layer.own.resize(width + kEventSlack);
    }
  }
  drive_.resize(pitched_area(kMostSteps, static_cast<int>(widest)));
  counts_.resize(widest);
  psc_.resize(pitched_area(n_rows, n_classes));
  readout_.resize(area(2, n_classes));
  sums_.resize(static_cast<std::size_t>(n_classes));
}

void NetworkStream::begin() {
  for (auto* values : {&raw_, &input_, &readout_, &sums_}) std::ranges::fill(*values, 0.0F);
  for (Layer& layer : layers_) std::ranges::fill(layer.words, 0);
  n_steps_ = 0;
  begins_ = true;
}

void NetworkStream::push(std::span<const float> values) {
  const auto n_channels = static_cast<std::size_t>(network_.n_neurons(0));
  if (values.size() % n_channels != 0) {
    throw std::invalid_argument(
        fmt::format("{} values for steps of {} channels: wanted whole steps", values.size(), n_channels));
  }
  const FlushSubnormals flush;
  for (Layer& layer : layers_) layer.last_spikes.clear();
  for (std::size_t first = 0; first < values.size(); first += n_channels * kMostSteps) {
    const std::size_t n = std::min((values.size() - first) / n_channels, std::size_t{kMostSteps});
    hear(values.data() + first, static_cast<int>(n));
  }
}

void NetworkStream::hear(const float* values, int n_steps) {
  gather(values, n_steps);
  for (int l = 1; l <= network_.params_.n_layers(); ++l) run_layer(l, n_steps);
  keep_last(input_, pitch(network_.n_neurons(0)), network_.n_past_, n_steps);
  n_steps_ += n_steps;
  begins_ = false;
}

/// Values -> input rows, by the bodies that do it for a batch.
void NetworkStream::gather(const float* values, int n_steps) {
  const int n_channels = network_.n_neurons(0);
  const auto run = [&]<class Body>(const Body& body) {
    std::get<TileRunner<Body>>(network_.kernels_->tile_runners)(body, 0, count_tiles(n_channels));
  };
  const UtteranceView view{.values = values};
  const int gathered[] = {1, 1 + n_steps}, all[] = {0, 1 + n_steps};
  const Shape shape{1 + n_steps, 1, n_channels};
  run(GatherBatch<float>{.shape = shape,
                         .row_begin = gathered,
                         .utterances = &view,
                         .taps = nullptr,
                         .factor = static_cast<float>(network_.params_.input_scale),
                         .x = raw_.data()});
  const float* last = raw_.data() + shape.index(n_steps, 0);
  const std::vector<float> before(last, last + n_channels);
  if (network_.params_.direct_input) {
    run(DirectInput<float>{shape, all, raw_.data(), network_.coeffs_.keep_s, network_.coeffs_.gain_s});
  }
  std::copy_n(raw_.data() + shape.index(1, 0), pitched_area(n_steps, n_channels),
              input_.data() + pitched_area(network_.n_past_, n_channels));
  std::ranges::copy(before, raw_.begin());
}

/// The input's part of the layer's drive; false if there is none.
bool NetworkStream::add_input(int l, int n_steps) {
  const int n_channels = network_.n_neurons(0), n = network_.n_neurons(l);
  bool is_there = false;
  for (const Connection& c : network_.layers_[index(l)].arrays.incoming) {
    if (c.population > 0) continue;
    for (std::size_t d = 0; d < c.delays.size(); ++d) {
      multiply_rows(*network_.kernels_,
                    Product<float>{.a = input_.data() + pitched_area(network_.n_past_ - c.delays[d], n_channels),
                                   .b = network_.values_.data() + c.weight + d * pitched_area(n, n_channels),
                                   .b_transposed = true,
                                   .c = drive_.data(),
                                   .m = n_steps,
                                   .n = n,
                                   .k = n_channels,
                                   .accumulate = is_there});
      is_there = true;
    }
  }
  return is_there;
}

/// What the kernel wants to know of a layer; sources and row_begin are left to the caller. has_drive: the input's part is there.
ForwardTiles<float> NetworkStream::tiles_of(int l, int n_steps, bool has_drive) {
  const StreamingNetwork::Layer& constant = network_.layers_[index(l)];
  const LayerArrays& arrays = constant.arrays;
  Layer& layer = layers_[index(l)];
  const int n = network_.n_neurons(l), n_past = network_.n_past_;
  const bool is_output = l == network_.params_.n_layers();
  ForwardTiles<float> tiles;
  tiles.has_drive = has_drive;
  tiles.spikes = layer.words.data();
  tiles.last_batch = 1;
  tiles.drive_only = !network_.fires(l);
  tiles.carried = {layer.tiles.data(), begins_, n_past};
  if (arrays.lateral)
    tiles.recurrence = {constant.lateral.data(), layer.tiles.data(), layer.arrives.data(), layer.own.data()};
  tiles.scan = {.shape = {n_past + n_steps, 1, n},
                .row_begin = nullptr,
                .u = drive_.data(),
                .first_row = n_past,
                .psc = is_output ? psc_.data() : nullptr,
                .psc_sums = nullptr,
                .fired = nullptr,
                .n_spikes = counts_.data(),
                .n_spikes_stride = static_cast<std::size_t>(n),
                .theta = network_.at(arrays.theta),
                .w_self = network_.at(arrays.w_self),
                .coeffs = network_.coeffs_,
                .bias = network_.at(arrays.bias),
                .adaptation = network_.at(arrays.adaptation),
                .rho = network_.at(arrays.rho)};
  return tiles;
}

void NetworkStream::run_layer(int l, int n_steps) {
  const StreamingNetwork::Layer& constant = network_.layers_[index(l)];
  const int rows[] = {0, network_.n_past_ + n_steps};
  std::vector<ForwardTiles<float>::Events> sources;
  for (std::size_t i = 0; i < constant.arrays.incoming.size(); ++i) {
    const Connection& c = constant.arrays.incoming[i];
    if (c.population == 0) continue;
    const Layer& from = layers_[index(c.population)];
    const float* panels = constant.panels[i].data();
    for (const int delay : c.delays) {
      sources.push_back({{from.begin.data(), from.events.data()}, panels, c.n_neurons, delay});
      panels += size_of_panels(c.n_neurons, network_.n_neurons(l));
    }
  }
  ForwardTiles<float> tiles = tiles_of(l, n_steps, add_input(l, n_steps));
  tiles.sources = sources.data();
  tiles.n_sources = static_cast<int>(sources.size());
  tiles.scan.row_begin = rows;
  network_.kernels_->forward(tiles);
  if (!network_.fires(l)) return read_out(n_steps);
  keep_spikes(l, n_steps);
  if (l == network_.params_.n_layers())
    add_sums(psc_.data() + pitched_area(network_.n_past_, network_.n_neurons(l)), n_steps);
}

/// Of an output layer that does not fire, whose drive is there.
void NetworkStream::read_out(int n_steps) {
  const int l = network_.params_.n_layers(), n_classes = network_.n_neurons(l), rows[] = {0, n_steps};
  const LayerArrays& arrays = network_.layers_[index(l)].arrays;
  std::vector<float> sums(sums_.size());
  std::get<TileRunner<ReadoutForward<float>>>(network_.kernels_->tile_runners)(
      ReadoutForward<float>{.shape = {n_steps, 1, n_classes},
                            .row_begin = rows,
                            .potential = drive_.data(),
                            .sums = sums.data(),
                            .n_spikes = counts_.data(),
                            .n_spikes_stride = sums_.size(),
                            .theta = network_.at(arrays.theta),
                            .bias = network_.at(arrays.bias),
                            .coeffs = network_.coeffs_,
                            .carried = readout_.data()},
      0, count_tiles(n_classes));
  add_sums(drive_.data(), n_steps);
}

/// Step by step, as the scans of a whole utterance do.
void NetworkStream::add_sums(const float* psc, int n_steps) {
  const Shape shape{n_steps, 1, static_cast<int>(sums_.size())};
  for (int t = 0; t < n_steps; ++t) {
    for (int k = 0; k < shape.n_neurons; ++k) sums_[static_cast<std::size_t>(k)] += psc[shape.index(t, k)];
  }
}

/// Lists the layer's events for those that it sends to, and keeps what later steps will look back to.
void NetworkStream::keep_spikes(int l, int n_steps) {
  const int n = network_.n_neurons(l), n_words = spike_words(n), n_past = network_.n_past_;
  const Kernels<float>& kernels = *network_.kernels_;
  Layer& layer = layers_[index(l)];
  kernels.list_by_row({layer.words.data(), n_past + n_steps, n_words}, layer.begin.data(), layer.events.data());
  const std::size_t first = layer.last_spikes.size();
  layer.last_spikes.resize(first + area(n_steps, n));
  for (int t = 0; t < n_steps; ++t) {
    for (std::uint32_t e = layer.begin[n_past + t]; e < layer.begin[n_past + t + 1]; ++e) {
      layer.last_spikes[first + area(t, n) + layer.events[e]] = 1;
    }
  }
  keep_last(layer.words, n_words, n_past, n_steps);
}

std::int64_t NetworkStream::spike_count(int l) const {
  if (begins_) return 0;
  std::int64_t total = 0;
  for (const auto& tile : layers_.at(index(l)).tiles) {
    for (const int count : tile.count) total += count;
  }
  return total;
}

}  // namespace snn
