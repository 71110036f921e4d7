#include "snn/network/loaded_batch.h"

#include <catch2/catch.hpp>

namespace {

snn::BatchPlan plan_of(const std::vector<int>& row_begin) {
  snn::BatchPlan plan{.n_channels = 3, .row_begin = row_begin, .labels = {}, .utterances = {}};
  for (std::size_t b = 0; b + 1 < row_begin.size(); ++b) {
    plan.labels.push_back(static_cast<int>(b));
    plan.utterances.push_back({.values = nullptr, .shift_steps = static_cast<int>(b) + 1});
  }
  return plan;
}

}  // namespace

TEST_CASE("loaded batch: a silent utterance without a label fills up the rows") {
  const auto backend = snn::make_backend<float>("cpu", 1);
  for (const int last : {9, 16}) {
    snn::LoadedBatch<float> batch;
    batch.plan(plan_of({0, 4, last}), 3, 2, 8);
    batch.reserve(5, 2, *backend);  // more than it needs
    batch.send();
    CHECK(batch.n_rows() == last);
    CHECK(batch.n_batch() == 2);
    CHECK(batch.padded() == snn::Shape{16, 3, 3});
    CHECK(std::vector<int>(batch.row_begin(), batch.row_begin() + 4) == std::vector<int>{0, 4, last, 16});
    CHECK(std::vector<int>(batch.sent_labels(), batch.sent_labels() + 3) == std::vector<int>{0, 1, -1});
    CHECK(batch.utterances()[1].shift_steps == 2);
    CHECK(batch.utterances()[2].values == nullptr);
  }
}

TEST_CASE("loaded batch: taps lie behind the labels, in the same place with and without") {
  const auto backend = snn::make_backend<float>("cpu", 1);
  snn::LoadedBatch<float> batch;
  snn::BatchPlan plan = plan_of({0, 4, 9});
  batch.plan(plan, 3, 2, 8);
  batch.reserve(3, 2, *backend);
  batch.send();
  const snn::ChannelTap* place = batch.taps();
  plan.taps = {{0, 1.0F, 2.0F}, {1, 3.0F, 4.0F}, {2, 5.0F, 6.0F}};
  batch.plan(plan, 3, 2, 8);
  batch.send();
  CHECK(batch.taps() == place);
  CHECK(std::vector<snn::ChannelTap>(place, place + 3) == plan.taps);
  CHECK(batch.sent_labels()[1] == 1);
}

// Two utterances of two hidden neurons, and the one that fills up.
TEST_CASE("loaded batch: silent neurons lie behind all taps there can be, none in the utterance that fills up") {
  const auto backend = snn::make_backend<float>("cpu", 1);
  snn::LoadedBatch<float> batch;
  snn::BatchPlan plan = plan_of({0, 4, 9});
  batch.plan(plan, 3, 2, 8);
  batch.reserve(3, 2, *backend);
  CHECK(batch.silent() == nullptr);
  plan.silent = {1, 0, 1, 1};
  batch.plan(plan, 3, 2, 8);
  batch.send();
  const std::uint8_t* place = batch.silent();
  CHECK(std::vector<std::uint8_t>(place, place + 6) == std::vector<std::uint8_t>{1, 0, 1, 1, 0, 0});
  plan.taps = {{0, 1.0F, 2.0F}, {1, 3.0F, 4.0F}, {2, 5.0F, 6.0F}};
  batch.plan(plan, 3, 2, 8);
  batch.send();
  CHECK(batch.silent() == place);
  CHECK(batch.taps()[2] == plan.taps[2]);
  CHECK(place[3] == 1);
}

TEST_CASE("loaded batch: nothing is added where a back end wants any number of rows") {
  const auto backend = snn::make_backend<float>("cpu", 1);
  snn::LoadedBatch<float> batch;
  batch.plan(plan_of({0, 4, 9}), 3, 2, 1);
  CHECK(batch.padded() == snn::Shape{9, 2, 3});
}

TEST_CASE("loaded batch: plans whose parts do not fit together are refused") {
  snn::LoadedBatch<float> batch;
  using Change = void (*)(snn::BatchPlan&);
  for (const Change change :
       {Change([](auto& p) { p.labels.pop_back(); }), Change([](auto& p) { p.utterances.pop_back(); }),
        Change([](auto& p) { p.row_begin.pop_back(); }), Change([](auto& p) { p.n_channels = 4; }),
        Change([](auto& p) { p.row_begin[1] = 9; }), Change([](auto& p) { p.row_begin.clear(); }),
        Change([](auto& p) { p.taps.resize(7); }), Change([](auto& p) { p.silent.resize(3); }),
        Change([](auto& p) { p.silent.resize(6); })}) {
    snn::BatchPlan plan = plan_of({0, 4, 9});
    change(plan);
    CHECK_THROWS_AS(batch.plan(plan, 3, 2, 1), std::invalid_argument);
  }
}
