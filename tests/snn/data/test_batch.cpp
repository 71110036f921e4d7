#include "snn/data/batch.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "snn/base/rng.h"
#include "tests/snn/scan/gathered.h"

using namespace snn;
using Catch::Matchers::Contains;

namespace {

// Value of step t, channel c of utterance i: 100 i + 10 t + c + 1.
Dataset data_of(const std::vector<int>& steps, int n_channels) {
  Dataset data{n_channels, {"x"}, {}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    std::vector<float> values;
    for (int t = 0; t < steps[i]; ++t) {
      for (int c = 0; c < n_channels; ++c)
        values.push_back(static_cast<float>(100 * static_cast<int>(i) + 10 * t + c + 1));
    }
    data.utterances.push_back({"key" + std::to_string(i), "", 0, "x", steps[i], values});
  }
  return data;
}

}  // namespace

TEST_CASE("batch: utterances lie one behind the other") {
  Dataset data = data_of({2, 3, 1}, 2);
  data.utterances[2].label = -1;
  const Batch batch = make_batch(data, std::vector<int>{2, 1});
  CHECK(batch.n_rows() == 4);
  CHECK(batch.n_batch() == 2);
  CHECK(batch.n_channels == 2);
  CHECK(batch.row_begin == std::vector<int>{0, 1, 4});
  CHECK(batch.labels == std::vector<int>{-1, 0});
  CHECK(support::gathered<float>(batch) == std::vector<float>{201, 202, 101, 102, 111, 112, 121, 122});
}

TEST_CASE("batch: rasters and counts become numbers") {
  Dataset data{2, {}, {}};
  data.utterances.push_back({"a", "", -1, "", 1, std::vector<std::uint8_t>{1, 0}});
  data.utterances.push_back({"b", "", -1, "", 1, std::vector<std::uint16_t>{65535, 2}});
  CHECK(support::gathered<double>(make_batch(data, std::vector<int>{0, 1})) == std::vector<double>{1, 0, 65535, 2});
}

TEST_CASE("batch: each utterance is shifted by itself, and stays within its own steps") {
  const Dataset data = data_of({2, 3}, 2);
  const Batch batch =
      make_batch(data, std::vector<int>{0, 1}, std::vector<Augmentation>{{.shift = {1, 0}}, {.shift = {0, -1}}});
  CHECK(batch.row_begin == std::vector<int>{0, 2, 5});
  CHECK(support::gathered<float>(batch) == std::vector<float>{0, 0, 1, 2, 102, 0, 112, 0, 122, 0});
}

TEST_CASE("batch: each utterance has its own partner, share, noise, tempo and taps") {
  const Dataset data = data_of({2, 3}, 1);
  const Augmentation first{.partner = 1, .share = 0.25F, .noise = 0.5F, .noise_seed = 7};
  const Augmentation second{.has_taps = true,
                            .stream = 8,
                            .stretch = 0.9,
                            .gain = 2.0,
                            .mask_first = 1,
                            .mask_last = 2,
                            .mask_begin = 3,
                            .mask_end = 4,
                            .tempo = 1.5F};
  const Batch batch = make_batch(data, std::vector<int>{0, 1}, std::vector<Augmentation>{first, second});
  CHECK(batch.utterances[0].partner == 1);
  CHECK(batch.utterances[0].share == 0.25F);
  CHECK(batch.utterances[0].noise == 0.5F);
  CHECK(batch.utterances[0].noise_seed == 7);
  CHECK(batch.utterances[0].tempo == 1.0F);
  CHECK(batch.utterances[0].taps < 0);
  const UtteranceView& view = batch.utterances[1];
  CHECK(view.tempo == 1.5F);
  CHECK(view.taps == 1);
  CHECK(view.stream == 8);
  CHECK((view.stretch == 0.9 && view.gain == 2.0));
  CHECK((view.mask_first == 1 && view.mask_last == 2 && view.mask_begin == 3 && view.mask_end == 4));
  CHECK(batch.utterances[1].partner < 0);
  CHECK(batch.utterances[1].noise == 0.0F);
}

TEST_CASE("batch: the order of an epoch is a permutation of its own") {
  std::vector<int> order = epoch_order(1000, 1, 0);
  CHECK(order == epoch_order(1000, 1, 0));
  CHECK(order != epoch_order(1000, 1, 1));
  CHECK(order != epoch_order(1000, 2, 0));
  std::sort(order.begin(), order.end());
  for (int i = 0; i < 1000; ++i) REQUIRE(order[i] == i);
  CHECK(epoch_order(0, 1, 0).empty());
}

TEST_CASE("batch: the order is for ever what it was") {
  // tests/reference/make_reference_random.py, an independent program.
  CHECK(epoch_order(12, 1, 3) == std::vector<int>{9, 10, 6, 5, 11, 3, 4, 8, 7, 0, 2, 1});
}

TEST_CASE("batch: batches cover an epoch, the last may be short") {
  const std::vector<int> order = epoch_order(7, 1, 0);
  CHECK(count_batches(7, 3) == 3);
  CHECK(count_batches(6, 3) == 2);
  CHECK(count_batches(0, 3) == 0);
  CHECK(count_batches(2147483647, 2) == 1073741824);
  std::vector<int> all;
  for (int batch = 0; batch < 3; ++batch) {
    for (const int i : batch_indices(order, batch, 3)) all.push_back(i);
  }
  CHECK(all == order);
  CHECK(batch_indices(order, 2, 3).size() == 1);
  CHECK_THROWS_WITH(batch_indices(order, 3, 3), Contains("batch 3 of size 3 asked for, 7 utterances there"));
  CHECK_THROWS_AS(batch_indices(order, -1, 3), std::invalid_argument);
}

TEST_CASE("batch: wrong calls are refused") {
  const Dataset data = data_of({1}, 1);
  CHECK_THROWS_WITH(make_batch(data, std::vector<int>{}), Contains("at least one utterance"));
  CHECK_THROWS_WITH(make_batch(data, std::vector<int>{1}), Contains("utterance 1 of 1"));
  CHECK_THROWS_WITH(make_batch(data, std::vector<int>{-1}), Contains("utterance -1 of 1"));
  CHECK_THROWS_WITH(make_batch(data, std::vector<int>{0}, std::vector<Augmentation>(2)),
                    Contains("2 augmentations for a batch of 1"));
}
