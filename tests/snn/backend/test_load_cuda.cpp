#include "snn/backend/load_cuda.h"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

namespace {

/// What looking for the device says; empty if it is there.
std::string refusal() {
  try {
    snn::find_cuda_device({.device = "cuda"});
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

// The library may be there or not, and a device too: tests/pipe/test_cuda.cpp makes each case.
TEST_CASE("load cuda: what is missing is said with what to do, each time it is asked for") {
  const std::string first = refusal();
  CHECK(refusal() == first);
  if (first.empty()) {
    CHECK(snn::load_cuda_backend({.device = "cuda"})->name() == "cuda:0");
    return;
  }
  CHECK_THAT(first, Catch::StartsWith("device cuda") && Catch::Contains("--device cpu"));
  CHECK_THROWS_AS(snn::load_cuda_backend({.device = "cuda"}), std::runtime_error);
}
