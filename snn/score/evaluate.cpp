#include "snn/score/evaluate.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <stdexcept>

#include "snn/score/answer.h"

namespace snn {

namespace {

/// Of the batch that the network's last inference ran.
SpikeCounts count_spikes(const Network<float>& network, const Dataset& dataset, std::span<const int> indices) {
  SpikeCounts counts{.spikes = layer_spikes(network.params(), network.batch_spikes()),
                     .n_utterances = static_cast<std::int64_t>(indices.size())};
  for (const int index : indices) {
    const Utterance& utterance = dataset.utterances.at(static_cast<std::size_t>(index));
    counts.n_steps += utterance.n_steps;
    counts.n_input_values += count_nonzero(utterance);
  }
  return counts;
}

}  // namespace

Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size, const EvaluateOptions& options) {
  const int n = static_cast<int>(dataset.utterances.size()), n_classes = network.params().sizes.back();
  const auto width = static_cast<std::size_t>(n_classes);
  const auto& [kind, n_last] = options.readout;
  if (kind == ReadoutKind::kSpikes && network.params().output_layer != OutputLayer::kSpiking) {
    throw std::invalid_argument(
        "decision by spikes: the network's output layer does not fire; decide by psc or last:N");
  }
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Evaluation evaluation;
  for (int i = 0; i < count_batches(n, batch_size); ++i) {
    const std::span<const int> indices = batch_indices(order, i, batch_size);
    network.load(make_batch(dataset, indices), false);
    network.infer();
    std::vector<float> sums, psc;  // [B][K]; [rows][K]
    if (kind == ReadoutKind::kPsc) sums = network.class_sums();
    if (kind == ReadoutKind::kSpikes)
      std::ranges::copy(network.spike_counts(network.params().n_layers()), std::back_inserter(sums));
    if (options.traces || kind == ReadoutKind::kLast) psc = network.output_psc();
    std::span<const float> left = psc, own;  // of the utterances from b on, and of b
    for (std::size_t b = 0; b < indices.size(); ++b) {
      if (!psc.empty()) {
        own = left.first(static_cast<std::size_t>(dataset.utterances[static_cast<std::size_t>(indices[b])].n_steps) *
                         width);
        left = left.subspan(own.size());
      }
      if (kind == ReadoutKind::kLast) sums = sum_last_steps(own, n_classes, n_last);
      const std::span<const float> row = std::span(sums).subspan(kind == ReadoutKind::kLast ? 0 : b * width, width);
      evaluation.scores.emplace_back(row.begin(), row.end());
      const bool is_heard = count_nonzero(dataset.utterances[static_cast<std::size_t>(indices[b])]) > 0;
      evaluation.decisions.push_back(answer_of(row, is_heard));
      if (options.traces) evaluation.traces.push_back(trace_decisions(own, n_classes, is_heard));
    }
    evaluation.counts.add(count_spikes(network, dataset, indices));
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
