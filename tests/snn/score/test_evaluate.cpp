#include "snn/score/evaluate.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "snn/model/init.h"
#include "snn/neuron/decision.h"
#include "snn/score/answer.h"
#include "tests/snn/synthetic.h"

namespace {

struct Rig {
  snn::TrainingParams params;
  std::unique_ptr<snn::Backend<float>> backend = snn::make_backend({.n_threads = 2});
  snn::Network<float> network{params.network, params.gradient, *backend};
  explicit Rig(snn::TrainingParams p = support::small_training()) : params(std::move(p)) {
    network.set_parameters(snn::initial_parameters(params.network, params.init, params.seed));
  }
};

}  // namespace

TEST_CASE("evaluate: the batch size changes nothing") {
  Rig rig;
  const snn::Dataset dataset = support::synthetic();
  const snn::Evaluation all = snn::evaluate(rig.network, dataset, 24);
  REQUIRE(all.scores.size() == 24);
  for (const int batch_size : {1, 5, 100}) {
    const snn::Evaluation other = snn::evaluate(rig.network, dataset, batch_size);
    CHECK(other.scores == all.scores);
    CHECK(other.decisions == all.decisions);
    CHECK(other.counts.spikes == all.counts.spikes);
    CHECK(other.counts.n_steps == all.counts.n_steps);
    CHECK(other.counts.n_input_values == all.counts.n_input_values);
  }
}

TEST_CASE("evaluate: scores are the network's sums, counts those of its data") {
  Rig rig;
  const snn::Dataset dataset = support::synthetic({.n_utterances = 6});
  const snn::Evaluation evaluation = snn::evaluate(rig.network, dataset, 4);
  std::vector<std::int64_t> spikes(3);
  std::int64_t n_steps = 0, n_values = 0;
  for (int i = 0; i < 6; ++i) {
    rig.network.forward(snn::make_batch(dataset, std::vector<int>{i}));
    CHECK(evaluation.scores[i] == rig.network.class_sums());
    CHECK(evaluation.decisions[i] == snn::decide(evaluation.scores[i].data(), 4));
    for (int l = 1; l <= 3; ++l) {
      const std::vector<int> counts = rig.network.spike_counts(l);
      spikes[l - 1] = std::accumulate(counts.begin(), counts.end(), spikes[l - 1]);
    }
    n_steps += dataset.utterances[i].n_steps;
    n_values += snn::count_nonzero(dataset.utterances[i]);
  }
  CHECK(evaluation.counts.spikes == spikes);
  CHECK(evaluation.counts.n_steps == n_steps);
  CHECK(evaluation.counts.n_utterances == 6);
  CHECK(evaluation.counts.n_input_values == n_values);
}

TEST_CASE("evaluate: nothing to do, and data of other channels") {
  Rig rig;
  const snn::Evaluation none = snn::evaluate(rig.network, support::synthetic({.n_utterances = 0}), 5);
  CHECK(none.scores.empty());
  CHECK(none.decisions.empty());
  CHECK_THROWS_AS(snn::evaluate(rig.network, support::synthetic({.n_channels = 11}), 5), std::invalid_argument);
}

