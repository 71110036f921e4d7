#include "snn/network/epoch_counts.h"

#include <catch2/catch.hpp>

TEST_CASE("epoch counts: begin at zero, and come back as they were put down") {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::EpochCounts counts(*backend, 3, 4, 2);
  CHECK(counts.max_batch() == 2);
  CHECK(counts.read().loss == std::vector<double>(2, 0.0));
  CHECK(counts.read().n_spikes == std::vector<std::int64_t>(3, 0));
  counts.write({.loss = {0.1, 1e300},
                .n_correct = {7, 8},
                .n_spikes = {1, 2, std::int64_t{1} << 40},
                .n_surrogate = {0, 0, 3, 4}});
  counts.n_correct.data()[1] += 1;  // as a body would
  counts.n_surrogate.data()[3] += 2;
  const snn::EpochSums sums = counts.read();
  CHECK(sums.loss == std::vector<double>{0.1, 1e300});
  CHECK(sums.n_correct == std::vector<std::int64_t>{7, 9});
  CHECK(sums.n_surrogate == std::vector<std::int64_t>{0, 0, 3, 6});
  CHECK(sums.n_spikes == std::vector<std::int64_t>{1, 2, std::int64_t{1} << 40});
  CHECK_THROWS_AS(counts.write({.loss = {1.0, 2.0, 3.0}, .n_correct = {}, .n_spikes = {}, .n_surrogate = {}}),
                  std::invalid_argument);
}
