#include "tools/eval/comparison.h"

#include <fmt/core.h>

#include <stdexcept>

namespace tools {

namespace {

/// "0.61", or "-" where there is nothing to divide by.
std::string ratio(double first, double second) {
  return second > 0.0 ? fmt::format("{:.2f}", first / second) : "-";
}

/// Both of the same utterances, in the same order.
Comparison compare(const Evaluated& first, const Evaluated& second) {
  Comparison comparison;
  const auto is_right = [](const Evaluated& e, std::size_t i) {
    return e.evaluation.decisions.at(i) == e.labels.at(i);
  };
  for (std::size_t i = 0; i < first.labels.size(); ++i) {
    comparison.paired.add(is_right(first, i), is_right(second, i));
  }
  const auto n = static_cast<double>(first.labels.size());
  const snn::Paired& paired = comparison.paired;
  comparison.first = {first.name, static_cast<double>(paired.n_both + paired.n_only_first) / n,
                      synaptic_operations(first.model.training.network, first.evaluation.counts)};
  comparison.second = {second.name, static_cast<double>(paired.n_both + paired.n_only_second) / n,
                       synaptic_operations(second.model.training.network, second.evaluation.counts)};
  return comparison;
}

}  // namespace

snn::Evaluation evaluate(const snn::Model& model, const snn::Dataset& dataset, snn::Backend<float>& backend,
                         const snn::EvaluateOptions& options, int batch_size) {
  snn::Network<float> network(model.training.network, model.training.gradient, backend);
  network.set_parameters(model.parameters);
  return snn::evaluate(network, dataset, batch_size, options);
}

std::vector<int> labels_of(const snn::Dataset& dataset) {
  std::vector<int> labels;
  for (const snn::Utterance& utterance : dataset.utterances) labels.push_back(utterance.label);
  return labels;
}

Comparison compare_with(const std::string& path, const Evaluated& first, LoadedStream& stream,
                        const std::string& stream_name, snn::Backend<float>& backend,
                        const snn::EvaluateOptions& options, int batch_size) {
  const snn::Model other = snn::read_model(path);
  check_recipe(stream_name, stream.header, path, other.recipe_json, other.input_kind);
  if (const int n = match_labels(stream.dataset, other.classes); n > 0) {
    throw std::runtime_error(
        fmt::format("{}: does not know the labels of {} of the {} utterances; compare models of the same classes", path,
                    n, stream.dataset.utterances.size()));
  }
  const snn::Evaluation evaluation = evaluate(other, stream.dataset, backend, options, batch_size);
  return compare(first, {path, other, evaluation, labels_of(stream.dataset)});
}

std::string Comparison::text() const {
  std::string text = fmt::format("against {}\n", second.name);
  const auto row = [&text](const char* what, const std::string& mine, const std::string& theirs,
                           const std::string& note) {
    text += fmt::format("  {:<22}  {:>10}  {:>10}  {}\n", what, mine, theirs, note);
  };
  const auto operations = [&row](const char* what, double mine, double theirs) {
    row(what, fmt::format("{:.0f}", mine), fmt::format("{:.0f}", theirs), "ratio " + ratio(mine, theirs));
  };
  row("", "this", "that", "");
  row("accuracy", fmt::format("{:.4f}", first.accuracy), fmt::format("{:.4f}", second.accuracy),
      fmt::format("difference {:+.4f}", first.accuracy - second.accuracy));
  operations("operations from spikes", first.operations.from_spikes, second.operations.from_spikes);
  operations("operations from input", first.operations.from_input, second.operations.from_input);
  operations("operations", first.total(), second.total());
  return text +
         fmt::format("  right: both {}, only this {}, only that {}, neither {}; McNemar's exact test p = {:.3g}\n",
                     paired.n_both, paired.n_only_first, paired.n_only_second, paired.n_neither, paired.p_value());
}

}  // namespace tools
