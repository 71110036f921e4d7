#include "snn/scan/shape.h"

#include <catch2/catch.hpp>

TEST_CASE(
    "shape: rows outermost, neurons fastest, every place once, three numbers between a row of five and the next") {
  const snn::Shape shape{6, 2, 5};
  std::size_t next = 0, next_of_batch = 0;
  for (int row = 0; row < 6; ++row, next += 3) {
    for (int n = 0; n < 5; ++n) CHECK(shape.index(row, n) == next++);
    for (int n = 0; n < 5; ++n) CHECK(shape.batch_index(row, n) == next_of_batch++);
  }
  CHECK(shape.size() == next);
  CHECK(shape.pitch() == 8);
}

TEST_CASE("shape: places beyond 32 bits") {
  const snn::Shape shape{1'000'000, 1000, 5000};
  CHECK(shape.index(999'999, 4999) == std::size_t{4'999'999'999});
}

TEST_CASE("shape: words of a row of spikes") {
  CHECK(snn::spike_words(1) == 1);
  CHECK(snn::spike_words(64) == 1);
  CHECK(snn::spike_words(65) == 2);
}
