// A data set through a network on the CUDA back end: one read-back, and the CPU's answers.
#include <catch2/catch.hpp>

#include "snn/model/init.h"
#include "snn/score/calibration.h"
#include "snn/score/evaluate.h"
#include "snn/train/trainer.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/synthetic.h"

namespace {

constexpr int kBatchSize = 3;

/// 19 batches, the last one of one utterance, in a network whose bits do not depend on the order of cuBLAS's additions.
struct EvaluationRig {
  snn::Dataset dataset;
  snn::TrainingParams params = support::small_training();
  std::unique_ptr<snn::Backend<float>> backend;
  snn::Network<float> network;

  explicit EvaluationRig(std::unique_ptr<snn::Backend<float>> on, int n_utterances = 55)
      : dataset(support::synthetic({.n_utterances = n_utterances})),
        backend(std::move(on)),
        network(params.network, params.gradient, *backend) {
    network.set_parameters(snn::initial_parameters(params.network, params.init, params.seed));
  }
  snn::Evaluation evaluate(const std::string& readout = "psc", bool traces = false) {
    return snn::evaluate(network, dataset, kBatchSize, {snn::parse_readout(readout), traces});
  }
};

EvaluationRig on_cpu() {
  return EvaluationRig(snn::make_backend({.n_threads = 1}));
}

EvaluationRig on_cuda(const emulated::Options& options = {}) {
  emulated::reset(options);
  return EvaluationRig(support::make_emulated_backend<float>());
}

struct Calls {
  std::int64_t n_read_back, n_sent, n_waits, n_launches;
};

Calls calls_of(const std::function<void()>& work) {
  const emulated::Counts before = emulated::counts();
  work();
  const emulated::Counts after = emulated::counts();
  return {after.n_copies_from_device - before.n_copies_from_device,
          after.n_copies_to_device - before.n_copies_to_device, after.n_synchronisations - before.n_synchronisations,
          after.n_launches - before.n_launches};
}

void check_equal(const snn::Evaluation& found, const snn::Evaluation& wanted) {
  CHECK(found.decisions == wanted.decisions);
  CHECK(found.counts.spikes == wanted.counts.spikes);
  CHECK(found.counts.n_steps == wanted.counts.n_steps);
  CHECK(found.counts.n_utterances == wanted.counts.n_utterances);
  CHECK(found.counts.n_input_values == wanted.counts.n_input_values);
  REQUIRE(found.traces.size() == wanted.traces.size());
  for (std::size_t i = 0; i < wanted.traces.size(); ++i) CHECK(found.traces[i].changes == wanted.traces[i].changes);
}

}  // namespace

// A batch is sent in one copy, or two with its values, for which a slot must be free; so must one for the answers'
// zeros, and one for the answers. README.md of snn/backend/cuda has these numbers.
TEST_CASE("cuda: an evaluation reads back once, and waits for no batch") {
  const bool is_kept = GENERATE(true, false);
  EvaluationRig rig = on_cuda();
  std::shared_ptr<void> values;
  if (is_kept) values = rig.backend->keep(snn::value_bytes(rig.dataset), 0);
  for (int i = 0; i < 2; ++i) rig.evaluate("psc", true);  // takes memory; records the graphs
  const int n_copies = is_kept ? 19 : 38;
  for (const char* readout : {"psc", "spikes"}) {
    const Calls calls = calls_of([&] { rig.evaluate(readout); });
    CHECK(calls.n_read_back == 1);
    CHECK(calls.n_sent == n_copies + 1);
    CHECK(calls.n_waits == n_copies + 3);
    CHECK(calls.n_launches == 19 * 5);  // gathering, three layers, the answers
  }
  // PSCs of every step are many: they are read back as often as results of a training.
  const Calls calls = calls_of([&] { rig.evaluate("psc", true); });
  CHECK(calls.n_read_back == 2);
  CHECK(calls.n_sent == n_copies + 2);
  CHECK(calls.n_waits == n_copies + 6);
}

TEST_CASE("cuda: an evaluation has the CPU's answers, whether its data are kept or come batch by batch") {
  const bool is_kept = GENERATE(false, true);
  EvaluationRig cpu = on_cpu();
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    EvaluationRig cuda = on_cuda({.seed = seed});
    std::shared_ptr<void> values;
    if (is_kept) values = cuda.backend->keep(snn::value_bytes(cuda.dataset), 0);
    for (const char* readout : {"psc", "spikes", "last:4"}) {
      for (int round = 0; round < 3; ++round) {  // run, recorded, repeated
        const bool traces = round % 2 == 1;
        INFO(readout << ", round " << round << ", seed " << seed);
        check_equal(cuda.evaluate(readout, traces), cpu.evaluate(readout, traces));
      }
    }
  }
}

// 250 utterances of 6,000 to 10,000 bytes: on a device with 200 MB they do not fit beside what is left free for graphs
// and code.
TEST_CASE(
    "cuda: the validation set is sent once, or for every epoch where it does not fit, and read back once an epoch") {
  const snn::Dataset train = support::synthetic({.n_channels = 100}),
                     valid = support::synthetic(
                         {.n_channels = 100, .n_utterances = 250, .min_steps = 60, .max_steps = 100, .seed = 2});
  snn::TrainingParams params = support::small_training();
  params.network.sizes.front() = 100;
  std::vector<snn::Checkpoint> states;
  for (const bool fits : {true, false}) {
    std::vector<std::int64_t> n_rehearsed;
    const auto epoch = [&](const snn::Dataset* scored) {
      emulated::reset({.memory = std::size_t{fits ? 400U : 200U} << 20});
      const auto backend = support::make_emulated_backend<float>();
      snn::Trainer trainer(snn::start_training(params, train, scored, "raster", "[]"), train, scored, *backend);
      n_rehearsed.push_back(emulated::counts().n_launches);
      const auto go_on = [](const snn::BatchReport&) { return true; };
      trainer.run_epoch(go_on);
      const Calls calls = calls_of([&] { trainer.run_epoch(go_on); });
      if (scored != nullptr) states.push_back(trainer.state());
      return calls;
    };
    const Calls with = epoch(&valid), without = epoch(nullptr);
    CHECK(with.n_read_back - without.n_read_back == 1);
    CHECK(n_rehearsed[0] - n_rehearsed[1] == (with.n_launches - without.n_launches) / 50);  // all code is loaded
    CHECK(with.n_sent - without.n_sent == (fits ? 50 : 100) + 1);  // a batch's plan, and its values; zeros
  }
  CHECK(states[1] == states[0]);
  CHECK(states[0].model.calibration);
}
