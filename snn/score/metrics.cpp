#include "snn/score/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <stdexcept>

#include "snn/score/answer.h"

namespace snn {
namespace {

constexpr double kZ95 = 1.959963984540054;  // 97.5 % point of the standard normal distribution
constexpr double kSilentRate = 0.001;       // less than a spike in a thousand steps

void check_index(int index, int n_classes, const char* what) {
  if (index < 0 || index >= n_classes) {
    throw std::invalid_argument(fmt::format("{} {} is out of 0..{}", what, index, n_classes - 1));
  }
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

void check_layers(const NetworkParams& network, const SpikeCounts& counts) {
  if (static_cast<int>(counts.spikes.size()) != network.n_layers()) {
    throw std::invalid_argument(
        fmt::format("spike counts of {} layers for a network of {}", counts.spikes.size(), network.n_layers()));
  }
}

/// What `of` makes of the spikes of each layer's neurons.
template <class Function>
auto by_layer(const NetworkParams& network, std::span<const std::int64_t> neurons, const Function& of) {
  const auto wanted = static_cast<std::size_t>(std::accumulate(network.sizes.begin() + 1, network.sizes.end(), 0));
  if (neurons.size() != wanted) {
    throw std::invalid_argument(fmt::format("spikes of {} neurons for a network of {}", neurons.size(), wanted));
  }
  std::vector<decltype(of(neurons))> out;
  std::size_t first = 0;
  for (std::size_t l = 1; l < network.sizes.size(); ++l) {
    const auto n = static_cast<std::size_t>(network.sizes[l]);
    out.push_back(of(neurons.subspan(first, n)));
    first += n;
  }
  return out;
}

}  // namespace

Interval wilson_interval(std::int64_t n_correct, std::int64_t n_total) {
  if (n_correct < 0 || n_correct > n_total) {
    throw std::invalid_argument(fmt::format("{} correct of {}", n_correct, n_total));
  }
  if (n_total == 0) return {0.0, 1.0};
  const auto n = static_cast<double>(n_total);
  const double p = static_cast<double>(n_correct) / n;
  const double z2 = kZ95 * kZ95;
  const double centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
  const double half = kZ95 * std::sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n)) / (1.0 + z2 / n);
  // At the edges the bound is 0 or 1 but for rounding.
  return {n_correct == 0 ? 0.0 : centre - half, n_correct == n_total ? 1.0 : centre + half};
}

double CorrectCount::accuracy() const {
  return n_total == 0 ? 0.0 : static_cast<double>(n_correct) / static_cast<double>(n_total);
}

Scores::Scores(int n_classes) : n_classes_(n_classes) {
  if (n_classes < 1) throw std::invalid_argument(fmt::format("scores for {} classes", n_classes));
  by_class_.resize(static_cast<std::size_t>(n_classes));
}

void Scores::add(int label, int predicted, std::string_view speaker) {
  check_index(label, n_classes_, "label");
  if (predicted != kSilence && predicted != kUnknown) check_index(predicted, n_classes_, "prediction");
  for (CorrectCount* count : {&all_, &by_class_[label], &by_speaker_[std::string(speaker)]}) {
    count->n_correct += label == predicted;
    ++count->n_total;
  }
  n_silent_ += predicted == kSilence;
  if (predicted >= 0) ++n_by_pair_[{label, predicted}];
}

const CorrectCount& Scores::of_class(int label) const {
  check_index(label, n_classes_, "label");
  return by_class_[label];
}

std::int64_t Scores::confusion(int label, int predicted) const {
  check_index(label, n_classes_, "label");
  check_index(predicted, n_classes_, "prediction");
  const auto found = n_by_pair_.find({label, predicted});
  return found == n_by_pair_.end() ? 0 : found->second;
}

std::vector<Confusion> Scores::confusions() const {
  std::vector<Confusion> all;
  for (const auto& [pair, n] : n_by_pair_) {
    if (pair.first != pair.second) all.push_back({pair.first, pair.second, n});
  }
  std::ranges::stable_sort(all, std::greater{}, &Confusion::n);
  return all;
}

std::string confusion_csv(const Scores& scores, std::span<const std::string> classes) {
  if (static_cast<int>(classes.size()) != scores.n_classes()) {
    throw std::invalid_argument(fmt::format("{} class names for {} classes", classes.size(), scores.n_classes()));
  }
  std::string csv = "label\\predicted";
  for (const std::string& name : classes) csv += fmt::format(",{}", csv_field(name));
  csv += "\n";
  for (int label = 0; label < scores.n_classes(); ++label) {
    csv += csv_field(classes[label]);
    for (int predicted = 0; predicted < scores.n_classes(); ++predicted) {
      csv += fmt::format(",{}", scores.confusion(label, predicted));
    }
    csv += "\n";
  }
  return csv;
}

