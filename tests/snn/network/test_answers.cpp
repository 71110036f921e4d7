#include "snn/network/answers.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"

namespace {

/// A batch of one utterance of two steps: three neurons, two classes.
struct Batch {
  std::vector<int> n_spikes = {1, 2, 3};
  std::vector<float> sums, psc;

  explicit Batch(float value)
      : sums{value, value + 1.0F},
        psc(support::spread<float>({value + 2.0F, value + 3.0F, value + 4.0F, value + 5.0F}, 2)) {}
  snn::KeepAnswers<float> body() const {
    return {.n_batch = 1,
            .n_neurons = 3,
            .n_classes = 2,
            .n_spikes = n_spikes.data(),
            .sums = sums.data(),
            .spikes = nullptr,
            .scores = nullptr,
            .n_rows = 2,
            .psc = psc.data()};
  }
};

}  // namespace

TEST_CASE("answers: batches stand one behind the other, and nothing is left of what was kept before") {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::KeptAnswers<float> kept;
  const Batch first(10.0F), second(20.0F);
  for (int round = 0; round < 2; ++round) {
    kept.begin(*backend, 3, 2, 2, 4);
    kept.add(*backend, first.body());
    kept.add(*backend, second.body());
    const snn::Answers<float> all = kept.read();
    CHECK(all.spikes == std::vector<std::int64_t>{2, 4, 6});
    CHECK(all.scores == std::vector<float>{10, 11, 20, 21});
    CHECK(all.psc == std::vector<float>{12, 13, 14, 15, 22, 23, 24, 25});
  }
  kept.begin(*backend, 3, 2, 1, 0);  // without PSCs, in the memory that is there
  kept.add(*backend, second.body());
  CHECK(kept.read().spikes == std::vector<std::int64_t>{1, 2, 3});
  CHECK(kept.read().scores == std::vector<float>{20, 21});
  CHECK(kept.read().psc.empty());
}

TEST_CASE("answers: no more and no less than there is room for") {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::KeptAnswers<float> kept;
  const Batch batch(0.0F);
  CHECK_THROWS_AS(kept.add(*backend, batch.body()), std::invalid_argument);
  kept.begin(*backend, 3, 2, 2, 3);
  CHECK_THROWS_AS(kept.read(), std::invalid_argument);
  kept.add(*backend, batch.body());
  CHECK_THROWS_AS(kept.read(), std::invalid_argument);
  CHECK_THROWS_AS(kept.add(*backend, batch.body()), std::invalid_argument);  // a row too many
  kept.begin(*backend, 3, 2, 1, 0);
  kept.add(*backend, batch.body());
  CHECK_THROWS_AS(kept.add(*backend, batch.body()), std::invalid_argument);  // an utterance too many
  CHECK(kept.read().scores == std::vector<float>{0, 1});
  kept.begin(*backend, 3, 2, 2, 0);
  kept.add(*backend, batch.body());
  CHECK_THROWS_AS(kept.read(), std::invalid_argument);  // an utterance too few
  kept.begin(*backend, 3, 2, 1, 4);
  kept.add(*backend, batch.body());
  kept.begin(*backend, 3, 2, 1, 5);
  kept.add(*backend, batch.body());
  CHECK_THROWS_AS(kept.read(), std::invalid_argument);  // a row too few
}
