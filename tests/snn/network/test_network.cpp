#include "snn/network/network.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "tests/snn/network_rig.h"
#include "tests/snn/scan/run_body.h"
#include "tests/snn/spikes.h"

using Catch::Matchers::Contains;
using snn::LossKind;
using snn::Rule;
using support::same_bits;

namespace {

template <class Real>
using Rig = support::NetworkRig<Real>;

/// Row b of an array [B][N].
template <class T>
std::vector<T> row(const std::vector<T>& array, std::size_t b, std::size_t n) {
  return {array.begin() + static_cast<std::ptrdiff_t>(b * n), array.begin() + static_cast<std::ptrdiff_t>((b + 1) * n)};
}

/// Utterance b of an array [rows][N].
template <class Real>
std::vector<Real> of_utterance(const std::vector<Real>& array, const snn::Batch& batch, int b, int n_neurons) {
  const auto at = [&](int row) { return array.begin() + static_cast<std::ptrdiff_t>(row) * n_neurons; };
  return {at(batch.row_begin[static_cast<std::size_t>(b)]), at(batch.row_begin[static_cast<std::size_t>(b) + 1])};
}

template <class Real>
double largest(const std::vector<Real>& values) {
  double most = 0.0;
  for (const Real v : values) most = std::max(most, std::abs(static_cast<double>(v)));
  return most;
}

/// The whole batch's gradients against the sum of each utterance's own. limit: of the largest.
template <class Real>
void check_sum_of_gradients(const snn::TrainingParams& params, double limit) {
  const snn::Dataset dataset = support::synthetic();
  const std::vector<int> indices = {3, 0, 7, 11, 2};
  Rig<Real> rig(params);
  const double loss = rig.backward(dataset, indices);
  const std::vector<Real> whole = rig.gradients();
  std::vector<double> sum(whole.size());
  double loss_sum = 0.0;
  for (const int i : indices) {
    loss_sum += rig.backward(dataset, {i});
    const std::vector<Real> one = rig.gradients();
    for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += static_cast<double>(one[j]);
  }
  // softmax is a mean over the batch, the others are sums.
  const double share = params.loss.kind == LossKind::kSoftmax ? 1.0 / static_cast<double>(indices.size()) : 1.0;
  INFO(to_string(params.gradient.rule) << ", " << to_string(params.loss.kind));
  CHECK(loss == Approx(loss_sum * share).epsilon(limit));
  REQUIRE(largest(sum) > 0.0);
  double apart = 0.0;
  for (std::size_t j = 0; j < sum.size(); ++j) {
    apart = std::max(apart, std::abs(static_cast<double>(whole[j]) - sum[j] * share));
  }
  CHECK(apart <= limit * share * largest(sum));
}

}  // namespace

TEST_CASE("network: utterances of different lengths in one batch have the bits of each alone") {
  const snn::Dataset dataset = support::synthetic();
  std::vector<int> indices(24);
  std::iota(indices.begin(), indices.end(), 0);
  Rig<float> rig;
  const snn::Batch batch = rig.forward(dataset, indices);
  const std::vector<float> sums = rig.network.class_sums();
  std::vector<std::vector<float>> potentials;
  for (int l = 1; l <= 3; ++l) {
    potentials.push_back(rig.network.potential(l));
    const std::vector<int> spikes = rig.network.spike_counts(l);
    REQUIRE(std::accumulate(spikes.begin(), spikes.end(), 0) > 100);  // the layer is not silent
  }
  for (const int i : indices) {
    rig.forward(dataset, {i});
    INFO("utterance " << i << " of " << dataset.utterances[i].n_steps << " steps");
    CHECK(same_bits(rig.network.class_sums(), row(sums, i, 4)));
    for (int l = 1; l <= 3; ++l) {
      CHECK(
          same_bits(rig.network.potential(l), of_utterance(potentials[l - 1], batch, i, rig.params.network.sizes[l])));
    }
  }
}

