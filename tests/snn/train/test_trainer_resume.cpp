// That a run stopped and resumed, and one on other threads, ends in the same bytes. (Comparisons of bytes stand in double
// parentheses: Catch would print them.)
#include <catch2/catch.hpp>

#include "snn/train/trainer.h"
#include "tests/snn/synthetic.h"

namespace {

constexpr int kBatches = 5, kEpochs = 3;  // of small_training() on 24 utterances

struct Outcome {
  std::string model, state;
  std::vector<bool> is_best;
  std::vector<snn::EpochReport> reports;
};

class Resumer {
 public:
  explicit Resumer(bool with_valid, double ema_decay = 0.0, snn::Rule rule = snn::Rule::kSurrogate,
                   bool with_all_parts = false)
      : params_(support::small_training()),
        train_(support::synthetic({.own_rate = 0.4, .other_rate = 0.1})),
        valid_(support::synthetic({.own_rate = 0.4, .other_rate = 0.1, .seed = 2})),
        valid_set_(with_valid ? &valid_ : nullptr) {
    snn::add_version(train_, support::synthetic({.min_steps = 12, .own_rate = 0.4, .other_rate = 0.1}));
    // Everything that is drawn for each utterance and epoch.
    params_.augment = {.shift_steps = 2,
                       .shift_channels = 1,
                       .warp = 0.1,
                       .gain_db = 3.0,
                       .drop_channels = 0.1,
                       .mask_channels = 2,
                       .mask_steps = 3,
                       .drop_neurons = 0.1};
    params_.optimiser.ema_decay = ema_decay;
    params_.gradient.rule = rule;
    if (with_all_parts) support::add_all_parts(params_);
  }

  const snn::TrainingParams& params() const { return params_; }
  /// Trains to the end; after every `stop_after` batches everything is put down as bytes and read back. 0: never.
  Outcome run(int stop_after, int n_threads = 1) const {
    snn::Checkpoint state = snn::start_training(params_, train_, valid_set_, "raster", "[]");
    Outcome outcome;
    std::string bytes;
    int n_left = stop_after;
    while (true) {
      const auto backend = snn::make_backend({.n_threads = n_threads});
      snn::Trainer trainer(std::move(state), train_, valid_set_, *backend);
      if (!bytes.empty()) CHECK((snn::serialise(trainer.state()) == bytes));  // nothing is lost by being read back
      bool stopped = false;
      while (!trainer.is_done() && !stopped) {
        const auto report = trainer.run_epoch([&](const snn::BatchReport&) { return --n_left != 0; });
        stopped = !report.has_value();
        if (report) outcome.is_best.push_back(report->is_best);
        if (report) outcome.reports.push_back(*report);
      }
      if (!stopped) {
        outcome.model = snn::serialise(trainer.model("last"));
        outcome.state = snn::serialise(trainer.state());
        return outcome;
      }
      bytes = snn::serialise(trainer.state());
      state = snn::parse_checkpoint(bytes, "test");
      n_left = stop_after;
    }
  }

  const snn::Dataset& train() const { return train_; }

 private:
  snn::TrainingParams params_;
  snn::Dataset train_, valid_;
  const snn::Dataset* valid_set_;
};

/// What is recorded of an epoch is the same number for number.
void check_records(const std::vector<snn::EpochReport>& found, const std::vector<snn::EpochReport>& wanted) {
  REQUIRE(found.size() == wanted.size());
  for (std::size_t e = 0; e < found.size(); ++e) {
    CHECK(found[e].gradient_norm == wanted[e].gradient_norm);
    CHECK(found[e].firing_rates == wanted[e].firing_rates);
    CHECK(found[e].neurons.silent == wanted[e].neurons.silent);
    CHECK(found[e].neurons.saturated == wanted[e].neurons.saturated);
    CHECK(found[e].surrogate_shares == wanted[e].surrogate_shares);
    CHECK((found[e].arrays == wanted[e].arrays));
  }
}

}  // namespace

TEST_CASE("resume: stopped after any batch, a run ends in the bytes of one never stopped") {
  const bool full = GENERATE(false, true);       // validation, an average over updates, and the layer rule
  const bool all_parts = GENERATE(false, true);  // delays, normalised drives, adaptation and means as read-out
  const Resumer resumer(full, full ? 0.9 : 0.0, full ? snn::Rule::kLayer : snn::Rule::kSurrogate, all_parts);
  const Outcome never = resumer.run(0);
  CHECK(never.reports[0].surrogate_shares.size() == (full ? 3 : 0));
  // 1: after each batch; 5: at the end of each epoch, before it is closed; the rest: once or twice within epochs.
  for (int stop_after = 1; stop_after <= kBatches * kEpochs; ++stop_after) {
    const Outcome stopped = resumer.run(stop_after);
    INFO("every " << stop_after << " batches");
    CHECK((stopped.model == never.model));
    CHECK((stopped.state == never.state));
    CHECK(stopped.is_best == never.is_best);
    check_records(stopped.reports, never.reports);
  }
}

TEST_CASE("resume: the number of threads changes no byte") {
  const Resumer resumer(true, 0.0, snn::Rule::kSurrogate, GENERATE(false, true));
  const Outcome one = resumer.run(0, 1);
  const Outcome two = resumer.run(0, 2);
  CHECK((two.state == one.state));
  check_records(two.reports, one.reports);
  CHECK((resumer.run(4, 4).state == one.state));
}

TEST_CASE("resume: stopping within one trainer and going on changes no byte") {
  const Resumer resumer(false);
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::Trainer trainer(snn::start_training(resumer.params(), resumer.train(), nullptr, "raster", "[]"), resumer.train(),
                       nullptr, *backend);
  while (!trainer.is_done()) trainer.run_epoch([](const snn::BatchReport& batch) { return batch.batch % 2 == 0; });
  CHECK((snn::serialise(trainer.model("last")) == resumer.run(0).model));
}
