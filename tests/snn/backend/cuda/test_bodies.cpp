// Every body and scan on the CUDA back end against the CPU: equal inputs, equal bits.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/snn/backend/cuda/body_run.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/scan/run_body.h"

namespace {

/// Runs it on both and compares.
void check_equal(const std::function<void(support::BodyRun&)>& run) {
  emulated::reset();
  const auto cpu = snn::make_backend({.n_threads = 1});
  const auto cuda = support::make_emulated_backend<float>();
  support::BodyRun wanted(*cpu), found(*cuda);
  run(wanted);
  run(found);
  CHECK(emulated::counts().n_launches > 0);
  for (const auto& [name, values] : wanted.outputs()) {
    INFO(name);
    CHECK(support::same_bits(found.outputs().at(name), values));
    CHECK(*std::max_element(values.begin(), values.end()) > 0.0);  // it says something
  }
}

}  // namespace

TEST_CASE("cuda: the forward scan has the CPU's bits") {
  const bool self_connected = GENERATE(false, true);
  check_equal([&](support::BodyRun& run) { run.forward(self_connected); });
}
TEST_CASE("cuda: the backward scan has the CPU's bits, by every rule") {
  const snn::Rule rule = GENERATE(snn::Rule::kStep, snn::Rule::kSurrogate, snn::Rule::kLayer, snn::Rule::kSpikeTrain);
  const double rate = GENERATE(0.1, 0.2);
  check_equal([&](support::BodyRun& run) {
    run.forward(true);
    run.backward(rule, rate);
  });
}
TEST_CASE("cuda: losses and counts have the CPU's bits") {
  const snn::LossKind kind = GENERATE(snn::LossKind::kKernel, snn::LossKind::kCount, snn::LossKind::kSoftmax);
  check_equal([&](support::BodyRun& run) { run.loss(kind); });
}
TEST_CASE("cuda: norm, clip and update have the CPU's bits") {
  check_equal([](support::BodyRun& run) { run.update(); });
}
TEST_CASE("cuda: gathering has the CPU's bits") {
  check_equal([](support::BodyRun& run) { run.gather(); });
}
