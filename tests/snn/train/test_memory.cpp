#include "snn/train/memory.h"

#include <catch2/catch.hpp>

#include "snn/model/array_layout.h"
#include "tests/snn/synthetic.h"

namespace {

snn::TrainingParams wide() {
  snn::TrainingParams params;
  params.network.sizes = {78, 400, 400, 400, 26};
  params.network.self_recurrent = params.network.bip = {1, 2, 3};
  params.network.skips = {{1, 3}};
  return params;
}

}  // namespace

TEST_CASE("memory: the largest batch is that of the longest utterances") {
  snn::Dataset dataset = support::synthetic({.n_utterances = 3});
  dataset.utterances[0].n_steps = 5;
  dataset.utterances[1].n_steps = 9;
  dataset.utterances[2].n_steps = 7;
  CHECK(snn::largest_batch(dataset, 2).n_rows == 16);
  CHECK(snn::largest_batch(dataset, 2).n_batch == 2);
  CHECK(snn::largest_batch(dataset, 50).n_rows == 21);
  CHECK(snn::largest_batch(dataset, 50).n_batch == 3);
  for (snn::Utterance& utterance : dataset.utterances) utterance.n_steps = 1'000'000'000;
  CHECK_THROWS_AS(snn::largest_batch(dataset, 3), std::invalid_argument);
}

// 5000 rows: potentials and errors of 3 x 400 and 26 neurons, 4 bytes each: 49.04 MB; with spikes (0.84), input, output PSC
// and what whole pages add, below 60.
TEST_CASE("memory: a batch's activations are those of its arrays") {
  const snn::MemoryUse use = snn::training_memory(wide(), {5000, 50}, "cpu", 1, false);
  CHECK(use.activations > 49'040'000 + 840'000);
  CHECK(use.activations < 60'000'000);
  const snn::MemoryUse inference = snn::inference_memory(wide().network, {5000, 50}, "cpu", 1);
  CHECK(inference.activations < 10'000'000);
  CHECK(inference.total() < use.total());
}

TEST_CASE("memory: it grows with threads, and in linear proportion to rows") {
  const auto total = [](const snn::TrainingParams& params, int n_rows, int n_threads) {
    return snn::training_memory(params, {n_rows, n_rows / 100}, "cpu", n_threads, true).total();
  };
  snn::TrainingParams params = wide();
  const std::size_t once = total(params, 200'000, 1), twice = total(params, 400'000, 1);
  CHECK(static_cast<double>(twice) > 1.9 * static_cast<double>(once));
  CHECK(static_cast<double>(twice) < 2.0 * static_cast<double>(once));
  CHECK(total(params, 200'000, 4) > once);
}

TEST_CASE("memory: a data set counts its values in their own type") {
  snn::Dataset dataset{10, {}, {}};
  dataset.utterances.push_back({"a", "", -1, "", 100, std::vector<std::uint8_t>(1000)});
  const std::size_t bytes = snn::dataset_memory(dataset);
  dataset.utterances.front().values = std::vector<float>(1000);
  CHECK(snn::dataset_memory(dataset) == bytes + 3000);
}

// 4 bytes for each trained value, and what whole pages add.
TEST_CASE("memory: an average over updates is one more array, and one more in the checkpoint") {
  snn::TrainingParams params = wide();
  const snn::MemoryUse plain = snn::training_memory(params, {5000, 50}, "cpu", 1, false);
  params.optimiser.ema_decay = 0.99;
  const snn::MemoryUse averaged = snn::training_memory(params, {5000, 50}, "cpu", 1, false);
  const auto bytes = static_cast<std::size_t>(4 * snn::ArrayLayout(params.network).n_trained());
  CHECK(averaged.parameters - plain.parameters >= bytes);
  CHECK(averaged.parameters - plain.parameters < bytes + (std::size_t{1} << 21));
  CHECK(averaged.checkpoint - plain.checkpoint == 3 * bytes);
}
