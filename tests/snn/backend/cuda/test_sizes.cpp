// What the back end does, against what those are told who cannot include it.
#include "snn/backend/cuda/sizes.h"

#include <catch2/catch.hpp>

#include "snn/network/network.h"
#include "snn/train/forecast.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/synthetic.h"

namespace {

snn::MemoryForecast forecast(int n_rows) {
  return snn::training_memory(support::small_training(), {n_rows, 1}, "cuda:0", 1, false);
}

}  // namespace

// 32 MiB is what cuBLAS takes by itself on a device of compute capability 9.0.
TEST_CASE("sizes: cuBLAS' workspace is what the back end begins with, and the forecast too") {
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  CHECK(emulated::counts().bytes_live == 32 * 1024 * 1024);
  CHECK(forecast(1).scratch == 32 * 1024 * 1024);
}

TEST_CASE("sizes: rows are filled up to multiples of 128, in the back end and in the forecast") {
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  const snn::TrainingParams params = support::small_training();
  snn::Network<float> network(params.network, params.gradient, *backend);
  for (const auto& [n_rows, filled] : std::vector<std::pair<int, int>>{{1, 128}, {127, 128}, {128, 128}, {129, 256}}) {
    const snn::Dataset dataset = support::synthetic({.n_utterances = 1, .min_steps = n_rows, .max_steps = n_rows});
    network.load(snn::make_batch(dataset, std::vector<int>{0}), true);
    INFO(n_rows << " rows");
    CHECK(network.sequence_key(&network).n_rows == filled);
    CHECK(forecast(n_rows).activations == forecast(filled).activations);
  }
  CHECK(forecast(128).activations < forecast(129).activations);
}
