// Products on the CUDA back end against the CPU's, and the training step as a whole.
#include <catch2/catch.hpp>

#include "snn/model/init.h"
#include "snn/train/optimiser.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/backend/cuda/layer_run.h"
#include "tests/snn/scan/run_body.h"
#include "tests/snn/synthetic.h"

namespace {

snn::GradientParams with_rule(snn::GradientParams params, snn::Rule rule) {
  params.rule = rule;
  return params;
}

/// Those of a step on some utterances, which is launched anew or repeated as a graph.
struct Gradients {
  const snn::TrainingParams& params;
  const snn::Dataset& dataset;
  snn::Backend<float>& backend;
  snn::Network<float> network{params.network, params.gradient, backend};
  std::shared_ptr<void> values = backend.keep(snn::value_bytes(dataset), 0);

  Gradients(const snn::TrainingParams& p, const snn::Dataset& d, snn::Backend<float>& b)
      : params(p), dataset(d), backend(b) {
    network.set_parameters(snn::initial_parameters(params.network, params.init, params.seed));
  }
  std::vector<float> operator()(const std::vector<int>& indices, bool repeated) {
    network.load(snn::make_batch(dataset, indices), true);
    const auto step = [this] {
      network.forward();
      network.backward(params.loss);
    };
    repeated ? backend.repeat(network.sequence_key(&network), step) : step();
    return network.gradient_buffer().download();
  }
};

/// One training step of a network like those of the paper.
struct StepRig {
  emulated::Options options;
  std::unique_ptr<snn::Backend<float>> backend;
  snn::TrainingParams params = support::small_training();
  snn::Dataset dataset;
  std::shared_ptr<void> values;
  snn::Network<float> network;
  snn::Optimiser<float> optimiser;
  snn::EpochCounts counts;

  explicit StepRig(const snn::NetworkParams& net, snn::Rule rule)
      : backend((emulated::reset(), support::make_emulated_backend<float>())),
        dataset(support::synthetic({.n_channels = net.sizes.front(),
                                    .n_classes = net.sizes.back(),
                                    .n_utterances = 2 * net.sizes.back(),
                                    .min_steps = 3,
                                    .max_steps = 3})),
        values(backend->keep(snn::value_bytes(dataset), 0)),
        network(net, with_rule(params.gradient, rule), *backend),
        optimiser(params.optimiser, network),
        counts(*backend, network.n_neurons(), net.n_layers(), net.sizes.back()) {}

  void step(int first) {
    std::vector<int> indices;
    for (int i = 0; i < counts.max_batch(); ++i) indices.push_back(first + i);
    network.load(snn::make_batch(dataset, indices), true);
    optimiser.prepare(1.0);
    backend->repeat(network.sequence_key(this), [&] {
      network.forward();
      network.backward(params.loss);
      optimiser.apply();
      network.count(params.loss, optimiser.device_state(), counts);
    });
  }
};

snn::NetworkParams network(const std::vector<int>& sizes, const std::vector<int>& self_recurrent,
                           const std::vector<int>& bip, const std::vector<snn::Skip>& skips) {
  snn::NetworkParams params;
  params.sizes = sizes;
  params.self_recurrent = self_recurrent;
  params.bip = bip;
  params.skips = skips;
  return params;
}

struct StepCase {
  const char* name;
  snn::NetworkParams network;
  std::int64_t n_products, n_launches;
  snn::Rule rule = snn::Rule::kSurrogate;
};

}  // namespace

TEST_CASE("cuda: a layer fed with the same raster fires as on the CPU, but for potentials at the threshold") {
  emulated::reset();
  const auto cpu = snn::make_backend({.n_threads = 1});
  const auto cuda = support::make_emulated_backend<float>();
  support::check_layer(*cpu, *cuda, GENERATE(0.05, 0.3));
}

