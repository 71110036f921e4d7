#include "frontend/lyon/flush_denormals.h"

#include <catch2/catch.hpp>
#include <limits>

TEST_CASE("Subnormal results are flushed to zero while the guard lives, and not after") {
  volatile float smallest = std::numeric_limits<float>::min();
  volatile float half = 0.5F;
  CHECK(smallest * half > 0.0F);
#if defined(__SSE2__) || defined(__aarch64__)
  {
    const ear::FlushDenormals flush;
    const float product = smallest * half;
    CHECK(product == 0.0F);
  }
#endif
  const float product = smallest * half;
  CHECK(product > 0.0F);
}
