#include "snn/network/loaded_batch.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "tests/snn/scan/run_body.h"

namespace {

snn::Batch batch_of(const std::vector<int>& row_begin) {
  snn::Batch made{.n_channels = 3, .row_begin = row_begin, .labels = {}, .utterances = {}};
  for (std::size_t b = 0; b + 1 < row_begin.size(); ++b) {
    made.labels.push_back(static_cast<int>(b));
    made.utterances.push_back({.values = nullptr, .shift_steps = static_cast<int>(b) + 1});
  }
  return made;
}

constexpr std::array<const void*, 2> kValues = {};

}  // namespace

TEST_CASE("loaded batch: a silent utterance without a label fills up the rows") {
  const auto backend = snn::make_backend({.n_threads = 1});
  for (const int last : {9, 16}) {
    snn::LoadedBatch batch;
    batch.take(batch_of({0, 4, last}), 3, 8);
    batch.reserve({0, 5, batch.padded().n_neurons}, 2, *backend);  // more than it needs
    batch.send(kValues);
    CHECK(batch.n_rows() == last);
    CHECK(batch.n_batch() == 2);
    CHECK(batch.padded() == snn::Shape{16, 3, 3});
    CHECK(std::vector<int>(batch.row_begin(), batch.row_begin() + 4) == std::vector<int>{0, 4, last, 16});
    CHECK(std::vector<int>(batch.sent_labels(), batch.sent_labels() + 3) == std::vector<int>{0, 1, -1});
    CHECK(batch.utterances()[1].shift_steps == 2);
    CHECK(batch.utterances()[2].values == nullptr);
  }
}

TEST_CASE("loaded batch: steps of the longest utterance, the silent one too, in whole eights") {
  snn::LoadedBatch batch;
  batch.take(batch_of({0, 3, 20}), 3, 1);
  CHECK(batch.n_steps() == 24);
  batch.take(batch_of({0, 8, 12}), 3, 1);
  CHECK(batch.n_steps() == 8);
  batch.take(batch_of({0, 8, 12}), 3, 128);
  CHECK(batch.n_steps() == 120);
}

// Utterances of which the second has taps, and two hidden layers.
TEST_CASE(
    "loaded batch: taps and silent neurons are drawn, for the utterance that fills up too, where the batch says so") {
  const auto backend = snn::make_backend({.n_threads = 1});
  const std::vector<int> hidden = {3, 2};
  snn::LoadedBatch batch;
  snn::Batch made = batch_of({0, 4, 9});
  made.utterances[1].taps = 1;
  made.utterances[1].gain = 3.0;
  batch.take(made, 3, 8);
  batch.reserve({0, 3, 3}, 5, *backend);
  batch.send(kValues);
  CHECK(batch.has_taps());
  CHECK(batch.silent() == nullptr);
  batch.draw(*backend, hidden);
  CHECK(batch.taps()[0] == snn::ChannelTap{});
  CHECK(batch.taps()[5] == snn::ChannelTap{2, 3.0F, 0.0F});
  made.utterances[1].taps = -1;
  made.utterances[0].stream = 5, made.utterances[1].stream = 6;
  made.draws = {.seed = 1, .drop_neurons = 0.5};
  batch.take(made, 3, 8);
  batch.send(kValues);
  CHECK_FALSE(batch.has_taps());
  batch.draw(*backend, hidden);
  std::vector<std::uint8_t> wanted(3 * 5);
  for (int layer = 1, first = 0; layer <= 2; first += hidden[static_cast<std::size_t>(layer - 1)], ++layer) {
    support::run_tiles<1>(snn::DrawSilent{3, hidden[static_cast<std::size_t>(layer - 1)], layer, batch.utterances(),
                                          made.draws, wanted.data() + first, 5});
  }
  CHECK(std::vector<std::uint8_t>(batch.silent(), batch.silent() + 15) == wanted);
  CHECK(std::ranges::count(wanted, 1) > 2);
}

TEST_CASE("loaded batch: values are what the utterances have, and are sent from where the back end found them") {
  const auto backend = snn::make_backend({.n_threads = 1});
  const std::vector<std::uint16_t> values(12), there(12);
  snn::LoadedBatch batch;
  snn::Batch made = batch_of({0, 4, 9});
  made.utterances[0].values = values.data();
  made.utterances[0].type = snn::ValueType::kUint16;
  batch.take(made, 3, 8);
  CHECK(batch.values().at(0).data() == static_cast<const void*>(values.data()));
  CHECK(batch.values().at(0).size() == 24);  // 4 steps of 3 channels
  CHECK(batch.values().at(1).empty());
  batch.reserve({0, 3, batch.padded().n_neurons}, 2, *backend);
  batch.send(std::array<const void*, 2>{there.data(), nullptr});
  CHECK(batch.utterances()[0].values == there.data());
  CHECK(batch.utterances()[0].type == snn::ValueType::kUint16);
  CHECK(batch.utterances()[1].values == nullptr);
}

TEST_CASE("loaded batch: nothing is added where a back end wants any number of rows") {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::LoadedBatch batch;
  batch.take(batch_of({0, 4, 9}), 3, 1);
  CHECK(batch.padded() == snn::Shape{9, 2, 3});
}

TEST_CASE("loaded batch: batches whose parts do not fit together are refused") {
  snn::LoadedBatch batch;
  using Change = void (*)(snn::Batch&);
  for (const Change change :
       {Change([](auto& p) { p.labels.pop_back(); }), Change([](auto& p) { p.utterances.pop_back(); }),
        Change([](auto& p) { p.row_begin.pop_back(); }), Change([](auto& p) { p.n_channels = 4; }),
        Change([](auto& p) { p.row_begin[1] = 9; }), Change([](auto& p) { p.row_begin.clear(); }),
        Change([](auto& p) { p.utterances[0].taps = 2; }), Change([](auto& p) { p.utterances[0].partner = 2; })}) {
    snn::Batch made = batch_of({0, 4, 9});
    change(made);
    CHECK_THROWS_AS(batch.take(made, 3, 1), std::invalid_argument);
  }
}
