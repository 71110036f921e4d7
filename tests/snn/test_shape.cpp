#include "snn/shape.h"

#include <catch2/catch.hpp>
#include <cstdint>

TEST_CASE("shape: steps outermost, neurons fastest, every place once") {
  const snn::Shape shape{3, 2, 5};
  std::size_t next = 0;
  for (int t = 0; t < 3; ++t)
    for (int b = 0; b < 2; ++b)
      for (int n = 0; n < 5; ++n) CHECK(shape.index(t, b, n) == next++);
  CHECK(shape.size() == next);
  CHECK(shape.rows() == 6);
}

TEST_CASE("shape: places beyond 32 bits") {
  const snn::Shape shape{1000, 1000, 5000};
  CHECK(shape.index(999, 999, 4999) == std::size_t{4'999'999'999});
}
