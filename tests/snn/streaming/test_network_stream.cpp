// Utterances in pieces: the witness is the network on the whole utterance.
#include "snn/streaming/network_stream.h"

#include <catch2/catch.hpp>
#include <random>

#include "snn/model/folding.h"
#include "snn/network/raster.h"
#include "tests/snn/network_rig.h"

namespace {

/// The network that a model of these parameters stores.
struct Stored {
  snn::TrainingParams params;
  snn::Tensors tensors;

  explicit Stored(const snn::TrainingParams& p) : params(p) {
    snn::Folded folded = snn::fold_normalisation(p.network, snn::initial_parameters(p.network, p.init, p.seed));
    params.network = folded.network;
    tensors = std::move(folded.parameters);
  }
};

std::vector<float> values_of(const snn::Dataset& dataset, int index) {
  const snn::Batch batch = snn::make_batch(dataset, std::vector<int>{index});
  REQUIRE(batch.utterances[0].type == snn::ValueType::kUint8);
  const auto* bytes = static_cast<const std::uint8_t*>(batch.utterances[0].values);
  return {bytes, bytes + batch.n_rows() * dataset.n_channels};
}

/// Hears every utterance in blocks of these numbers of steps, one after the other, and compares all that can be seen.
void check_blocks(const Stored& stored, const snn::Dataset& dataset, const std::vector<int>& blocks) {
  const auto backend = snn::make_cpu_backend<float>(1, "auto");
  snn::Network<float> network(stored.params.network, stored.params.gradient, *backend);
  network.set_parameters(stored.tensors);
  const snn::StreamingNetwork streaming(stored.params.network, stored.tensors, "auto");
  snn::NetworkStream stream(streaming);
  const int n_layers = stored.params.network.n_layers(), n_channels = dataset.n_channels;
  std::size_t n_blocks = 0;
  std::int64_t n_spikes = 0;
  for (int i = 0; i < static_cast<int>(dataset.utterances.size()); ++i) {
    network.infer(snn::make_batch(dataset, std::vector<int>{i}));
    const std::vector<float> values = values_of(dataset, i);
    std::vector<std::vector<std::uint8_t>> spikes(static_cast<std::size_t>(n_layers));
    stream.begin();
    CHECK(stream.n_steps() == 0);
    for (std::size_t at = 0; at < values.size();) {
      const std::size_t n =
          std::min(values.size() - at, static_cast<std::size_t>(n_channels * blocks[n_blocks++ % blocks.size()]));
      stream.push(std::span(values).subspan(at, n));
      for (int l = 1; l <= n_layers; ++l) {
        auto& all = spikes[static_cast<std::size_t>(l) - 1];
        all.insert(all.end(), stream.spikes(l).begin(), stream.spikes(l).end());
      }
      at += n;
    }
    INFO("utterance " << i << ", blocks from " << blocks.front());
    CHECK(stream.n_steps() == dataset.utterances[static_cast<std::size_t>(i)].n_steps);
    CHECK(stream.class_sums() == network.class_sums());
    for (int l = 1; l <= n_layers; ++l) {
      const std::vector<int> counts = network.spike_counts(l);
      const std::int64_t total = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
      CHECK(stream.spike_count(l) == total);
      n_spikes += total;
      if (l == n_layers && stored.params.network.output_layer != snn::OutputLayer::kSpiking) continue;
      CHECK(spikes[static_cast<std::size_t>(l) - 1] == snn::raster(network, dataset, i, std::vector<int>{l}));
    }
  }
  CHECK(n_spikes > 100);
}

void check_all_blocks(const snn::TrainingParams& params) {
  const Stored stored(params);
  const std::vector<int>& sizes = params.network.sizes;
  const snn::Dataset dataset =
      support::synthetic({.n_channels = sizes.front(), .n_classes = sizes.back(), .n_utterances = 8, .max_steps = 80});
  for (const std::vector<int>& blocks : std::vector<std::vector<int>>{{1}, {7}, {100}, {0, 33, 1, 2, 31}}) {
    check_blocks(stored, dataset, blocks);
  }
}

/// Delays longer than utterances and blocks, several tiles a layer, rows with gaps.
snn::TrainingParams wide() {
  snn::TrainingParams params = support::small_training();
  params.network.sizes = {13, 70, 17, 5};
  params.network.input_delays = {0, 1, 40};
  params.network.forward_delays = {2, 90};
  return params;
}

}  // namespace

