#include "snn/evaluate.h"

#include <algorithm>
#include <numeric>

namespace snn {

int decide(std::span<const float> scores) {
  return static_cast<int>(std::ranges::max_element(scores) - scores.begin());
}

void count_spikes(const Network<float>& network, const Dataset& dataset, std::span<const int> indices,
                  SpikeCounts& counts) {
  const int n_layers = network.params().n_layers();
  counts.spikes.resize(static_cast<std::size_t>(n_layers));
  for (int layer = 1; layer <= n_layers; ++layer) {
    const std::vector<int> spikes = network.spike_counts(layer);
    counts.spikes[static_cast<std::size_t>(layer) - 1] +=
        std::accumulate(spikes.begin(), spikes.end(), std::int64_t{0});
  }
  for (const int index : indices) {
    const Utterance& utterance = dataset.utterances.at(static_cast<std::size_t>(index));
    counts.n_steps += utterance.n_steps;
    counts.n_input_values += count_nonzero(utterance);
  }
  counts.n_utterances += static_cast<std::int64_t>(indices.size());
}

Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size) {
  const int n = static_cast<int>(dataset.utterances.size());
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Evaluation evaluation;
  Batch<float> batch;
  for (int i = 0; i < count_batches(n, batch_size); ++i) {
    const std::span<const int> indices = batch_indices(order, i, batch_size);
    fill(batch, dataset, indices);
    network.infer(batch);
    const std::vector<float> sums = network.class_sums();
    const std::size_t n_classes = sums.size() / indices.size();
    for (std::size_t b = 0; b < indices.size(); ++b) {
      const std::span<const float> row(sums.data() + b * n_classes, n_classes);
      evaluation.scores.emplace_back(row.begin(), row.end());
      evaluation.decisions.push_back(decide(row));
    }
    count_spikes(network, dataset, indices, evaluation.counts);
  }
  return evaluation;
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