// Products of few rows and columns are ones for which a library may have code of its own.
TEST_CASE("network: so they have in a network of a few neurons") {
  const snn::Dataset dataset =
      support::synthetic({.n_channels = 5, .n_classes = 2, .min_steps = 1, .max_steps = 14, .own_rate = 0.8});
  snn::TrainingParams params = support::small_training();
  params.network.sizes = {5, 4, 3, 2};
  Rig<float> rig(params);
  std::vector<int> indices(24);
  std::iota(indices.begin(), indices.end(), 0);
  const snn::Batch batch = rig.forward(dataset, indices);
  const std::vector<float> potentials = rig.network.potential(1);
  for (const int i : indices) {
    rig.forward(dataset, {i});
    INFO("utterance " << i << " of " << dataset.utterances[i].n_steps << " steps");
    CHECK(same_bits(rig.network.potential(1), of_utterance(potentials, batch, i, 4)));
  }
}

TEST_CASE("network: inference has the bits of the forward pass, before it and after it") {
  const snn::Dataset dataset = support::synthetic();
  const snn::Batch batch = snn::make_batch(dataset, std::vector<int>{3, 0, 7, 11, 2});
  Rig<float> rig;
  rig.network.infer(batch);
  const std::vector<float> sums = rig.network.class_sums();
  const std::vector<int> counts = rig.network.spike_counts(2);
  rig.network.forward(batch);
  CHECK(same_bits(rig.network.class_sums(), sums));
  CHECK(rig.network.spike_counts(2) == counts);
  rig.network.infer(batch);
  CHECK(same_bits(rig.network.class_sums(), sums));
}

TEST_CASE("network: inference of larger batches between training steps leaves no trace") {
  const snn::Dataset dataset = support::synthetic();
  std::vector<int> all(24);
  std::iota(all.begin(), all.end(), 0);
  const snn::Batch small = snn::make_batch(dataset, std::vector<int>{9, 8}), large = snn::make_batch(dataset, all);
  Rig<float> used, fresh;
  used.network.infer(small);
  used.backward(dataset, {9, 8});
  used.network.infer(large);
  CHECK(used.backward(dataset, {9, 8}) == fresh.backward(dataset, {9, 8}));
  CHECK(same_bits(used.gradients(), fresh.gradients()));
  used.network.infer(large);
  fresh.network.infer(large);
  CHECK(same_bits(used.network.class_sums(), fresh.network.class_sums()));
}

TEST_CASE("network: one that is normalised over batches is folded before it infers") {
  const snn::Dataset dataset = support::synthetic();
  snn::TrainingParams params = support::small_training();
  params.network.normalised = true;
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::Network<float> network(params.network, params.gradient, *backend);
  network.load(snn::make_batch(dataset, std::vector<int>{3, 0}), false);
  CHECK_THROWS_WITH(network.infer(), Catch::Contains("fold it first"));
}

TEST_CASE("network: spikes are bits of potentials above the threshold") {
  const snn::Dataset dataset = support::synthetic();
  Rig<float> rig;
  const snn::Batch batch = rig.forward(dataset, {3, 0, 7});
  for (int l = 1; l <= 2; ++l) {
    const int n_neurons = rig.params.network.sizes[l];
    const std::vector<float> u = rig.network.potential(l);
    const auto spikes = support::read_spikes(rig.network.layer(l).spikes(), false, batch.n_rows(), n_neurons);
    REQUIRE(spikes.size() == static_cast<std::size_t>(batch.n_rows()));
    for (int r = 0; r < batch.n_rows(); ++r) {
      for (int n = 0; n < n_neurons; ++n) REQUIRE((spikes[r] >> n & 1) == (u[r * n_neurons + n] > 1.0F ? 1 : 0));
    }
  }
}

TEST_CASE("network: the order of a batch changes no bit of an utterance") {
  const snn::Dataset dataset = support::synthetic();
  Rig<float> rig;
  rig.forward(dataset, {1, 2, 3, 4, 5, 6});
  const std::vector<float> sums = rig.network.class_sums();
  const std::vector<int> shuffled = {4, 6, 1, 5, 3, 2};
  rig.forward(dataset, shuffled);
  for (std::size_t b = 0; b < shuffled.size(); ++b) {
    CHECK(same_bits(row(rig.network.class_sums(), b, 4), row(sums, static_cast<std::size_t>(shuffled[b]) - 1, 4)));
  }
}

