#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <set>

#include "snn/backend/cpu/kernels.h"

namespace {

template <class Real>
void check_tables() {
  const std::vector<std::string> names = snn::isa_names();
  std::set<const snn::Kernels<Real>*> tables;
  for (const std::string& isa : names) {
    const snn::Kernels<Real>& kernels = snn::find_kernels<Real>(isa);
    INFO(isa);
    CHECK(tables.insert(&kernels).second);
    CHECK(&snn::find_kernels<Real>(isa) == &kernels);
    // Of the neurons 0 and 63 one spike each, of neuron 64 two: 3 rows of 65 neurons.
    const std::vector<std::uint64_t> words = {1, 1, std::uint64_t{1} << 63, 0, 0, 1};
    CHECK(kernels.count_spikes({words.data(), 3, 2}) == 4);
  }
  CHECK(&snn::find_kernels<Real>("auto") == &snn::find_kernels<Real>(names.front()));
}

}  // namespace

TEST_CASE("find_kernels: each instruction set has kernels of its own, auto is the first of them") {
  check_tables<float>();
  check_tables<double>();
}

TEST_CASE("find_kernels: any other name is refused with those that there are") {
  for (const std::string name : {"", "AVX2", "avx", "Auto", "baseline "}) {
    const std::string message =
        fmt::format("instruction set '{}': this machine has auto, {}", name, fmt::join(snn::isa_names(), ", "));
    CHECK_THROWS_AS(snn::find_kernels<float>(name), std::invalid_argument);
    CHECK_THROWS_WITH(snn::find_kernels<float>(name), message);
    CHECK_THROWS_WITH(snn::find_kernels<double>(name), message);
  }
}
