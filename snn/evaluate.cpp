#include "snn/evaluate.h"

#include <numeric>

#include "snn/neuron/decision.h"

namespace snn {

namespace {

/// Adds the spikes, steps and input values of the batch that the network's last inference ran.
void count_spikes(const Network<float>& network, const Dataset& dataset, std::span<const int> indices,
                  SpikeCounts& counts) {
  const std::vector<std::int64_t> spikes = network.layer_spikes();
  counts.spikes.resize(spikes.size());
  for (std::size_t l = 0; l < spikes.size(); ++l) counts.spikes[l] += spikes[l];
  for (const int index : indices) {
    const Utterance& utterance = dataset.utterances.at(static_cast<std::size_t>(index));
    counts.n_steps += utterance.n_steps;
    counts.n_input_values += count_nonzero(utterance);
  }
  counts.n_utterances += static_cast<std::int64_t>(indices.size());
}

/// load: makes the network's batch of those utterances.
template <class Load>
Evaluation evaluate_batches(Network<float>& network, const Dataset& dataset, int batch_size, const Load& load) {
  const int n = static_cast<int>(dataset.utterances.size());
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Evaluation evaluation;
  for (int i = 0; i < count_batches(n, batch_size); ++i) {
    const std::span<const int> indices = batch_indices(order, i, batch_size);
    load(indices);
    network.infer();
    const std::vector<float> sums = network.class_sums();
    const std::size_t n_classes = sums.size() / indices.size();
    for (std::size_t b = 0; b < indices.size(); ++b) {
      const std::span<const float> row(sums.data() + b * n_classes, n_classes);
      evaluation.scores.emplace_back(row.begin(), row.end());
      evaluation.decisions.push_back(decide(row.data(), static_cast<int>(n_classes)));
    }
    count_spikes(network, dataset, indices, evaluation.counts);
  }
  return evaluation;
}

}  // namespace

Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size) {
  Batch<float> batch;
  return evaluate_batches(network, dataset, batch_size, [&](std::span<const int> indices) {
    fill(batch, dataset, indices);
    network.load(batch, false);
  });
}

Evaluation evaluate(Network<float>& network, StoredDataset& data, int batch_size) {
  return evaluate_batches(network, data.dataset(), batch_size,
                          [&](std::span<const int> indices) { network.load(data.plan(indices), false); });
}

Scores score(const Evaluation& evaluation, const Dataset& dataset) {
  Scores scores(static_cast<int>(dataset.classes.size()));
  for (std::size_t i = 0; i < dataset.utterances.size(); ++i) {
    const Utterance& utterance = dataset.utterances[i];
    if (utterance.label >= 0) scores.add(utterance.label, evaluation.decisions.at(i), utterance.speaker);
  }
  return scores;
}

}  // namespace snn
