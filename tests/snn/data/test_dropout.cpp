#include "snn/data/dropout.h"

#include <catch2/catch.hpp>

#include "snn/model/init.h"

using namespace snn;

namespace {

TrainingParams params_of(const std::vector<int>& sizes, double probability) {
  TrainingParams params;
  params.network.sizes = sizes;
  params.augment.drop_neurons = probability;
  return params;
}

}  // namespace

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