// From the stand-in: the third step is a repetition of the graph. README.md of snn/backend/cuda counts the same from the code.
TEST_CASE("cuda: a training step is one graph of at most 30 kernels, and waits for nothing") {
  const StepCase cases[] = {
      {"A", network({78, 400, 400, 400, 26}, {}, {}, {}), 11, 14},
      {"A, BIP", network({78, 400, 400, 400, 26}, {}, {1, 2, 3}, {}), 11, 15},
      {"A, self-recurrent, BIP, one skip", network({78, 400, 400, 400, 26}, {1, 2, 3}, {1, 2, 3}, {{1, 3}}), 14, 15},
      {"B", network({64, 400, 400, 400, 11}, {}, {}, {}), 11, 14},
      {"A, layer rule", network({78, 400, 400, 400, 26}, {}, {}, {}), 11, 19, snn::Rule::kLayer}};
  for (const StepCase& each : cases) {
    StepRig rig(each.network, each.rule);
    rig.step(0);
    rig.step(0);
    rig.optimiser.state();
    const auto before = emulated::counts();
    rig.step(0);
    const auto after = emulated::counts();
    INFO(each.name);
    CHECK(after.n_graph_launches - before.n_graph_launches == 1);
    CHECK(after.n_gemms - before.n_gemms == each.n_products);
    CHECK(after.n_launches - before.n_launches == each.n_launches);
    CHECK(after.n_gemms_unaligned == 0);
    CHECK(after.n_memsets == before.n_memsets);
    CHECK(after.n_copies_to_device - before.n_copies_to_device == 2);  // the batch, Adam's coefficients
    CHECK(after.n_copies_from_device == before.n_copies_from_device);
    CHECK(after.n_synchronisations - before.n_synchronisations == 2);  // for two slots, long since free
  }
}

// Every kind of product, of rows that are no multiples of 16 bytes.
TEST_CASE("cuda: whatever cuBLAS is given begins at multiples of 16 bytes, each row of it") {
  snn::NetworkParams params = network({78, 26, 11, 10}, {1}, {1, 2}, {{0, 2}, {1, 3}});
  params.input_delays = params.forward_delays = {0, 2};
  params.recurrent = {2};
  params.normalised = GENERATE(false, true);
  StepRig rig(params, snn::Rule::kSurrogate);
  rig.network.set_parameters(snn::initial_parameters(params, rig.params.init, 1));
  for (int i = 0; i < 3; ++i) rig.step(0);
  CHECK(rig.optimiser.state().norm > 0.0);
  CHECK(emulated::counts().n_gemms > 30);
  CHECK(emulated::counts().n_gemms_unaligned == 0);
}

// Batches of other lengths that share a graph: what it was recorded with must not stay in it.
TEST_CASE("cuda: a repeated step is the step itself, for every rule and loss") {
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  snn::Dataset dataset = support::synthetic({.n_utterances = 12, .min_steps = 5, .max_steps = 30});
  for (const auto rule : {snn::Rule::kStep, snn::Rule::kSurrogate, snn::Rule::kLayer, snn::Rule::kSpikeTrain}) {
    for (const auto kind : {snn::LossKind::kKernel, snn::LossKind::kCount, snn::LossKind::kSoftmax}) {
      snn::TrainingParams params = support::small_training();
      params.gradient.rule = rule;
      params.loss.kind = kind;
      INFO(to_string(rule) << ", " << to_string(kind));
      Gradients gradients(params, dataset, *backend);
      const std::vector<std::vector<int>> batches = {{9, 10, 11}, {8, 9, 10}, {0, 1, 2}, {3, 0, 5}};
      for (const auto& batch : batches) gradients(batch, false);  // takes all memory
      const std::int64_t before = emulated::counts().n_graph_launches;
      for (const auto& batch : batches) CHECK(support::same_bits(gradients(batch, true), gradients(batch, false)));
      CHECK(emulated::counts().n_graph_launches - before == 3);
    }
  }
}