std::vector<int> top_classes(std::span<const float> scores, int k) {
  if (std::any_of(scores.begin(), scores.end(), [](float score) { return std::isnan(score); })) {
    throw std::invalid_argument("a score is not a number");
  }
  std::vector<int> order(scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return scores[a] > scores[b]; });
  order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(k, 0))));
  return order;
}

void SpikeCounts::add(const SpikeCounts& more) {
  spikes.resize(more.spikes.size());
  for (std::size_t l = 0; l < spikes.size(); ++l) spikes[l] += more.spikes[l];
  n_steps += more.n_steps;
  n_utterances += more.n_utterances;
  n_input_values += more.n_input_values;
}

std::vector<double> firing_rates(const NetworkParams& network, const SpikeCounts& counts) {
  check_layers(network, counts);
  std::vector<double> rates(counts.spikes.size(), 0.0);
  if (counts.n_steps == 0) return rates;
  for (std::size_t l = 0; l < rates.size(); ++l) {
    rates[l] = static_cast<double>(counts.spikes[l]) / (static_cast<double>(counts.n_steps) * network.sizes[l + 1]);
  }
  return rates;
}

void Paired::add(bool first, bool second) {
  std::int64_t& n = first ? (second ? n_both : n_only_first) : (second ? n_only_second : n_neither);
  ++n;
}

double Paired::p_value() const {
  const auto n = static_cast<double>(n_only_first + n_only_second);
  double p = 0.0;
  for (std::int64_t i = 0; i <= std::min(n_only_first, n_only_second); ++i) {
    const auto k = static_cast<double>(i);
    p += std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0) - n * std::log(2.0));
  }
  return std::min(1.0, 2.0 * p);  // above 1 where the counts are equal, whose term stands twice
}

std::vector<std::int64_t> layer_spikes(const NetworkParams& network, std::span<const std::int64_t> neurons) {
  return by_layer(network, neurons, [](std::span<const std::int64_t> layer) {
    return std::accumulate(layer.begin(), layer.end(), std::int64_t{0});
  });
}

NeuronShares neuron_shares(const NetworkParams& network, std::span<const std::int64_t> neurons, std::int64_t n_steps) {
  const double most = kSaturatedRate * static_cast<double>(n_steps);
  const auto share = [&](const auto& holds) {
    return by_layer(network, neurons, [&](std::span<const std::int64_t> layer) {
      return static_cast<double>(std::ranges::count_if(layer, holds)) / static_cast<double>(layer.size());
    });
  };
  return {.silent = share([](std::int64_t n) { return n == 0; }),
          .saturated = share([most](std::int64_t n) { return static_cast<double>(n) > most; })};
}

Activity activity_of(double rate) {
  if (rate < kSilentRate) return Activity::kSilent;
  return rate > kSaturatedRate ? Activity::kSaturated : Activity::kNormal;
}

SynapticOperations synaptic_operations(const NetworkParams& network, const SpikeCounts& counts) {
  check_layers(network, counts);
  std::vector<std::int64_t> fan_out(network.sizes.size(), 0);
  const auto n_copies = [](const std::vector<int>& delays) { return static_cast<std::int64_t>(delays.size()); };
  for (int l = 1; l <= network.n_layers(); ++l) {
    fan_out[l - 1] += network.sizes[l] * n_copies(l == 1 ? network.input_delays : network.forward_delays);
  }
  for (const Skip& skip : network.skips) fan_out[skip.from] += network.sizes[skip.to] * n_copies(network.skip_delays);
  for (const int l : network.self_recurrent) fan_out[l] += 1;
  for (const int l : network.adaptive) fan_out[l] += 1;
  for (const int l : network.recurrent) fan_out[l] += std::llround(network.recurrent_density * network.sizes[l]);
  SynapticOperations operations;
  if (counts.n_utterances == 0) return operations;
  const auto n = static_cast<double>(counts.n_utterances);
  operations.from_input = static_cast<double>(counts.n_input_values) * static_cast<double>(fan_out[0]) / n;
  for (int l = 1; l <= network.n_layers(); ++l) {
    operations.from_spikes += static_cast<double>(counts.spikes[l - 1]) * static_cast<double>(fan_out[l]) / n;
  }
  return operations;
}

}  // namespace snn
