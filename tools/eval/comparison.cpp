#include "tools/eval/comparison.h"

#include <fmt/core.h>

#include <algorithm>
#include <stdexcept>

namespace tools {

namespace {

/// "0.61", or "-" where there is nothing to divide by.
std::string ratio(double first, double second) {
  return second > 0.0 ? fmt::format("{:.2f}", first / second) : "-";
}

}  // namespace

SecondModel::SecondModel(const std::string& path, const std::string& stream_name, const ear::Header& header,
                         snn::Backend<float>& backend, const snn::Readout& readout)
    : path_(path), model_(read_model(path)), scored_(model_, backend, {.readout = readout}) {
  check_recipe(stream_name, header, path, model_.recipe_json, model_.input_kind);
}

void SecondModel::add(snn::Dataset& batch, const std::vector<bool>& first_right) {
  if (match_labels(batch, model_.classes) > 0) {
    const auto unknown = std::ranges::find_if(batch.utterances, [](const auto& u) { return u.label < 0; });
    throw std::runtime_error(fmt::format("{}: does not know label '{}' of {}; compare models of the same classes",
                                         path_, unknown->label_name, unknown->key));
  }
  const std::vector<bool> right = scored_.add(batch);
  for (std::size_t i = 0; i < right.size(); ++i) paired_.add(first_right.at(i), right[i]);
}

Comparison SecondModel::compare(const std::string& first_name, const ScoredModel& first) const {
  return {{first_name, first.scores().all().accuracy(), first.operations()},
          {path_, scored_.scores().all().accuracy(), scored_.operations()},
          paired_};
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
