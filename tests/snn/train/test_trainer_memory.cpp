// A back end whose memory runs out, and one that works behind the trainer's back.
#include <algorithm>
#include <catch2/catch.hpp>

#include "snn/backend/out_of_memory.h"
#include "snn/train/forecast.h"
#include "snn/train/trainer.h"
#include "tests/snn/synthetic.h"

namespace {

bool go_on(const snn::BatchReport&) {
  return true;
}

/// The CPU as a device: it is asked to keep data, and has no memory for sequences or batches of those numbers.
class SmallBackend final : public snn::Backend<float> {
 public:
  int n_sequences = 0;
  std::vector<int> full_at;   // from 1
  bool fails_behind = false;  // when the sequence was done
  int n_fetched = 0, full_at_fetch = 0;
  std::vector<std::string> order;  // what was asked for
  std::weak_ptr<void> kept;

  std::string name() const override { return cpu_->name(); }
  snn::BackendTraits traits() const override { return {.batches_per_readback = 4}; }
  void* allocate(std::size_t n_bytes) override { return cpu_->allocate(n_bytes); }
  void release(void* memory) noexcept override { cpu_->release(memory); }
  void upload(void* to, const void* from, std::size_t n_bytes) override { cpu_->upload(to, from, n_bytes); }
  void download(void* to, const void* from, std::size_t n_bytes) override { cpu_->download(to, from, n_bytes); }
  std::size_t spike_bytes(std::size_t n_rows, int n) const override { return cpu_->spike_bytes(n_rows, n); }
  std::shared_ptr<void> keep(const snn::UtteranceBytes&, std::size_t) override {
    order.push_back("keep");
    const auto token = std::make_shared<int>(0);
    kept = token;
    return token;
  }
  std::vector<const void*> fetch(const snn::UtteranceBytes& utterances) override {
    if (++n_fetched == full_at_fetch) throw snn::OutOfMemory("no memory");
    return cpu_->fetch(utterances);
  }
  void repeat(const snn::SequenceKey& key, const std::function<void()>& sequence) override {
    order.push_back(std::to_string(key.n_rows));
    const bool is_full = std::ranges::count(full_at, ++n_sequences) > 0;
    if (!is_full || fails_behind) cpu_->repeat(key, sequence);
    if (is_full) throw snn::OutOfMemory("no memory");
  }
  void run(const snn::ForwardStage<float>& stage) override { cpu_->run(stage); }
  void run(const snn::BackwardStage<float>& stage) override { cpu_->run(stage); }
  void run(const snn::WeightGradient<float>& product) override { cpu_->run(product); }
  void run(const snn::ScanBody<float>& body) override { cpu_->run(body); }

 private:
  std::unique_ptr<snn::Backend<float>> cpu_ = snn::make_backend({.n_threads = 1});
};

struct Run {
  snn::Dataset train = support::synthetic(), valid = support::synthetic({.seed = 2});
  snn::Checkpoint go(snn::Backend<float>& backend) const {
    snn::TrainingParams params = support::small_training();
    params.batch_size = 4;
    params.n_epochs = 2;
    params.augment = {.shift_steps = 2, .drop_channels = 0.1, .drop_neurons = 0.1};
    params.optimiser.ema_decay = 0.9;
    snn::Trainer trainer(snn::start_training(params, train, &valid, "raster", "[]"), train, &valid, backend);
    while (!trainer.is_done()) trainer.run_epoch(go_on);
    return trainer.state();
  }
};

}  // namespace

TEST_CASE("trainer: a device runs the longest utterances of both sets before it keeps data, which changes no bit") {
  const Run run;
  SmallBackend device;
  const snn::Checkpoint state = run.go(device);
  const auto cpu = snn::make_backend({.n_threads = 1});
  CHECK(state == run.go(*cpu));
  int n_train = 0, n_valid = 0;
  for (const int i : snn::longest_utterances(run.train, 4)) n_train += run.train.utterances[i].n_steps;
  for (const int i : snn::longest_utterances(run.valid, 4)) n_valid += run.valid.utterances[i].n_steps;
  CHECK(std::vector(device.order.begin(), device.order.begin() + 4) ==
        std::vector<std::string>{std::to_string(n_train), std::to_string(n_valid), "keep", "keep"});
}

TEST_CASE("trainer: where memory runs out in the middle the kept data are given up, and the step is taken again") {
  const Run run;
  const auto cpu = snn::make_backend({.n_threads = 1});
  const snn::Checkpoint wanted = run.go(*cpu);
  for (const int full_at : {3, 6, 16}) {  // the first batch, the fourth, one of the second epoch
    SmallBackend device;
    device.full_at = {full_at};
    CHECK(run.go(device) == wanted);
    CHECK(device.kept.expired());
  }
}

TEST_CASE("trainer: the step is taken again, too, where memory runs out before it begins") {
  const Run run;
  const auto cpu = snn::make_backend({.n_threads = 1});
  SmallBackend device;
  device.full_at_fetch = 6;
  CHECK(run.go(device) == run.go(*cpu));
  CHECK(device.kept.expired());
}

TEST_CASE("trainer: memory that runs out again, or behind the update, ends the training") {
  const Run run;
  for (const std::vector<int>& full_at : {std::vector{6, 7}, std::vector{6, 18}}) {
    SmallBackend device;
    device.full_at = full_at;
    CHECK_THROWS_AS(run.go(device), snn::OutOfMemory);
    CHECK(device.n_sequences == full_at.back());
  }
  SmallBackend behind;
  behind.full_at = {6};
  behind.fails_behind = true;
  CHECK_THROWS_AS(run.go(behind), snn::OutOfMemory);
  CHECK(behind.n_sequences == 6);
}
