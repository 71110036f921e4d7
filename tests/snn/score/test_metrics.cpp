#include "snn/score/metrics.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "snn/score/answer.h"

using namespace snn;
using Catch::Matchers::Contains;

TEST_CASE("metrics: Wilson intervals published in a comparison of methods") {
  // Newcombe, Statistics in Medicine 17 (1998) 857, table I, method 3; four decimals are printed there.
  struct Row {
    std::int64_t n_correct, n_total;
    double low, high;
  };
  const auto row = GENERATE(values<Row>(
      {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}}));
  const Interval interval = wilson_interval(row.n_correct, row.n_total);
  CHECK(std::abs(interval.low - row.low) <= 0.00005);
  CHECK(std::abs(interval.high - row.high) <= 0.00005);
  const Interval other = wilson_interval(row.n_total - row.n_correct, row.n_total);  // mirrored
  CHECK(other.low == Approx(1.0 - interval.high).margin(1e-15));
  CHECK(other.high == Approx(1.0 - interval.low).margin(1e-15));
}

TEST_CASE("metrics: intervals at the edges") {
  CHECK(wilson_interval(0, 0).low == 0.0);
  CHECK(wilson_interval(0, 0).high == 1.0);
  CHECK(wilson_interval(0, 7).low == 0.0);
  CHECK(wilson_interval(7, 7).high == 1.0);
  CHECK_THROWS_AS(wilson_interval(3, 2), std::invalid_argument);
  CHECK_THROWS_AS(wilson_interval(-1, 2), std::invalid_argument);
}

TEST_CASE("metrics: answers are counted by class, speaker and confusion") {
  Scores scores(3);
  scores.add(0, 0, "ann");
  scores.add(0, 2, "bob");
  scores.add(2, 2, "ann");
  scores.add(2, 1, "");
  scores.add(2, 2, "bob");
  CHECK(scores.all() == CorrectCount{3, 5});
  CHECK(scores.all().accuracy() == 0.6);
  CHECK(scores.of_class(0) == CorrectCount{1, 2});
  CHECK(scores.of_class(1) == CorrectCount{0, 0});
  CHECK(scores.of_class(1).accuracy() == 0.0);
  CHECK(scores.of_class(2) == CorrectCount{2, 3});
  CHECK(scores.by_speaker() == std::map<std::string, CorrectCount>{{"", {0, 1}}, {"ann", {2, 2}}, {"bob", {1, 2}}});
  CHECK(scores.confusion(0, 2) == 1);
  CHECK(scores.confusion(2, 0) == 0);
  CHECK(scores.confusion(2, 1) == 1);
  CHECK(scores.confusion(2, 2) == 2);
  CHECK(scores.confusions() == std::vector<Confusion>{{0, 2, 1}, {2, 1, 1}});
  const std::vector<std::string> names = {"a", "b,\"c\"", "d"};
  CHECK(confusion_csv(scores, names) ==
        "label\\predicted,a,\"b,\"\"c\"\"\",d\na,1,0,1\n\"b,\"\"c\"\"\",0,0,0\nd,0,1,2\n");
  CHECK_THROWS_AS(confusion_csv(scores, std::vector<std::string>{"a"}), std::invalid_argument);
  CHECK_THROWS_WITH(scores.add(3, 0, ""), Contains("label 3 is out of 0..2"));
  CHECK_THROWS_WITH(scores.add(-1, 0, ""), Contains("label -1"));
  CHECK_THROWS_WITH(scores.add(0, 3, ""), Contains("prediction 3"));
  CHECK_THROWS_WITH(scores.add(0, -9, ""), Contains("prediction -9"));
  CHECK_THROWS_AS(Scores(0), std::invalid_argument);
}

TEST_CASE("metrics: an answer beside the classes is wrong and no confusion") {
  Scores scores(2);
  scores.add(1, 1, "ann");
  scores.add(0, kSilence, "ann");
  scores.add(0, kUnknown, "ann");
  CHECK(scores.all() == CorrectCount{1, 3});
  CHECK(scores.of_class(0) == CorrectCount{0, 2});
  CHECK(scores.by_speaker().at("ann") == CorrectCount{1, 3});
  CHECK(scores.n_silent() == 1);
  CHECK(scores.confusions().empty());
}

