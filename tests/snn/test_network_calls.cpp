// What the network takes and refuses.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/network_rig.h"

using Catch::Matchers::Contains;

namespace {

template <class Real>
using Rig = support::NetworkRig<Real>;

double largest(const std::vector<float>& values) {
  double most = 0.0;
  for (const float v : values) most = std::max(most, std::abs(static_cast<double>(v)));
  return most;
}

}  // namespace

TEST_CASE("network: parameters go in and come out") {
  Rig<float> rig;
  snn::Tensors tensors = snn::initial_parameters(rig.params.network, rig.params.init, 99);
  rig.network.set_parameters(tensors);
  CHECK(rig.network.parameters() == tensors);
  tensors.erase("w_1_3");
  CHECK_THROWS_WITH(rig.network.set_parameters(tensors), Contains("w_1_3"));
}

TEST_CASE("network: gradients of what is not trained stay zero") {
  Rig<float> rig;
  rig.backward(support::synthetic(), {0, 1, 2});
  CHECK(largest(rig.network.gradients().at("theta_3").values) == 0.0);
  CHECK(largest(rig.network.gradients().at("theta_1").values) > 0.0);
}

TEST_CASE("network: a batch that does not fit is refused") {
  Rig<float> rig;
  const snn::Dataset dataset = support::synthetic();
  const auto with = [&](const std::function<void(snn::Batch<float>&)>& change) {
    snn::Batch<float> batch;
    snn::fill(batch, dataset, std::vector<int>{0, 1});
    change(batch);
    return batch;
  };
  using Change = void (*)(snn::Batch<float>&);
  CHECK_THROWS_WITH(rig.forward(support::synthetic({.n_channels = 13}), {0}),
                    "batch: 13 channels, the network wants 12");
  for (const Change change :
       {Change([](auto& b) { b.x.pop_back(); }), Change([](auto& b) { b.row_begin.pop_back(); }),
        Change([](auto& b) { b.row_begin[1] = b.row_begin[2] + 1; }), Change([](auto& b) { b.row_begin[1] = 0; }),
        Change([](auto& b) { b.row_begin[0] = 1; }), Change([](auto& b) { b.row_begin = {0}; }),
        Change([](auto& b) { b.row_begin.clear(); }), Change([](auto& b) { b = {.n_channels = 12}; })}) {
    CHECK_THROWS_AS(rig.network.forward(with(change)), std::invalid_argument);
  }
}

TEST_CASE("network: a backward pass without its forward pass, or with labels it does not know, is refused") {
  Rig<float> rig;
  const snn::Dataset dataset = support::synthetic();
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("forward"));
  snn::Batch<float> batch;
  snn::fill(batch, dataset, std::vector<int>{0, 1});
  for (const int label : {-1, 4}) {
    batch.labels[1] = label;
    rig.network.forward(batch);
    CHECK_THROWS_WITH(rig.network.backward({}), Contains("label " + std::to_string(label)) && Contains("0 to 3"));
  }
  batch.labels = {1};
  rig.network.forward(batch);
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("label -1"));
  snn::fill(batch, dataset, std::vector<int>{0, 1, 2});
  rig.network.infer(batch);
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("forward"));
  CHECK_THROWS_WITH(rig.network.forward(), Contains("loaded"));
  rig.network.forward(batch);
  rig.network.backward({});
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("forward"));
}

TEST_CASE("network: parameters out of range are refused") {
  const auto backend = snn::make_backend<float>("cpu", 1);
  snn::TrainingParams params = support::small_training();
  params.network.tau_s = 0.5;
  CHECK_THROWS_AS(snn::Network<float>(params.network, {}, *backend), std::invalid_argument);
  params = support::small_training();
  params.gradient.slope = 0.0;
  CHECK_THROWS_AS(snn::Network<float>(params.network, params.gradient, *backend), std::invalid_argument);
}
