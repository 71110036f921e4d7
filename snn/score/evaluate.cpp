#include "snn/score/evaluate.h"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "snn/score/answer.h"

namespace snn {

namespace {

/// Of some utterances, in their order.
struct Heard {
  std::vector<std::int64_t> n_values;  // input values that are not zero
  std::int64_t n_steps = 0;
  Answers<float> answers;
};

/// Decisions from PSCs of all steps.
bool wants_psc(const EvaluateOptions& options) {
  return options.traces || options.readout.kind == ReadoutKind::kLast;
}

/// Runs the utterances at `indices` batch by batch, and waits for the back end behind the last one alone: it works on a
/// batch while the values of that batch are counted here and the next one is made.
Heard hear(Network<float>& network, const Dataset& dataset, std::span<const int> indices, int batch_size,
           const EvaluateOptions& options) {
  const auto at = [&](int index) -> const Utterance& { return dataset.utterances[static_cast<std::size_t>(index)]; };
  Heard heard;
  for (const int index : indices) heard.n_steps += at(index).n_steps;
  network.begin_answers(indices.size(), wants_psc(options) ? static_cast<std::size_t>(heard.n_steps) : 0);
  for (int i = 0; i < count_batches(static_cast<int>(indices.size()), batch_size); ++i) {
    const std::span<const int> batch = batch_indices(indices, i, batch_size);
    network.infer(make_batch(dataset, batch));
    network.keep_answers(options.readout.kind == ReadoutKind::kSpikes);
    for (const int index : batch) heard.n_values.push_back(count_nonzero(at(index)));
  }
  heard.answers = network.read_answers();
  return heard;
}

/// Adds what was heard of the utterances from `first` on.
void add(const Heard& heard, const NetworkParams& network, const Dataset& dataset, std::size_t first,
         const EvaluateOptions& options, Evaluation& evaluation) {
  const int n_classes = network.sizes.back();
  const auto width = static_cast<std::size_t>(n_classes);
  std::span<const float> left = heard.answers.psc, own;  // of the utterances from i on, and of i
  for (std::size_t i = 0; i < heard.n_values.size(); ++i) {
    if (wants_psc(options)) {
      own = left.first(static_cast<std::size_t>(dataset.utterances[first + i].n_steps) * width);
      left = left.subspan(own.size());
    }
    const auto row = std::span(heard.answers.scores).subspan(i * width, width);
    evaluation.scores.push_back(options.readout.kind == ReadoutKind::kLast
                                    ? sum_last_steps(own, n_classes, options.readout.n_last)
                                    : std::vector<float>(row.begin(), row.end()));
    const bool is_heard = heard.n_values[i] > 0;
    evaluation.decisions.push_back(answer_of(evaluation.scores.back(), is_heard));
    if (options.traces) evaluation.traces.push_back(trace_decisions(own, n_classes, is_heard));
  }
  evaluation.counts.add(
      {.spikes = layer_spikes(network, heard.answers.spikes),
       .n_steps = heard.n_steps,
       .n_utterances = static_cast<std::int64_t>(heard.n_values.size()),
       .n_input_values = std::accumulate(heard.n_values.begin(), heard.n_values.end(), std::int64_t{0})});
}

}  // namespace

Evaluation evaluate(Network<float>& network, const Dataset& dataset, int batch_size, const EvaluateOptions& options) {
  if (options.readout.kind == ReadoutKind::kSpikes && network.params().output_layer != OutputLayer::kSpiking) {
    throw std::invalid_argument(
        "decision by spikes: the network's output layer does not fire; decide by psc or last:N");
  }
  std::vector<int> order(dataset.utterances.size());
  std::iota(order.begin(), order.end(), 0);
  const auto at_once = static_cast<std::size_t>(network.backend().traits().batches_per_readback);
  const std::size_t piece = wants_psc(options) ? at_once * static_cast<std::size_t>(batch_size) : order.size();
  Evaluation evaluation;
  for (std::size_t first = 0; first < order.size(); first += piece) {
    const auto indices = std::span(order).subspan(first, std::min(piece, order.size() - first));
    add(hear(network, dataset, indices, batch_size, options), network.params(), dataset, first, options, evaluation);
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