TEST_CASE("evaluate: traces end in the decisions, and other readouts are what they say") {
  Rig rig;
  const snn::Dataset dataset = support::synthetic();
  const snn::Evaluation plain = snn::evaluate(rig.network, dataset, 24);
  CHECK(plain.traces.empty());
  const auto evaluate = [&](const std::string& readout, int batch_size, bool traces = false) {
    return snn::evaluate(rig.network, dataset, batch_size, {snn::parse_readout(readout), traces});
  };
  const snn::Evaluation traced = evaluate("psc", 5, true);
  CHECK(traced.scores == plain.scores);
  REQUIRE(traced.traces.size() == 24);
  std::size_t n_changes = 0;
  for (std::size_t i = 0; i < 24; ++i) {
    const snn::DecisionTrace& trace = traced.traces[i];
    CHECK(trace.n_steps == dataset.utterances[i].n_steps);
    CHECK(trace.after(trace.n_steps) == plain.decisions[i]);
    n_changes += trace.changes.size() - 1;
  }
  CHECK(n_changes > 0);
  std::vector<int> labels;
  for (const snn::Utterance& utterance : dataset.utterances) labels.push_back(utterance.label);
  const snn::LatencyCurve curve = snn::latency_curve(traced.traces, labels);
  CHECK(curve.points.back().count == snn::score(plain, dataset).all());
  // All steps are the last ones: the same sums. Fewer are not.
  CHECK(evaluate("last:1000", 7).scores == plain.scores);
  CHECK(evaluate("last:3", 7).scores == evaluate("last:3", 24).scores);
  CHECK(evaluate("last:3", 7).scores != plain.scores);
  const snn::Evaluation spikes = evaluate("spikes", 7);
  float total = 0.0F;
  for (const std::vector<float>& row : spikes.scores) total += std::accumulate(row.begin(), row.end(), 0.0F);
  CHECK(total > 0.0F);
  CHECK(static_cast<std::int64_t>(total) == plain.counts.spikes.back());
  CHECK(spikes.decisions[3] == snn::decide(spikes.scores[3].data(), 4));
}

TEST_CASE("evaluate: nothing heard or nothing said is no class, whatever the output layer") {
  snn::Dataset dataset = support::synthetic({.n_utterances = 3});
  dataset.utterances[1].values =
      std::vector<std::uint8_t>(static_cast<std::size_t>(dataset.utterances[1].n_steps * 12));
  snn::TrainingParams params = support::small_training();
  support::add_all_parts(params);
  params.network.normalised = false;
  params.network.bias = true;
  Rig biased(params);
  snn::Tensors drawn = biased.network.parameters();
  for (auto& [name, tensor] : drawn) {
    if (name.starts_with("bias_")) std::ranges::fill(tensor.values, 0.1F);
  }
  biased.network.set_parameters(drawn);
  for (const char* readout : {"psc", "last:3"}) {
    const snn::Evaluation evaluation =
        snn::evaluate(biased.network, dataset, 2, {snn::parse_readout(readout), std::string(readout) == "psc"});
    CHECK(evaluation.decisions[0] >= 0);
    CHECK(evaluation.decisions[1] == snn::kSilence);
    CHECK(evaluation.decisions[2] >= 0);
    CHECK(evaluation.scores[1] != std::vector<float>(4));  // a constant, by the biases
    if (!evaluation.traces.empty()) CHECK(evaluation.traces[1].after(1) == snn::kSilence);
    CHECK(snn::score(evaluation, dataset).n_silent() == 1);
  }
  // Weights of zero: there is a sound, and no output neuron fires.
  Rig mute;
  snn::Tensors zero = mute.network.parameters();
  for (auto& [name, tensor] : zero) {
    if (name.starts_with("w_")) std::ranges::fill(tensor.values, 0.0F);
  }
  mute.network.set_parameters(zero);
  CHECK(snn::evaluate(mute.network, dataset, 3).decisions == std::vector<int>(3, snn::kSilence));
}

TEST_CASE("score: decisions against labels, those without one left out") {
  snn::Dataset dataset = support::synthetic({.n_utterances = 4});
  dataset.utterances[2].label = -1;
  const snn::Evaluation evaluation{.scores = {}, .decisions = {0, 2, 2, 3}, .counts = {}};
  const snn::Scores scores = snn::score(evaluation, dataset);
  CHECK(scores.all() == snn::CorrectCount{2, 3});
  CHECK(scores.confusion(1, 2) == 1);
  CHECK(scores.by_speaker().at("even") == snn::CorrectCount{1, 1});
  CHECK(scores.by_speaker().at("odd") == snn::CorrectCount{1, 2});
}
