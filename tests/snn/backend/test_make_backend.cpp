// The choice of the back end, and its refusals.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "snn/backend/backend.h"

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

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

TEST_CASE("make_backend: an unknown device is named with what there is") {
  CHECK(snn::make_backend({.n_threads = 1})->name() == "cpu");
  for (const char* device : {"", "gpu", "cuda0", "CPU"}) {
    CHECK_THROWS_WITH(snn::make_backend({.device = device, .n_threads = 1}), Contains("cpu, cuda, cuda:N or auto"));
  }
}

TEST_CASE("make_backend: the CPU refuses a precision that it does not round to") {
  CHECK(snn::resolve_device({.precision = "fp32"}).device == "cpu");
  CHECK_THROWS_WITH(snn::make_backend({.precision = "tf32"}), Contains("'tf32'") && Contains("--device cuda"));
}

TEST_CASE("make_backend: an instruction set that the machine has not is named with what there is") {
  CHECK(snn::isa_names().back() == "baseline");
  for (const std::string& isa : snn::isa_names()) CHECK_NOTHROW(snn::make_backend({.n_threads = 1, .isa = isa}));
  CHECK_THROWS_WITH(snn::make_backend({.n_threads = 1, .isa = "avx"}),
                    Contains("'avx'") && Contains("auto") && Contains("baseline"));
}

// The library may be there or not, and a device too: tests/pipe/test_cuda.cpp makes each case.
TEST_CASE("make_backend: of a CUDA device, what is missing is said with what to do, each time it is asked for") {
  const std::string first = refusal();
  CHECK(refusal() == first);
  if (first.empty()) {
    CHECK(snn::make_backend({.device = "cuda"})->name() == "cuda:0");
    return;
  }
  CHECK_THAT(first, StartsWith("device cuda") && Contains("--device cpu"));
  CHECK_THROWS_AS(snn::make_backend({.device = "cuda"}), std::runtime_error);
}

TEST_CASE("make_backend: auto is a CUDA device where one can be used, else the CPU, with what the refusal says") {
  const std::string why = refusal();
  const snn::ResolvedDevice found = snn::resolve_device({.device = "auto"});
  CHECK(found.device == (why.empty() ? "cuda:0" : "cpu"));
  CHECK(found.why_cpu == why);
  CHECK(snn::make_backend({.device = "auto", .n_threads = 1})->name() == found.device);
  CHECK(snn::resolve_device({.device = "cpu"}).why_cpu.empty());
  if (!why.empty()) {
    CHECK_THROWS_WITH(snn::resolve_device({.device = "auto", .precision = "tf32"}),
                      Contains("the CPU multiplies in fp32"));
  }
}

#if defined(__x86_64__)
// Of x86-64-v3 and -v4, the feature that the level before has not.
TEST_CASE("isa_names: what the kernel says of the processor, the widest first") {
  std::ifstream info("/proc/cpuinfo");
  std::set<std::string> flags;
  for (std::string line; flags.empty() && std::getline(info, line);) {
    std::istringstream words(line);
    std::string word;
    if (words >> word && word == "flags") {
      while (words >> word) flags.insert(word);
    }
  }
  std::vector<std::string> wanted;
  if (flags.contains("avx512f") && flags.contains("avx512vl")) wanted.emplace_back("avx512");
  if (flags.contains("avx2") && flags.contains("fma")) wanted.emplace_back("avx2");
  wanted.emplace_back("baseline");
  CHECK(snn::isa_names() == wanted);
}
#endif
