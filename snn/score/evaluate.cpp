#include "snn/score/evaluate.h"

#include <numeric>

#include "snn/neuron/decision.h"

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

/// Of an utterance's output PSCs.
std::size_t n_values(const Dataset& dataset, int index, int n_classes) {
  const int n_steps = dataset.utterances.at(static_cast<std::size_t>(index)).n_steps;
  return static_cast<std::size_t>(n_steps) * static_cast<std::size_t>(n_classes);
}

/// What the readout says of each utterance of that batch, [B][K]. psc: [rows][K], where the readout wants it.
std::vector<float> batch_scores(const Network<float>& network, const Dataset& dataset, std::span<const int> indices,
                                const Readout& readout, std::span<const float> psc) {
  if (readout.kind == ReadoutKind::kPsc) return network.class_sums();
  if (readout.kind == ReadoutKind::kSpikes) {
    const std::vector<int> counts = network.spike_counts(network.params().n_layers());
    return {counts.begin(), counts.end()};
  }
  const int n_classes = network.params().sizes.back();
  std::vector<float> scores;
  for (const int index : indices) {
    const std::size_t n = n_values(dataset, index, n_classes);
    const std::vector<float> sums = sum_last_steps(psc.first(n), n_classes, readout.n_last);
    scores.insert(scores.end(), sums.begin(), sums.end());
    psc = psc.subspan(n);
  }
  return scores;
}

void add_traces(const Dataset& dataset, std::span<const int> indices, std::span<const float> psc, int n_classes,
                std::vector<DecisionTrace>& traces) {
  for (const int index : indices) {
    const std::size_t n = n_values(dataset, index, n_classes);
    traces.push_back(trace_decisions(psc.first(n), n_classes));
    psc = psc.subspan(n);
  }
}

}  // namespace

Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size, const EvaluateOptions& options) {
  const int n = static_cast<int>(dataset.utterances.size()), n_classes = network.params().sizes.back();
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  Evaluation evaluation;
  for (int i = 0; i < count_batches(n, batch_size); ++i) {
    const std::span<const int> indices = batch_indices(order, i, batch_size);
    network.load(make_batch(dataset, indices), false);
    network.infer(options.parameters);
    std::vector<float> psc;
    if (options.traces || options.readout.kind == ReadoutKind::kLast) psc = network.output_psc();
    const std::vector<float> scores = batch_scores(network, dataset, indices, options.readout, psc);
    for (std::size_t b = 0; b < indices.size(); ++b) {
      const auto width = static_cast<std::size_t>(n_classes);
      const std::span<const float> row(scores.data() + b * width, width);
      evaluation.scores.emplace_back(row.begin(), row.end());
      evaluation.decisions.push_back(decide(row.data(), n_classes));
    }
    if (options.traces) add_traces(dataset, indices, psc, n_classes, evaluation.traces);
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
