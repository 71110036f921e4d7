#include "scripts/bench/rates.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <stdexcept>

#include "snn/data/batch.h"
#include "snn/model/parameter_list.h"

namespace bench {

namespace {

constexpr double kCloseEnough = 0.001, kTooFar = 0.003;  // distance of a rate from its target
constexpr int kMostTrials = 40;

/// drive 0..1: all weights, or gains, times 0.01..10; 1..2: times 10, the negative ones weakened to nothing.
void drive_layer(const snn::NetworkParams& params, int layer, double drive, const snn::Tensors& from,
                 snn::Tensors& arrays) {
  const double scale = std::pow(10.0, 3.0 * std::min(drive, 1.0) - 2.0);
  const double inhibition = drive > 1.0 ? 2.0 - drive : 1.0;
  const auto scaled = params.normalised ? snn::ParameterKind::kNormGain : snn::ParameterKind::kWeight;
  for (const snn::ParameterInfo& info : snn::parameter_list(params)) {
    if (info.kind != scaled || info.to != layer) continue;
    const std::vector<float>& original = from.at(info.name).values;
    std::vector<float>& values = arrays.at(info.name).values;
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(original[i] * scale * (original[i] < 0.0f ? inhibition : 1.0));
    }
  }
}

}  // namespace

std::vector<double> measure_rates(snn::Network<float>& network, const snn::Dataset& dataset, int n_batch) {
  const int n = static_cast<int>(dataset.utterances.size());
  const std::vector<int>& sizes = network.params().sizes;
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  std::vector<double> spikes(sizes.size() - 1);
  double n_steps = 0.0;
  for (const snn::Utterance& utterance : dataset.utterances) n_steps += utterance.n_steps;
  for (int i = 0; i < snn::count_batches(n, n_batch); ++i) {
    snn::Batch batch = snn::make_batch(dataset, snn::batch_indices(order, i, n_batch));
    network.params().normalised ? network.forward(std::move(batch)) : network.infer(std::move(batch));
    for (std::size_t l = 0; l < spikes.size(); ++l) {
      const std::vector<int> counts = network.spike_counts(static_cast<int>(l) + 1);
      spikes[l] = std::accumulate(counts.begin(), counts.end(), spikes[l]);
    }
  }
  for (std::size_t l = 0; l < spikes.size(); ++l) spikes[l] /= n_steps * sizes[l + 1];
  return spikes;
}

void scale_to_rate(const snn::NetworkParams& params, const snn::Dataset& dataset, int n_batch, double target,
                   snn::Backend<float>& backend, snn::Tensors& parameters) {
  const snn::Tensors original = parameters;
  snn::Network<float> network(params, {}, backend);
  for (int layer = 1; layer < params.n_layers(); ++layer) {
    double low = 0.0, high = 2.0, rate = -1.0;
    for (int trial = 0; trial < kMostTrials && std::abs(rate - target) > kCloseEnough; ++trial) {
      const double drive = (low + high) / 2;
      drive_layer(params, layer, drive, original, parameters);
      network.set_parameters(parameters);
      rate = measure_rates(network, dataset, n_batch)[static_cast<std::size_t>(layer) - 1];
      (rate < target ? low : high) = drive;
    }
    if (std::abs(rate - target) > kTooFar) {
      throw std::runtime_error(fmt::format("layer {} fires at {:.4f}, wanted {:.4f}", layer, rate, target));
    }
  }
}

}  // namespace bench
