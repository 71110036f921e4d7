// Training on the CUDA back end: the same run as on the CPU, and the same bits however it is cut.
#include <catch2/catch.hpp>
#include <cmath>

#include "snn/model/init.h"
#include "snn/train/trainer.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/synthetic.h"

namespace {

bool go_on(const snn::BatchReport&) {
  return true;
}

snn::TrainingParams params(bool with_all_parts = false) {
  snn::TrainingParams p = support::small_training();
  if (with_all_parts) support::add_all_parts(p);
  p.n_epochs = 3;
  p.batch_size = 4;
  p.augment.warp = 0.1;
  p.augment.gain_db = 3.0;
  p.augment.drop_channels = 0.1;
  p.augment.mask_channels = 2;
  p.augment.mask_steps = 3;
  p.augment.drop_neurons = 0.1;
  p.optimiser.ema_decay = 0.9;
  return p;
}

struct Run {
  bool with_all_parts = false;  // of the network
  snn::Dataset train = support::synthetic(), valid = support::synthetic({.seed = 2});

  snn::Checkpoint start() const { return snn::start_training(params(with_all_parts), train, &valid, "raster", "[]"); }
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

snn::Checkpoint run_emulated(const emulated::Options& options, std::vector<snn::EpochReport>* reports = nullptr,
                             bool with_all_parts = false) {
  emulated::reset(options);
  const auto backend = support::make_emulated_backend<float>();
  const Run run{.with_all_parts = with_all_parts};
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
  const Run run{.with_all_parts = GENERATE(false, true)};
  const auto cpu = snn::make_backend({.n_threads = 1});
  const snn::Checkpoint there = run.go(run.start(), *cpu, 0, 0, &wanted);
  const snn::Checkpoint here = run_emulated({}, &found, run.with_all_parts);
  REQUIRE(found.size() == 3);
  for (std::size_t e = 0; e < 3; ++e) {
    INFO("epoch " << e + 1);
    CHECK(found[e].loss == Approx(wanted[e].loss).epsilon(1e-3));
    CHECK(found[e].gradient_norm == Approx(wanted[e].gradient_norm).epsilon(1e-2));
    CHECK(found[e].accuracy == Approx(wanted[e].accuracy).margin(1.0 / 24.0));
    CHECK(found[e].valid->accuracy() == Approx(wanted[e].valid->accuracy()).margin(1.0 / 24.0));
    REQUIRE(found[e].firing_rates.size() == wanted[e].firing_rates.size());
    for (std::size_t l = 0; l < wanted[e].firing_rates.size(); ++l) {
      CHECK(found[e].firing_rates[l] == Approx(wanted[e].firing_rates[l]).epsilon(1e-2));
    }
    REQUIRE(found[e].arrays.size() == wanted[e].arrays.size());
    for (std::size_t a = 0; a < found[e].arrays.size(); ++a) {
      const snn::ArrayReport &a_here = found[e].arrays[a], &a_there = wanted[e].arrays[a];
      INFO(a_here.name);
      CHECK(a_here.name == a_there.name);
      CHECK(a_here.rms == Approx(a_there.rms).epsilon(1e-2));
      REQUIRE(a_here.gradient.has_value() == a_there.gradient.has_value());
      if (!a_here.gradient) continue;
      CHECK(a_here.gradient->norm == Approx(a_there.gradient->norm).epsilon(3e-2));
      CHECK(a_here.gradient->clipped == Approx(a_there.gradient->clipped).epsilon(3e-2));
    }
  }
  CHECK(apart(here.model.parameters, there.model.parameters) < 0.004);
  CHECK(apart(there.ema, here.ema) < 0.004);
  CHECK(apart(there.ema, there.model.parameters) > 1e-4);  // it lags behind
  CHECK(here.n_updates == there.n_updates);
}

TEST_CASE("cuda: the order of threads and streams changes no bit") {
  const snn::Checkpoint first = run_emulated({.seed = 1});
  for (std::uint64_t seed = 2; seed < 5; ++seed) CHECK(run_emulated({.seed = seed}) == first);
}

// 4 MB of data: on a device with 200 MB they do not fit beside what is left free for graphs and code.
TEST_CASE("cuda: whether the data are resident or come batch by batch changes no bit") {
  const snn::Dataset data =
      support::synthetic({.n_channels = 100, .n_utterances = 500, .min_steps = 60, .max_steps = 100});
  snn::TrainingParams p = params();
  p.network.sizes.front() = 100;
  p.n_epochs = 1;
  std::vector<snn::Checkpoint> states;
  std::vector<std::int64_t> copies;
  for (const std::size_t beside : {std::size_t{400} << 20, std::size_t{200} << 20}) {
    emulated::reset({.memory = (std::size_t{32} << 20) + beside});
    const auto backend = support::make_emulated_backend<float>();
    snn::Trainer trainer(snn::start_training(p, data, nullptr, "raster", "[]"), data, nullptr, *backend);
    const std::int64_t before = emulated::counts().n_copies_to_device;
    trainer.run_epoch(go_on);
    copies.push_back(emulated::counts().n_copies_to_device - before);
    states.push_back(trainer.state());
  }
  CHECK(states[1] == states[0]);
  CHECK(copies[1] - copies[0] == 125);  // one more for each batch
}

TEST_CASE("cuda: once the trainer is there, a training and its validations take no more memory") {
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  Run run{.with_all_parts = GENERATE(false, true)};
  snn::Trainer trainer(run.start(), run.train, &run.valid, *backend);
  const emulated::Counts before = emulated::counts();
  while (!trainer.is_done()) trainer.run_epoch(go_on);
  CHECK(emulated::counts().bytes_live == before.bytes_live);
  CHECK(emulated::counts().n_allocations_live == before.n_allocations_live);
}

/// 40 batches of one utterance or two.
struct Long {
  snn::Dataset train = support::synthetic({.n_utterances = 79});
  snn::TrainingParams p = params();
  Long() {
    p.batch_size = 2;
    p.n_epochs = 2;
  }
  snn::Checkpoint start() const { return snn::start_training(p, train, nullptr, "raster", "[]"); }
};

TEST_CASE("cuda: results are read back now and then, and at every stop, a resumed run has the bits of one") {
  const Long run;
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  snn::Trainer whole(run.start(), run.train, nullptr, *backend);
  std::vector<std::int64_t> counted;
  whole.run_epoch([&](const snn::BatchReport& at) {
    counted.push_back(at.n_counted);
    return true;
  });
  REQUIRE(counted.size() == 40);
  for (int i = 0; i < 40; ++i)
    CHECK(counted[static_cast<std::size_t>(i)] == (i < 15 ? 0 : (i < 31 ? 32 : (i < 39 ? 64 : 79))));
  whole.run_epoch(go_on);
  for (const int batch : {15, 16, 17, 31, 33}) {
    snn::Trainer first(run.start(), run.train, nullptr, *backend);
    snn::Checkpoint inside;
    first.run_epoch([&](const snn::BatchReport& at) {
      if (at.batch == batch) inside = first.state();  // also where nothing was read back for a while
      return at.batch != batch;
    });
    CHECK(first.state() == inside);
    snn::Trainer second(inside, run.train, nullptr, *backend);
    second.run_epoch(go_on);
    second.run_epoch(go_on);
    INFO("batch " << batch);
    CHECK(second.state() == whole.state());
  }
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
  const auto cpu = snn::make_backend({.n_threads = 1});
  const auto cuda = support::make_emulated_backend<float>();
  const snn::Checkpoint whole = run.go(run.start(), *cpu);
  CHECK(apart(run.go(run.go(run.start(), *cpu, 2, 3), *cuda).model.parameters, whole.model.parameters) < 0.004);
  CHECK(apart(run.go(run.go(run.start(), *cuda, 2, 3), *cpu).model.parameters, whole.model.parameters) < 0.004);
}

TEST_CASE("cuda: initial weights, batches and shifts are the CPU's: the first batch has its loss") {
  const Run run;
  emulated::reset();
  const auto cpu = snn::make_backend({.n_threads = 1});
  const auto cuda = support::make_emulated_backend<float>();
  const snn::Checkpoint there = run.go(run.start(), *cpu, 1, 1), here = run.go(run.start(), *cuda, 1, 1);
  CHECK(here.sums.at("n_correct") == there.sums.at("n_correct"));
  CHECK(here.sums.at("spikes") == there.sums.at("spikes"));
  for (std::size_t i = 0; i < 4; ++i) CHECK(here.sums.at("loss")[i] == Approx(there.sums.at("loss")[i]).epsilon(1e-5));
}

// What is taught again from the state that is left is taught as if the bad batch had never been tried.
TEST_CASE("cuda: a gradient that is not finite stops the run at the batch before, however late it is seen") {
  emulated::reset();
  Long run;
  snn::Utterance& loud = run.train.utterances[17];
  const snn::Values quiet = loud.values;
  const std::vector<int> order = snn::epoch_order(79, run.p.seed, 0);
  const auto bad = static_cast<int>(std::find(order.begin(), order.end(), 17) - order.begin()) / 2;
  const auto backend = support::make_emulated_backend<float>();
  const auto up_to_bad = [&](snn::Backend<float>& on) {
    snn::Trainer trainer(run.start(), run.train, nullptr, on);
    if (bad > 0) trainer.run_epoch([&](const snn::BatchReport& at) { return at.batch != bad; });
    return trainer.state();
  };
  loud.values = std::vector<float>(static_cast<std::size_t>(loud.n_steps * 12), 3e38F);
  const snn::Checkpoint wanted = up_to_bad(*backend);
  snn::Trainer trainer(run.start(), run.train, nullptr, *backend);
  std::string text;
  try {
    trainer.run_epoch(go_on);
  } catch (const std::runtime_error& error) {
    text = error.what();
  }
  CHECK_THAT(text, Catch::Contains("batch " + std::to_string(bad + 1) + ":") && Catch::Contains("u17"));
  CHECK(trainer.state() == wanted);
  CHECK_THROWS_AS(trainer.run_epoch(go_on), std::runtime_error);  // it is still there
  CHECK(trainer.state() == wanted);
}

// Batches there are padded with a silent utterance, whose PSCs are nobody's.
TEST_CASE("cuda: the decisions after every step end in the network's, as on the CPU") {
  emulated::reset();
  const snn::TrainingParams p = support::small_training();
  const snn::Dataset dataset = support::synthetic();
  const auto cpu = snn::make_backend({.n_threads = 1});
  const auto cuda = support::make_emulated_backend<float>();
  const auto evaluate = [&](snn::Backend<float>& backend, const std::string& readout) {
    snn::Network<float> network(p.network, p.gradient, backend);
    network.set_parameters(snn::initial_parameters(p.network, p.init, p.seed));
    return snn::evaluate(network, dataset, 5, {snn::parse_readout(readout), true});
  };
  const snn::Evaluation here = evaluate(*cuda, "psc"), there = evaluate(*cpu, "psc");
  REQUIRE(here.traces.size() == there.traces.size());
  for (std::size_t i = 0; i < here.traces.size(); ++i) {
    CHECK(here.traces[i].changes == there.traces[i].changes);
    CHECK(here.traces[i].after(here.traces[i].n_steps) == here.decisions[i]);
  }
  CHECK(evaluate(*cuda, "last:1000").scores == here.scores);
}