TEST_CASE("metrics: the most frequent confusion first, and only classes that were taken for others cost memory") {
  Scores scores(1'000'000);
  for (int i = 0; i < 3; ++i) scores.add(999'999, 5, "");
  scores.add(7, 8, "");
  scores.add(7, 6, "");
  scores.add(3, 3, "");
  CHECK(scores.confusions() == std::vector<Confusion>{{999'999, 5, 3}, {7, 6, 1}, {7, 8, 1}});
  CHECK(scores.confusion(999'999, 5) == 3);
  CHECK(Scores(2).confusions().empty());
}

TEST_CASE("metrics: spike counts of parts add up") {
  SpikeCounts counts;
  counts.add({{4, 5}, 10, 2, 30});
  counts.add({{1, 0}, 3, 1, 7});
  CHECK(counts.spikes == std::vector<std::int64_t>{5, 5});
  CHECK(counts.n_steps == 13);
  CHECK(counts.n_utterances == 3);
  CHECK(counts.n_input_values == 37);
}

TEST_CASE("metrics: the largest scores first, the lower index among equals") {
  const std::vector<float> scores = {1.0F, 3.0F, 3.0F, -1.0F, 2.0F};
  CHECK(top_classes(scores, 3) == std::vector<int>{1, 2, 4});
  CHECK(top_classes(scores, 99) == std::vector<int>{1, 2, 4, 0, 3});
  CHECK(top_classes(scores, 0).empty());
  CHECK(top_classes(std::vector<float>{0.0F, 0.0F}, 1) == std::vector<int>{0});
  CHECK_THROWS_AS(top_classes(std::vector<float>{NAN}, 1), std::invalid_argument);
}

TEST_CASE("metrics: rates and synaptic operations of a small network by hand") {
  NetworkParams network;
  network.sizes = {5, 4, 3, 2};
  network.self_recurrent = {1, 2};
  network.skips = {{1, 3}, {0, 2}};
  // Two utterances of 10 steps in all; 20 spikes of layer 1, 6 of layer 2, 5 of the output; 30 input values.
  const SpikeCounts counts{{20, 6, 5}, 10, 2, 30};
  const std::vector<double> rates = firing_rates(network, counts);
  CHECK(rates == std::vector<double>{20.0 / (10 * 4), 6.0 / (10 * 3), 5.0 / (10 * 2)});
  // Layer 1 feeds 3 neurons of layer 2, 2 of the output by the skip and itself: 6 a spike; layer 2 feeds 2 and itself:
  // 3; the output feeds nothing. An input value feeds 4 neurons and 3 by the skip.
  const SynapticOperations operations = synaptic_operations(network, counts);
  CHECK(operations.from_spikes == (20.0 * 6 + 6.0 * 3) / 2);
  CHECK(operations.from_input == 30.0 * 7 / 2);
  network.recurrent = {2};  // whose 3 neurons each reach half of the 3 on average, rounded
  network.recurrent_density = 0.5;
  CHECK(synaptic_operations(network, counts).from_spikes == (20.0 * 6 + 6.0 * 5) / 2);
  CHECK(firing_rates(network, {{0, 0, 0}, 0, 0, 0}) == std::vector<double>{0.0, 0.0, 0.0});
  CHECK(synaptic_operations(network, {{0, 0, 0}, 0, 0, 0}).from_spikes == 0.0);
  CHECK_THROWS_AS(firing_rates(network, {{1, 1}, 10, 2, 0}), std::invalid_argument);
  CHECK_THROWS_AS(synaptic_operations(network, {{1, 1, 1, 1}, 10, 2, 0}), std::invalid_argument);
}

TEST_CASE("metrics: McNemar's exact test, worked out") {
  const auto p_value = [](std::int64_t only_first, std::int64_t only_second) {
    return Paired{.n_both = 1000, .n_only_first = only_first, .n_only_second = only_second, .n_neither = 7}.p_value();
  };
  // The relative error of lgamma, some 1e-15, times its largest value here.
  const auto near = [](double wanted) { return Approx(wanted).epsilon(1e-9); };
  // 2 (1 + 10) / 2^10: ten pairs differ, one of them the other way.
  CHECK(p_value(1, 9) == near(22.0 / 1024));
  CHECK(p_value(9, 1) == p_value(1, 9));
  CHECK(p_value(0, 5) == near(2.0 / 32));
  CHECK(p_value(2, 6) == near(2.0 * (1 + 8 + 28) / 256));
  CHECK(p_value(3, 3) == 1.0);
  CHECK(p_value(0, 0) == 1.0);
  CHECK(p_value(0, 1) == 1.0);
  // Many pairs: the normal approximation with its correction of continuity, (|b - c| - 1) / sqrt(b + c).
  CHECK(p_value(5100, 4800) == Approx(std::erfc(299.0 / std::sqrt(9900.0) / std::sqrt(2.0))).epsilon(0.01));
  Paired paired;
  for (const auto& [first, second] : {std::pair(true, true), std::pair(true, false), std::pair(true, false),
                                      std::pair(false, true), std::pair(false, false)}) {
    paired.add(first, second);
  }
  CHECK(paired.n_both == 1);
  CHECK(paired.n_only_first == 2);
  CHECK(paired.n_only_second == 1);
  CHECK(paired.n_neither == 1);
}

TEST_CASE("metrics: layers that say nothing or never stop are told apart") {
  CHECK(activity_of(0.0) == Activity::kSilent);
  CHECK(activity_of(0.0009) == Activity::kSilent);
  CHECK(activity_of(0.05) == Activity::kNormal);
  CHECK(activity_of(0.5) == Activity::kNormal);
  CHECK(activity_of(0.51) == Activity::kSaturated);
}

// Layers of 4, 2 and 1 neurons over 10 steps: 5 spikes are half of them and not more.
TEST_CASE("metrics: neurons that never fire and neurons that hardly stop") {
  NetworkParams network;
  network.sizes = {5, 4, 2, 1};
  const std::vector<std::int64_t> neurons = {0, 5, 6, 0, 10, 1, 0};
  CHECK(layer_spikes(network, neurons) == std::vector<std::int64_t>{11, 11, 0});
  const NeuronShares shares = neuron_shares(network, neurons, 10);
  CHECK(shares.silent == std::vector<double>{0.5, 0.0, 1.0});
  CHECK(shares.saturated == std::vector<double>{0.25, 0.5, 0.0});
  CHECK_THROWS_AS(layer_spikes(network, std::vector<std::int64_t>(6)), std::invalid_argument);
  CHECK_THROWS_AS(neuron_shares(network, std::vector<std::int64_t>(8), 10), std::invalid_argument);
}
