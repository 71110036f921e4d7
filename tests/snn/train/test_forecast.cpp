#include "snn/train/forecast.h"

#include <catch2/catch.hpp>

#include "tests/snn/synthetic.h"

// What a training takes on the CPU: tests/pipe/test_memory.cpp; on a device: tests/snn/backend/cuda/test_forecast.cpp.

TEST_CASE("forecast: the largest batch is that of the longest utterances of both sets") {
  snn::Dataset dataset = support::synthetic({.n_utterances = 3});
  dataset.utterances[0].n_steps = 5;
  dataset.utterances[1].n_steps = 9;
  dataset.utterances[2].n_steps = 7;
  const auto size = [&](int batch_size, const snn::Dataset* valid = nullptr) {
    const snn::BatchSize batch = snn::largest_batch(dataset, valid, batch_size);
    return std::pair(batch.n_rows, batch.n_batch);
  };
  CHECK(size(2) == std::pair(16, 2));
  CHECK(snn::longest_utterances(dataset, 2) == std::vector<int>{1, 2});
  CHECK(snn::longest_utterances(dataset, 9) == std::vector<int>{1, 2, 0});
  CHECK(size(50) == std::pair(21, 3));
  const snn::Dataset longer = support::synthetic({.n_utterances = 4, .min_steps = 30, .max_steps = 30});
  CHECK(size(50, &longer) == std::pair(120, 4));
  for (snn::Utterance& utterance : dataset.utterances) utterance.n_steps = 1'000'000'000;
  CHECK_THROWS_AS(size(3), std::invalid_argument);
}

TEST_CASE("forecast: a data set counts its values in their own type") {
  snn::Dataset dataset{10, {}, {}};
  dataset.utterances.push_back({"a", "", -1, "", 100, std::vector<std::uint8_t>(1000)});
  const std::size_t bytes = snn::dataset_memory(dataset);
  dataset.utterances.front().values = std::vector<float>(1000);
  CHECK(snn::dataset_memory(dataset) == bytes + 3000);
}

TEST_CASE("forecast: a device that is not known is refused") {
  CHECK_THROWS_AS(snn::inference_memory(support::small_training().network, {100, 1}, "tpu", 1), std::invalid_argument);
}
