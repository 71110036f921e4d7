#include "snn/data/dropout.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "snn/model/init.h"

using namespace snn;

namespace {

TrainingParams params_of(const std::vector<int>& sizes, double probability) {
  TrainingParams params;
  params.network.sizes = sizes;
  params.augment.drop_neurons = probability;
  return params;
}

/// Of an utterance by itself.
std::vector<std::uint8_t> draw_silent(const TrainingParams& params, int epoch, const std::string& key) {
  Dataset data{1, {}, std::vector<Utterance>(1)};
  data.utterances[0].key = key;
  return snn::draw_silent(params, epoch, data, std::vector<int>{0});
}

}  // namespace

TEST_CASE("dropout: hidden neurons are silent with their probability, by seed, epoch, key and layer") {
  TrainingParams params = params_of({7, 500, 500, 9}, 0.25);
  const std::vector<std::uint8_t> silent = draw_silent(params, 3, "a");
  REQUIRE(silent.size() == 1000);
  const auto n_silent = std::count(silent.begin(), silent.end(), 1);
  CHECK(std::abs(static_cast<double>(n_silent) - 250.0) < 4 * std::sqrt(1000 * 0.25 * 0.75));
  CHECK(n_silent + std::count(silent.begin(), silent.end(), 0) == 1000);
  CHECK_FALSE(std::equal(silent.begin(), silent.begin() + 500, silent.begin() + 500));
  CHECK(draw_silent(params, 3, "a") == silent);
  CHECK(draw_silent(params, 4, "a") != silent);
  CHECK(draw_silent(params, 3, "b") != silent);
  params.seed = 2;
  CHECK(draw_silent(params, 3, "a") != silent);
  CHECK(draw_silent(params_of({7, 500, 9}, 0.0), 3, "a").empty());
}

TEST_CASE("dropout: draws are for ever what they were, utterances one behind the other") {
  // tests/reference/make_reference_random.py, an independent program.
  const std::vector<std::uint8_t> a = {1, 1, 0, 0, 0, 0, 1, 0, 0, 1};
  const std::vector<std::uint8_t> b = {0, 1, 0, 1, 1, 0, 0, 1, 1, 1};
  const TrainingParams params = params_of({1, 4, 6, 1}, 0.5);
  CHECK(draw_silent(params, 3, "a") == a);
  Dataset data{1, {}, std::vector<Utterance>(2)};
  data.utterances[0].key = "a";
  data.utterances[1].key = "7_jackson_0";
  std::vector<std::uint8_t> both = b;
  both.insert(both.end(), a.begin(), a.end());
  CHECK(draw_silent(params, 3, data, std::vector<int>{1, 0}) == both);
}

// What a neuron gets on average with each of its hidden sources silent in a quarter of the utterances.
TEST_CASE("dropout: for scoring, weights that leave hidden layers are scaled, and no others") {
  TrainingParams params = params_of({3, 4, 5, 2}, 0.25);
  params.network.self_recurrent = {1, 2};
  params.network.recurrent = {2};
  params.network.skips = {{0, 2}, {1, 3}};
  const Tensors before = initial_parameters(params.network, {.w_self_mean = 1.0}, 1);
  Tensors scaled = before;
  scale_for_scoring(scaled, params);
  for (const auto& [name, tensor] : before) {
    INFO(name);
    const bool is_scaled = name == "w_1_2" || name == "w_2_3" || name == "w_1_3" || name == "w_rec_2";
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      CHECK(scaled.at(name).values[i] == (is_scaled ? 0.75F : 1.0F) * tensor.values[i]);
    }
  }
  params.augment.drop_neurons = 0.0;
  Tensors same = before;
  scale_for_scoring(same, params);
  CHECK(same == before);
}
