// Training on the CUDA back end: the same run as on the CPU, and the same bits however it is cut.
#include <catch2/catch.hpp>
#include <cmath>

#include "snn/trainer.h"
#include "tests/snn/cuda/emulated_backend.h"
#include "tests/snn/synthetic.h"

namespace {

bool go_on(const snn::BatchReport&) {
  return true;
}

snn::TrainingParams params() {
  snn::TrainingParams p = support::small_training();
  p.n_epochs = 3;
  p.batch_size = 4;
  return p;
}

struct Run {
  snn::Dataset train = support::synthetic(), valid = support::synthetic({.seed = 2});

  snn::Checkpoint start() const { return snn::start_training(params(), train, &valid, "raster", "[]"); }
  /// To the end, or to a batch of an epoch, both counted from 1.
  snn::Checkpoint go(snn::Checkpoint state, snn::Backend<float>& backend, int epoch = 0, int batch = 0,
                     std::vector<snn::EpochReport>* reports = nullptr) const {
    snn::Trainer trainer(std::move(state), train, &valid, backend);
    while (!trainer.is_done()) {
      const auto report =
          trainer.run_epoch([&](const snn::BatchReport& at) { return at.epoch != epoch || at.batch != batch; });
      if (!report) break;
      if (reports != nullptr) reports->push_back(*report);
    }
    return trainer.state();
  }
};

snn::Checkpoint run_emulated(const emulated::Options& options, std::vector<snn::EpochReport>* reports = nullptr) {
  emulated::reset(options);
  const auto backend = support::make_emulated_backend<float>();
  const Run run;
  return run.go(run.start(), *backend, 0, 0, reports);
}

double apart(const snn::Tensors& a, const snn::Tensors& b) {
  double largest = 0.0;
  for (const auto& [name, tensor] : a) {
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      largest = std::max(largest, std::abs(double{tensor.values[i]} - double{b.at(name).values[i]}));
    }
  }
  return largest;
}

}  // namespace

// 18 updates. Gradients differ by rounding, about 1e-6 of them; where one is near Adam's eps its step may turn: a part of
// the rate, 0.004, at most.
TEST_CASE("cuda: a whole training goes as on the CPU") {
  std::vector<snn::EpochReport> wanted, found;
  const Run run;
  const auto cpu = snn::make_backend<float>("cpu", 1);
  const snn::Checkpoint there = run.go(run.start(), *cpu, 0, 0, &wanted);
  const snn::Checkpoint here = run_emulated({}, &found);
  REQUIRE(found.size() == 3);
  for (std::size_t e = 0; e < 3; ++e) {
    INFO("epoch " << e + 1);
    CHECK(found[e].loss == Approx(wanted[e].loss).epsilon(1e-3));
    CHECK(found[e].gradient_norm == Approx(wanted[e].gradient_norm).epsilon(1e-2));
    CHECK(found[e].accuracy == Approx(wanted[e].accuracy).margin(1.0 / 24.0));
    CHECK(found[e].valid->accuracy() == Approx(wanted[e].valid->accuracy()).margin(1.0 / 24.0));
    for (std::size_t l = 0; l < 3; ++l) {
      CHECK(found[e].firing_rates[l] == Approx(wanted[e].firing_rates[l]).epsilon(1e-2));
    }
  }
  CHECK(apart(here.model.parameters, there.model.parameters) < 0.004);
  CHECK(here.n_updates == there.n_updates);
}

TEST_CASE("cuda: the order of threads and streams changes no bit, nor whether the data are resident") {
  const snn::Checkpoint first = run_emulated({.seed = 1});
  for (std::uint64_t seed = 2; seed < 5; ++seed) CHECK(run_emulated({.seed = seed}) == first);
  // 32 MiB of workspace, and less than twice the data beside it.
  CHECK(run_emulated({.memory = (std::size_t{32} << 20) + 700'000, .seed = 7}) == first);
}

TEST_CASE("cuda: stopped in the middle and resumed, the bits are those of one run") {
  const snn::Checkpoint whole = run_emulated({});
  const Run run;
  for (const int batch : {1, 3, 6}) {
    emulated::reset();
    snn::Checkpoint half;
    {
      const auto backend = support::make_emulated_backend<float>();
      half = run.go(run.start(), *backend, 2, batch);
    }
    CHECK(half.next_batch == batch);
    const auto backend = support::make_emulated_backend<float>();
    CHECK(run.go(half, *backend) == whole);
  }
}

TEST_CASE("cuda: a run begun on one back end goes on on the other") {
  const Run run;
  emulated::reset();
  const auto cpu = snn::make_backend<float>("cpu", 1);
  const auto cuda = support::make_emulated_backend<float>();
  const snn::Checkpoint whole = run.go(run.start(), *cpu);
  CHECK(apart(run.go(run.go(run.start(), *cpu, 2, 3), *cuda).model.parameters, whole.model.parameters) < 0.004);
  CHECK(apart(run.go(run.go(run.start(), *cuda, 2, 3), *cpu).model.parameters, whole.model.parameters) < 0.004);
}

TEST_CASE("cuda: initial weights, batches and shifts are the CPU's: the first batch has its loss") {
  const Run run;
  emulated::reset();
  const auto cpu = snn::make_backend<float>("cpu", 1);
  const auto cuda = support::make_emulated_backend<float>();
  const snn::Checkpoint there = run.go(run.start(), *cpu, 1, 1), here = run.go(run.start(), *cuda, 1, 1);
  CHECK(here.sums.at("n_correct") == there.sums.at("n_correct"));
  CHECK(here.sums.at("spikes") == there.sums.at("spikes"));
  for (std::size_t i = 0; i < 4; ++i) CHECK(here.sums.at("loss")[i] == Approx(there.sums.at("loss")[i]).epsilon(1e-5));
}

TEST_CASE("cuda: a gradient that is not finite stops the run and names its batch, however late it is seen") {
  emulated::reset();
  Run run;
  snn::Utterance& loud = run.train.utterances[17];
  loud.values = std::vector<float>(static_cast<std::size_t>(loud.n_steps * 12), 3e38F);
  snn::TrainingParams p = params();
  const std::vector<int> order = snn::epoch_order(24, p.seed, 0);
  const auto place = std::find(order.begin(), order.end(), 17) - order.begin();
  const auto backend = support::make_emulated_backend<float>();
  snn::Trainer trainer(snn::start_training(p, run.train, &run.valid, "raster", "[]"), run.train, &run.valid, *backend);
  std::string text;
  try {
    trainer.run_epoch(go_on);
  } catch (const std::runtime_error& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains("batch " + std::to_string(place / 4 + 1) + ":") && Catch::Contains("u17"));
  for (const auto& [name, tensor] : trainer.model("last").parameters) {
    for (const float value : tensor.values) REQUIRE(std::isfinite(value));
  }
}
