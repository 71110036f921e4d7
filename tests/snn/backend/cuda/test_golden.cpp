// All golden cases on the CUDA back end, run by the stand-in: the limits are the CPU's.
#include <catch2/catch.hpp>

#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/golden_run.h"

TEST_CASE("cuda: all golden cases in float") {
  emulated::reset({});
  support::check_golden_cases<float>([] { return support::make_emulated_backend<float>(); });
}
TEST_CASE("cuda: all golden cases in double") {
  emulated::reset({});
  support::check_golden_cases<double>([] { return support::make_emulated_backend<double>(); });
}
