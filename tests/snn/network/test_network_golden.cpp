// All golden cases against the independent NumPy reference (tests/data/README.md), in float and in double.
#include <catch2/catch.hpp>

#include "snn/backend/backend.h"
#include "tests/snn/golden_run.h"

TEST_CASE("all golden cases in float") {
  support::check_golden_cases<float>([] { return snn::make_backend({.n_threads = 2}); });
}
TEST_CASE("all golden cases in double") {
  support::check_golden_cases<double>([] { return snn::make_cpu_backend<double>(2, "auto"); });
}