TEST_CASE("network stream: blocks of any length give the spikes and sums of the whole") {
  check_all_blocks(support::small_training());
}

TEST_CASE("network stream: with delays beyond blocks and utterances, and layers of several tiles") {
  check_all_blocks(wide());
}

TEST_CASE("network stream: with adaptation, lateral weights, direct input, biases, an output that does not fire") {
  snn::TrainingParams params = wide();
  support::add_all_parts(params);
  check_all_blocks(params);
  params.network.recurrent = {1, 2};
  params.network.input_scale = 0.3;
  check_all_blocks(params);
}

TEST_CASE("network stream: where nearly every neuron fires in nearly every step") {
  snn::TrainingParams params = wide();
  params.init.w_scale = 3.0;
  params.network.tau_m = 30.0;
  params.network.normalised = true;  // so that there are biases
  params.network.output_layer = snn::OutputLayer::kMean;
  Stored stored(params);
  for (auto& [name, tensor] : stored.tensors) {
    if (name.starts_with("bias")) std::ranges::fill(tensor.values, 6.0F);
  }
  const snn::Dataset dataset = support::synthetic({.n_channels = 13, .n_classes = 5, .n_utterances = 4});
  check_blocks(stored, dataset, {3});
  const snn::StreamingNetwork streaming(stored.params.network, stored.tensors, "auto");
  snn::NetworkStream stream(streaming);
  stream.push(values_of(dataset, 0));
  CHECK(static_cast<double>(stream.spike_count(1)) > 0.42 * 70 * static_cast<double>(stream.n_steps()));
}

TEST_CASE("network stream: every instruction set, and two streams of one network side by side") {
  const Stored stored(wide());
  const snn::Dataset dataset = support::synthetic({.n_channels = 13, .n_classes = 5});
  for (const std::string& isa : snn::isa_names()) {
    const snn::StreamingNetwork streaming(stored.params.network, stored.tensors, isa);
    snn::NetworkStream one(streaming), two(streaming), alone(streaming);
    const std::vector<float> a = values_of(dataset, 1), b = values_of(dataset, 2);
    for (std::size_t at = 0; at < a.size(); at += 13) {
      one.push(std::span(a).subspan(at, 13));
      if (at < b.size()) two.push(std::span(b).subspan(at, 13));
    }
    alone.push(a);
    CHECK(one.class_sums() == alone.class_sums());
    CHECK(two.class_sums() != one.class_sums());
  }
}

TEST_CASE("network stream: refusals") {
  const Stored stored(support::small_training());
  const snn::StreamingNetwork streaming(stored.params.network, stored.tensors, "auto");
  snn::NetworkStream stream(streaming);
  CHECK_THROWS_WITH(stream.push(std::vector<float>(13)), Catch::Contains("13 values for steps of 12 channels"));
  snn::TrainingParams params = support::small_training();
  params.network.normalised = true;
  const snn::Tensors tensors = snn::initial_parameters(params.network, params.init, 1);
  CHECK_THROWS_WITH(snn::StreamingNetwork(params.network, tensors, "auto"), Catch::Contains("fold it first"));
  CHECK_THROWS_AS(snn::StreamingNetwork(stored.params.network, tensors, "auto"), std::invalid_argument);
  CHECK_THROWS_AS(snn::StreamingNetwork(stored.params.network, stored.tensors, "abacus"), std::invalid_argument);
}
