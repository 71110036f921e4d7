#include "snn/model/layer_arrays.h"

#include <catch2/catch.hpp>

namespace {

/// 3-4-5-2 with a skip from the input to layer 2, delays, and of layer 2 everything a layer can have.
snn::NetworkParams network() {
  snn::NetworkParams params;
  params.sizes = {3, 4, 5, 2};
  params.skips = {{0, 2}};
  params.input_delays = {0, 3};
  params.skip_delays = {1, 2};
  params.forward_delays = {0};
  params.self_recurrent = {2};
  params.recurrent = {2};
  params.adaptive = {2};
  params.bip = {2};
  params.normalised = true;
  return params;
}

}  // namespace

TEST_CASE("layer arrays: each offset is that of the array's name") {
  const snn::NetworkParams params = network();
  const snn::ArrayLayout layout(params);
  const auto offset_of = [&](const std::string& name) {
    for (const auto& entry : layout.entries()) {
      if (entry.info.name == name) return entry.offset;
    }
    FAIL("there is no " << name);
    return std::size_t{0};
  };
  const snn::LayerArrays second(params, layout, 2);
  CHECK(second.lateral == offset_of("w_rec_2"));
  CHECK(second.w_self == offset_of("w_self_2"));
  CHECK(second.theta == offset_of("theta_2"));
  CHECK(second.adaptation == offset_of("adapt_2"));
  CHECK(second.rho == offset_of("rho_2"));
  CHECK(second.bias == offset_of("bias_2"));
  CHECK(second.gain == offset_of("norm_gain_2"));
  CHECK(second.mean == offset_of("norm_mean_2"));
  CHECK(second.variance == offset_of("norm_var_2"));
  CHECK(second.trains_theta);
  REQUIRE(second.incoming.size() == 2);
  CHECK(second.incoming[0].population == 1);
  CHECK(second.incoming[0].n_neurons == 4);
  CHECK(second.incoming[0].weight == offset_of("w_1_2"));
  CHECK(second.incoming[0].delays == std::vector<int>{0});
  CHECK(second.incoming[1].population == 0);
  CHECK(second.incoming[1].weight == offset_of("w_0_2_d1"));
  CHECK(second.incoming[1].delays == std::vector<int>{1, 2});
  REQUIRE(second.outgoing.size() == 1);
  CHECK(second.outgoing[0].population == 3);
  CHECK(second.outgoing[0].n_neurons == 2);
}

TEST_CASE("layer arrays: what a layer has not is not there") {
  const snn::NetworkParams params = network();
  const snn::ArrayLayout layout(params);
  const snn::LayerArrays first(params, layout, 1), output(params, layout, 3);
  CHECK_FALSE(first.lateral);
  CHECK_FALSE(first.w_self);
  CHECK_FALSE(first.adaptation);
  CHECK_FALSE(first.rho);
  CHECK_FALSE(first.trains_theta);
  CHECK(first.theta);
  CHECK(first.incoming.front().delays == std::vector<int>{0, 3});
  CHECK(output.outgoing.empty());
}