// The sums differ in the order of at most 5 * 30 additions: 150 epsilon of a sum of magnitudes, which is a few times
// the largest gradient. Measured: at most 2.1e-7 in float and 6.7e-16 in double.
TEST_CASE("network: a batch's gradients are the sum of each utterance's") {
  for (const Rule rule : {Rule::kStep, Rule::kSurrogate, Rule::kSpikeTrain}) {
    for (const LossKind kind : {LossKind::kKernel, LossKind::kCount, LossKind::kSoftmax}) {
      snn::TrainingParams params = support::small_training();
      params.gradient.rule = rule;
      params.loss.kind = kind;
      check_sum_of_gradients<float>(params, 2e-6);
      check_sum_of_gradients<double>(params, 1e-14);
    }
  }
}

// The layer rule looks at the rate over the batch. Limits of 0 and 1 take the choice from it.
TEST_CASE("network: so they are by the layer rule where the batch does not change the choice") {
  for (const double limit : {0.0, 1.0}) {
    snn::TrainingParams params = support::small_training();
    params.gradient.rule = Rule::kLayer;
    params.gradient.layer_rate = limit;
    check_sum_of_gradients<double>(params, 1e-14);
  }
}

TEST_CASE("network: the number of threads changes no bit") {
  const snn::Dataset dataset = support::synthetic({.n_utterances = 40, .min_steps = 40, .max_steps = 60});
  std::vector<int> indices(40);
  std::iota(indices.begin(), indices.end(), 0);
  snn::TrainingParams params = support::small_training();
  params.network.sizes = {12, 150, 130, 4};
  Rig<float> one(params, 1);
  const double loss = one.backward(dataset, indices);
  for (const int n_threads : {2, 4}) {
    Rig<float> many(params, n_threads);
    CHECK(many.backward(dataset, indices) == loss);
    CHECK(same_bits(many.gradients(), one.gradients()));
    CHECK(same_bits(many.network.class_sums(), one.network.class_sums()));
  }
}

TEST_CASE("network: what ran before leaves no trace") {
  const snn::Dataset dataset = support::synthetic();
  Rig<float> used, fresh;
  used.backward(dataset, {0, 1, 2, 3, 4, 5, 6, 7});
  CHECK(used.backward(dataset, {9, 8}) == fresh.backward(dataset, {9, 8}));
  CHECK(same_bits(used.gradients(), fresh.gradients()));
  CHECK(same_bits(used.network.delta(1), fresh.network.delta(1)));
  CHECK(used.network.spike_counts(2) == fresh.network.spike_counts(2));
}

TEST_CASE("network: silence gives zeros and no weight gradient") {
  snn::Dataset dataset = support::synthetic({.own_rate = 0.0, .other_rate = 0.0});
  Rig<float> rig;
  const double loss = rig.backward(dataset, {0, 1, 2});
  CHECK(loss > 0.0);
  CHECK(rig.network.class_sums() == std::vector<float>(12, 0.0F));
  for (int l = 1; l <= 2; ++l) {
    const std::vector<std::byte> spikes = rig.network.layer(l).spikes().download();
    CHECK(spikes == std::vector<std::byte>(spikes.size()));
  }
  CHECK(largest(rig.network.delta(1)) > 0.0);  // the surrogate works where nothing fires
  CHECK(largest(rig.gradients()) == 0.0);
}

TEST_CASE("network: self-weights of zero are no self-connections") {
  const snn::Dataset dataset = support::synthetic();
  snn::TrainingParams params = support::small_training();
  params.init.w_self_mean = params.init.w_self_std = 0.0;
  Rig<float> with(params);
  params.network.self_recurrent.clear();
  Rig<float> without(params);
  CHECK(with.backward(dataset, {0, 1, 2}) == without.backward(dataset, {0, 1, 2}));
  const snn::Tensors all = with.network.gradients();
  for (const auto& [name, gradient] : without.network.gradients()) {
    INFO(name);
    CHECK(same_bits(gradient.values, all.at(name).values));
  }
}
