// The CUDA back end as programs load it, on the machine's own device: skipped where there is none. ctest runs the same
// program on the stand-in too.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "snn/train/trainer.h"
#include "tests/snn/backend/cuda/body_run.h"
#include "tests/snn/backend/cuda/layer_run.h"
#include "tests/snn/golden_run.h"
#include "tests/snn/scan/run_body.h"
#include "tests/snn/synthetic.h"

namespace {

std::unique_ptr<snn::Backend<float>> make_cuda() {
  return snn::make_backend(snn::BackendChoice{.device = "cuda"});
}

bool has_device() {
  try {
    snn::resolve_device({.device = "cuda"});
    return true;
  } catch (const std::runtime_error& error) {
    WARN("SKIPPED: " << error.what());
    return false;
  }
}

/// Runs it on both. Bits are equal but for what a logarithm goes into, which is the device's own.
void check_equal(const std::function<void(support::BodyRun&)>& run, const std::vector<std::string>& rounded = {}) {
  const auto cpu = snn::make_backend({.n_threads = 1}), cuda = make_cuda();
  support::BodyRun wanted(*cpu), found(*cuda);
  run(wanted);
  run(found);
  for (const auto& [name, values] : wanted.outputs()) {
    INFO(name);
    const std::vector<double>& got = found.outputs().at(name);
    if (std::ranges::find(rounded, name) == rounded.end()) {
      CHECK(support::same_bits(got, values));
      continue;
    }
    REQUIRE(got.size() == values.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i] == Approx(values[i]).epsilon(1e-14));
  }
}

snn::Checkpoint train(snn::Backend<float>& backend, std::vector<snn::EpochReport>& reports) {
  const snn::Dataset data = support::synthetic();
  snn::TrainingParams params = support::small_training();
  params.n_epochs = 5;
  params.batch_size = 5;
  snn::Trainer trainer(snn::start_training(params, data, &data, "raster", "[]"), data, &data, backend);
  while (!trainer.is_done()) reports.push_back(*trainer.run_epoch([](const snn::BatchReport&) { return true; }));
  return trainer.state();
}

}  // namespace

TEST_CASE("gpu: all golden cases in float") {
  if (!has_device()) return;
  support::check_golden_cases<float>(make_cuda);
}

TEST_CASE("gpu: bodies and scans have the CPU's bits") {
  if (!has_device()) return;
  for (const bool self_connected : {false, true}) {
    check_equal([&](support::BodyRun& run) { run.forward(self_connected); });
  }
  for (const snn::Rule rule : {snn::Rule::kStep, snn::Rule::kSurrogate, snn::Rule::kLayer, snn::Rule::kSpikeTrain}) {
    for (const double rate : {0.1, 0.2}) {
      check_equal([&](support::BodyRun& run) {
        run.forward(true);
        run.backward(rule, rate);
      });
    }
  }
  for (const snn::LossKind kind : {snn::LossKind::kKernel, snn::LossKind::kCount, snn::LossKind::kSoftmax}) {
    check_equal([&](support::BodyRun& run) { run.loss(kind); }, {"loss", "epoch loss"});
  }
  check_equal([](support::BodyRun& run) { run.update(); });
  check_equal([](support::BodyRun& run) { run.gather(); });
}

TEST_CASE("gpu: a layer fed with the same raster fires as on the CPU") {
  if (!has_device()) return;
  const auto cpu = snn::make_backend({.n_threads = 1}), cuda = make_cuda();
  for (const double rate : {0.05, 0.3}) support::check_layer(*cpu, *cuda, rate);
}

// Losses within 1 %: sums in another order.
TEST_CASE("gpu: a training goes as on the CPU, and twice the same") {
  if (!has_device()) return;
  const auto cpu = snn::make_backend({.n_threads = 1}), cuda = make_cuda();
  std::vector<snn::EpochReport> wanted, found, again;
  train(*cpu, wanted);
  CHECK(train(*cuda, found) == train(*cuda, again));
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) CHECK(found[i].loss == Approx(wanted[i].loss).epsilon(0.01));
}
