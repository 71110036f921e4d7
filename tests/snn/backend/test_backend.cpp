#include "snn/backend/backend.h"

#include <catch2/catch.hpp>
#include <cstdint>

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
using snn::Buffer;

namespace {

/// What looking for the device says; empty if it is there.
std::string refusal() {
  try {
    snn::resolve_device({.device = "cuda"});
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("backend: an unknown device is named with what there is") {
  CHECK(snn::make_backend({.n_threads = 1})->name() == "cpu");
  for (const char* device : {"", "gpu", "cuda0", "CPU"}) {
    CHECK_THROWS_WITH(snn::make_backend({.device = device, .n_threads = 1}), Contains("cpu, cuda, cuda:N or auto"));
  }
}

TEST_CASE("backend: the CPU refuses a precision that it does not round to") {
  CHECK(snn::resolve_device({.precision = "fp32"}).device == "cpu");
  CHECK_THROWS_WITH(snn::make_backend({.precision = "tf32"}), Contains("'tf32'") && Contains("--device cuda"));
}

TEST_CASE("backend: an instruction set that the machine has not is named with what there is") {
  CHECK(snn::isa_names().back() == "baseline");
  for (const std::string& isa : snn::isa_names()) CHECK_NOTHROW(snn::make_backend({.n_threads = 1, .isa = isa}));
  CHECK_THROWS_WITH(snn::make_backend({.n_threads = 1, .isa = "avx"}),
                    Contains("'avx'") && Contains("auto") && Contains("baseline"));
}

TEST_CASE("buffer: parts go up and down, ranges beyond it throw") {
  const auto backend = snn::make_backend({.n_threads = 1});
  Buffer<int> buffer(*backend, 5);
  const std::vector<int> values = {1, 2, 3};
  buffer.upload(values, 2);
  CHECK(buffer.download() == std::vector<int>{0, 0, 1, 2, 3});
  CHECK(buffer.download(3, 2) == std::vector<int>{2, 3});
  CHECK_THROWS_AS(buffer.upload(values, 3), std::invalid_argument);
  CHECK_THROWS_AS(buffer.upload(values, SIZE_MAX), std::invalid_argument);
  CHECK_THROWS_AS(buffer.download(5, 1), std::invalid_argument);
  CHECK_THROWS_AS(buffer.download(1, SIZE_MAX), std::invalid_argument);
  CHECK(buffer.download(5, 0).empty());
}

TEST_CASE("buffer: moving hands the memory on") {
  const auto backend = snn::make_backend({.n_threads = 1});
  Buffer<int> first(*backend, 2);
  first.upload(std::vector<int>{7, 8});
  const int* data = first.data();
  Buffer<int> second(std::move(first));
  CHECK(second.data() == data);
  Buffer<int> third(*backend, 9);
  third = std::move(second);
  CHECK(third.download() == std::vector<int>{7, 8});
}

// The library may be there or not, and a device too: tests/pipe/test_cuda.cpp makes each case.
TEST_CASE("load cuda: what is missing is said with what to do, each time it is asked for") {
  const std::string first = refusal();
  CHECK(refusal() == first);
  if (first.empty()) {
    CHECK(snn::make_backend({.device = "cuda"})->name() == "cuda:0");
    return;
  }
  CHECK_THAT(first, StartsWith("device cuda") && Contains("--device cpu"));
  CHECK_THROWS_AS(snn::make_backend({.device = "cuda"}), std::runtime_error);
}