// Where the layer does not fit on the chip each of its steps is launched: a graph for fewer steps would leave some out.
TEST_CASE("cuda: a recurrent layer's steps are in the graph, all that the longest utterance has") {
  emulated::reset({.shared_memory = 0});
  const auto backend = support::make_emulated_backend<float>();
  snn::Dataset dataset = support::synthetic({.n_utterances = 12, .min_steps = 5, .max_steps = 160});
  snn::TrainingParams params = support::small_training();
  params.network.recurrent = {1, 2};
  Gradients gradients(params, dataset, *backend);
  std::vector<std::vector<int>> batches;
  for (int i = 0; i < 12; ++i) batches.push_back({i, (i + 5) % 12, (i + 3) % 12});
  for (const auto& batch : batches) gradients(batch, false);  // takes all memory
  const std::int64_t before = emulated::counts().n_graph_launches;
  for (int round = 0; round < 3; ++round) {
    for (const auto& batch : batches) CHECK(support::same_bits(gradients(batch, true), gradients(batch, false)));
  }
  CHECK(emulated::counts().n_graph_launches - before >= 12);
}

// The first batch of the second network takes memory, which leaves the graph of the first one alone.
TEST_CASE("cuda: two networks of one back end repeat a graph each") {
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  const snn::TrainingParams params = support::small_training();
  const snn::Dataset dataset = support::synthetic({.n_utterances = 12});
  snn::Network<float> network(params.network, params.gradient, *backend);
  network.set_parameters(snn::initial_parameters(params.network, params.init, 1));
  snn::Network<float> second(params.network, params.gradient, *backend);
  second.set_parameters(snn::initial_parameters(params.network, params.init, 2));
  std::vector<std::vector<float>> own, other;
  for (int i = 0; i < 4; ++i) {
    network.infer(snn::make_batch(dataset, std::vector<int>{0, 1, 2}));
    own.push_back(network.class_sums());
    second.infer(snn::make_batch(dataset, std::vector<int>{0, 1, 2}));
    other.push_back(second.class_sums());
  }
  CHECK_FALSE(own[0] == other[0]);
  for (int i = 1; i < 4; ++i) {
    CHECK(support::same_bits(own[static_cast<std::size_t>(i)], own[0]));
    CHECK(support::same_bits(other[static_cast<std::size_t>(i)], other[0]));
  }
  CHECK(emulated::counts().n_graph_launches == 6);
}

TEST_CASE("cuda: two devices in one thread, each with its own") {
  emulated::reset({.n_devices = 2});
  const auto first = std::make_unique<snn::cuda::CudaBackend<float>>(snn::BackendChoice{.device = "cuda:0"});
  const auto second = std::make_unique<snn::cuda::CudaBackend<float>>(snn::BackendChoice{.device = "cuda:1"});
  const auto cpu = snn::make_backend({.n_threads = 1});
  support::check_layer(*cpu, *first, 0.05);
  support::check_layer(*cpu, *second, 0.05);
  // A kernel with nothing taken just before it.
  snn::Buffer<float> numbers(*first, 2), others(*second, 1);
  first->run(snn::ScanBody<float>(snn::BatchSum<float>{1, 1, numbers.data(), numbers.data() + 1}));
  CHECK(numbers.download() == std::vector<float>{0.0F, 0.0F});
}

TEST_CASE("cuda: a device without code for it, or without multipliers for a precision, is refused") {
  emulated::reset({.has_code = false});
  CHECK_THROWS_WITH(support::make_emulated_backend<float>(),
                    Catch::Contains("cannot be used") && Catch::Contains("--device cpu"));
  emulated::reset({.compute_major = 7, .compute_minor = 5});
  CHECK_NOTHROW(support::make_emulated_backend<float>());
  for (const char* precision : {"tf32", "bf16"}) {
    CHECK_THROWS_WITH(support::make_emulated_backend<float>(precision), Catch::Contains("7.5, wanted 8.0"));
  }
  emulated::reset();
}
