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
TEST_CASE("cuda: keeping answers has the CPU's bits") {
  constexpr int kB = support::bodies::kBatch, kK = support::bodies::kClasses,
                kR = 300;  // more numbers than one item has
  check_equal([](support::BodyRun& run) {
    const snn::Buffer<float> sums = run.random(kB * kK, 1, 0.0, 9.0), psc = run.random(kR * snn::pitch(kK), 2);
    snn::Buffer<float> scores = run.zeros<float>(kB * kK), kept_psc = run.zeros<float>(kR * kK);
    snn::Buffer<int> n_spikes = run.zeros<int>(kB * 9);
    std::vector<int> counts(kB * 9);
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] = static_cast<int>(i * 13 % 29);
    n_spikes.upload(counts);
    snn::Buffer<std::int64_t> spikes = run.zeros<std::int64_t>(9);
    for (const float* each : {sums.data(), static_cast<const float*>(nullptr)}) {
      run.backend().run(snn::KeepAnswers<float>{.n_batch = kB,
                                                .n_neurons = 9,
                                                .n_classes = kK,
                                                .n_spikes = n_spikes.data(),
                                                .sums = each,
                                                .spikes = spikes.data(),
                                                .scores = scores.data(),
                                                .n_rows = kR,
                                                .psc = psc.data(),
                                                .kept_psc = kept_psc.data()});
      run.keep(each != nullptr ? "scores" : "scores by spikes", scores);
    }
    run.keep("spikes", spikes), run.keep("PSCs", kept_psc);
  });
}
