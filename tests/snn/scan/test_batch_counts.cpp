#include "snn/scan/batch_counts.h"

#include <catch2/catch.hpp>
#include <vector>

#include "tests/snn/scan/run_body.h"

namespace {

/// Two neurons, three utterances, the first two labelled; two classes.
struct Counts {
  std::vector<int> n_spikes = {1, 2, 3, 4, 0, 5};  // [3][2]
  std::vector<std::int64_t> spikes = {-1, -1}, epoch_spikes = {100, 200}, correct = {10, 20};
  std::vector<double> sums = {0.5, 1.0, 2.0, 2.0, 0.0, 0.0}, loss = {1.0, 0.5, 0.25, 0.125, 7.0, 7.0};
  std::vector<double> epoch_loss = {1.0, 2.0};
  std::vector<int> labels = {1, 1, -1};
  std::vector<double> firing_rates = {0.2, 0.3, 0.1};
  std::vector<std::int64_t> surrogate = {5, 6, 7};
  snn::GradientState state;

  snn::BatchCounts<double> body(int n_labelled) {
    return {.n_batch = 3,
            .n_neurons = 2,
            .n_spikes = n_spikes.data(),
            .spikes = spikes.data(),
            .state = n_labelled > 0 ? &state : nullptr,
            .epoch_spikes = epoch_spikes.data(),
            .n_labelled = n_labelled,
            .n_classes = 2,
            .sums = sums.data(),
            .loss = loss.data(),
            .labels = labels.data(),
            .loss_weight = 2.0,
            .epoch_loss = epoch_loss.data(),
            .epoch_correct = correct.data(),
            .n_layers = n_labelled > 0 ? 3 : 0,
            .firing_rates = firing_rates.data(),
            .layer_rate = 0.2,
            .epoch_surrogate = surrogate.data()};
  }
};

}  // namespace

// Spikes 1 + 3 + 0 and 2 + 4 + 5. The first utterance is decided right, the second, a tie, goes to class 0.
TEST_CASE("batch counts: spikes, weighted loss and right decisions are added to the epoch's") {
  for (const int width : {1, 7, 64}) {
    Counts counts;
    support::run_tiles(counts.body(2), width);
    CHECK(counts.spikes == std::vector<std::int64_t>{4, 11});
    CHECK(counts.epoch_spikes == std::vector<std::int64_t>{104, 211});
    CHECK(counts.epoch_loss == std::vector<double>{1.0 + 3.0, 2.0 + 0.75});
    CHECK(counts.correct == std::vector<std::int64_t>{11, 20});
    CHECK(counts.surrogate == std::vector<std::int64_t>{6, 6, 8});  // the second one fires more than the rate
  }
}

TEST_CASE("batch counts: without labels only the batch's spikes") {
  Counts counts;
  const Counts before = counts;
  support::run_tiles(counts.body(0), 64);
  CHECK(counts.spikes == std::vector<std::int64_t>{4, 11});
  CHECK(counts.epoch_spikes == before.epoch_spikes);
  CHECK(counts.epoch_loss == before.epoch_loss);
  CHECK(counts.correct == before.correct);
  CHECK(counts.surrogate == before.surrogate);
}

TEST_CASE("batch counts: behind a gradient that was not finite nothing is added") {
  Counts counts;
  counts.state.stopped_at = 3;
  const Counts before = counts;
  support::run_tiles(counts.body(2), 64);
  CHECK(counts.spikes == std::vector<std::int64_t>{4, 11});
  CHECK(counts.epoch_spikes == before.epoch_spikes);
  CHECK(counts.epoch_loss == before.epoch_loss);
  CHECK(counts.correct == before.correct);
  CHECK(counts.surrogate == before.surrogate);
}
