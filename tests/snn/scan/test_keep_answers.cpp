#include "snn/scan/keep_answers.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

/// Two utterances of three and one steps; three neurons, the last two of the output layer.
struct Answers {
  std::vector<int> n_spikes = {1, 2, 3, 4, 5, 6};  // [2][3]
  std::vector<double> sums = {0.5, 1.5, 2.5, 3.5}, psc = support::spread({1, 2, 3, 4, 5, 6, 7, 8}, 2);
  std::vector<std::int64_t> spikes = {100, 200, std::int64_t{1} << 40};
  std::vector<double> scores = std::vector<double>(4, -1.0), kept_psc = std::vector<double>(8, -1.0);

  snn::KeepAnswers<double> body() {
    return {.n_batch = 2,
            .n_neurons = 3,
            .n_classes = 2,
            .n_spikes = n_spikes.data(),
            .sums = sums.data(),
            .spikes = spikes.data(),
            .scores = scores.data(),
            .n_rows = 4,
            .psc = psc.data(),
            .kept_psc = kept_psc.data()};
  }
};

}  // namespace

TEST_CASE("keep answers: spikes are added to those of all batches, sums and PSCs are copied") {
  for (const int width : {1, 7, 64}) {
    Answers answers;
    support::run_tiles(answers.body(), width);
    CHECK(answers.spikes == std::vector<std::int64_t>{105, 207, (std::int64_t{1} << 40) + 9});
    CHECK(answers.scores == answers.sums);
    CHECK(answers.kept_psc == support::packed(answers.psc, 2));
  }
}

TEST_CASE("keep answers: without sums the output neurons' spikes are the scores, without rows no PSC is kept") {
  for (const int width : {1, 7, 64}) {
    Answers answers;
    snn::KeepAnswers<double> body = answers.body();
    body.sums = nullptr;
    body.n_rows = 0;
    support::run_tiles(body, width);
    CHECK(answers.scores == std::vector<double>{2.0, 3.0, 5.0, 6.0});
    CHECK(answers.kept_psc == std::vector<double>(8, -1.0));
  }
}

TEST_CASE("keep answers: more numbers than one item has") {
  constexpr int kRows = 700;
  Answers answers;
  answers.psc.resize(snn::pitched_area(kRows, 2));
  std::iota(answers.psc.begin(), answers.psc.end(), 1.0);
  answers.kept_psc.assign(2 * kRows, -1.0);
  snn::KeepAnswers<double> body = answers.body();
  body.n_rows = kRows;
  CHECK(body.extent().n_batch == 2);
  support::run_tiles(body, 64);
  CHECK(answers.kept_psc == support::packed(answers.psc, 2));
  body.n_rows = (1 << 30) + 1;  // 2^31 + 2 numbers, and 7 before them: more than an int counts
  CHECK(body.extent().n_batch == (1 << 21) + 1);
}
