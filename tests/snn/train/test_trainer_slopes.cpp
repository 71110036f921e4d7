// Which slope the layers took, as an epoch's report has it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "snn/train/trainer.h"
#include "tests/snn/synthetic.h"

namespace {

snn::TrainingParams params_of(snn::Rule rule, double layer_rate) {
  snn::TrainingParams params = support::small_training();
  params.gradient.rule = rule;
  params.gradient.layer_rate = layer_rate;
  params.augment = {};
  params.optimiser.lr = 0.0;  // every batch sees the initial network
  return params;
}

snn::EpochReport first_epoch(const snn::TrainingParams& params, const snn::Dataset& train) {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::Trainer trainer(snn::start_training(params, train, nullptr, "raster", "[]"), train, nullptr, *backend);
  return *trainer.run_epoch([](const snn::BatchReport&) { return true; });
}

/// Of each layer, the mean firing rate of each batch of the first epoch.
std::vector<std::vector<double>> rates_of(const snn::TrainingParams& params, const snn::Dataset& train) {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::Network<float> network(params.network, params.gradient, *backend);
  network.set_parameters(snn::start_training(params, train, nullptr, "raster", "[]").model.parameters);
  const int n_utterances = static_cast<int>(train.utterances.size());
  const std::vector<int> order = snn::epoch_order(n_utterances, params.seed, 0);
  std::vector<std::vector<double>> rates(3);
  for (int i = 0; i < snn::count_batches(n_utterances, params.batch_size); ++i) {
    const snn::Batch batch = snn::make_batch(train, snn::batch_indices(order, i, params.batch_size));
    network.forward(batch);
    for (int layer = 1; layer <= 3; ++layer) {
      const std::vector<int> spikes = network.spike_counts(layer);
      const double n = batch.n_rows() * params.network.sizes[static_cast<std::size_t>(layer)];
      rates[static_cast<std::size_t>(layer) - 1].push_back(std::accumulate(spikes.begin(), spikes.end(), 0) / n);
    }
  }
  return rates;
}

}  // namespace

TEST_CASE("trainer: by the layer rule each layer's share of batches with the surrogate is counted") {
  const snn::Dataset train = support::synthetic();
  auto rates = rates_of(params_of(snn::Rule::kLayer, 0.0), train);
  std::vector<double> of_second = rates[1];
  std::sort(of_second.begin(), of_second.end());
  const double layer_rate = of_second[1];  // two of the second layer's five batches fire no more than this
  std::vector<double> wanted;
  for (const std::vector<double>& of_layer : rates) {
    const auto n = std::count_if(of_layer.begin(), of_layer.end(), [&](double rate) { return rate <= layer_rate; });
    wanted.push_back(static_cast<double>(n) / 5.0);
  }
  CHECK(wanted[1] == 0.4);
  CHECK(first_epoch(params_of(snn::Rule::kLayer, layer_rate), train).surrogate_shares == wanted);
  CHECK(first_epoch(params_of(snn::Rule::kLayer, 1.0), train).surrogate_shares == std::vector<double>(3, 1.0));
  CHECK(first_epoch(params_of(snn::Rule::kLayer, 0.0), train).surrogate_shares == std::vector<double>(3, 0.0));
  CHECK(first_epoch(params_of(snn::Rule::kStep, 0.0), train).surrogate_shares.empty());
}
