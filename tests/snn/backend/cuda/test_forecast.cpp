// What a training takes of the device's memory, as the stand-in counts it, against what was forecast.
#include <catch2/catch.hpp>

#include "snn/backend/cuda/sizes.h"
#include "snn/train/forecast.h"
#include "snn/train/trainer.h"
#include "tests/snn/backend/cuda/emulated_backend.h"
#include "tests/snn/synthetic.h"

TEST_CASE("cuda: a training takes the memory that was forecast") {
  emulated::reset();
  const auto backend = support::make_emulated_backend<float>();
  snn::TrainingParams params = support::small_training();
  params.network.sizes = {60, 300, 200, 10};
  params.gradient.rule = GENERATE(snn::Rule::kSurrogate, snn::Rule::kStep);
  if (GENERATE(false, true)) support::add_all_parts(params);
  const snn::Dataset dataset = support::synthetic(
      {.n_channels = 60, .n_classes = 10, .n_utterances = 2 * params.batch_size, .min_steps = 50, .max_steps = 50});
  snn::Trainer trainer(snn::start_training(params, dataset, nullptr, "raster", "[]"), dataset, nullptr, *backend);
  trainer.run_epoch([](const snn::BatchReport&) { return true; });
  const snn::MemoryForecast forecast =
      training_memory(params, largest_batch(dataset, nullptr, params.batch_size), "cuda:0", 1, false);
  const auto n_values = static_cast<double>(2 * params.batch_size * 50 * 60);  // of the data, a byte each
  const double found =
      static_cast<double>(emulated::counts().bytes_live) - n_values - static_cast<double>(snn::kCudaWorkspaceBytes);
  const double said = static_cast<double>(forecast.network() - snn::kCudaWorkspaceBytes);
  INFO("said " << said << " bytes, found " << found);
  CHECK(said > 0.99 * found);
  CHECK(said < 1.01 * found);
}
