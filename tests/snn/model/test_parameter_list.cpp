#include "snn/model/parameter_list.h"

#include <catch2/catch.hpp>
#include <limits>

#include "snn/model/init.h"
#include "tests/snn/sample_model.h"

using namespace snn;
using Catch::Matchers::Contains;

namespace {

NetworkParams network() {
  NetworkParams params;
  params.sizes = {3, 4, 5, 2};
  params.self_recurrent = {1, 2};
  params.bip = {2};
  params.skips = {{0, 2}, {1, 3}};
  return params;
}

}  // namespace

TEST_CASE("parameter list: the arrays of a skip-connected network in their order") {
  NetworkParams params;
  params.sizes = {12, 16, 8, 4, 5};
  params.self_recurrent = {1, 3};
  params.bip = {2};
  params.skips = {{2, 4}, {0, 2}};
  const std::vector<ParameterInfo> wanted = {
      {"w_0_1", ParameterKind::kWeight, 0, 1, 0, {16, 12}, true},
      {"w_1_2", ParameterKind::kWeight, 1, 2, 0, {8, 16}, true},
      {"w_2_3", ParameterKind::kWeight, 2, 3, 0, {4, 8}, true},
      {"w_3_4", ParameterKind::kWeight, 3, 4, 0, {5, 4}, true},
      {"w_2_4", ParameterKind::kWeight, 2, 4, 0, {5, 8}, true},
      {"w_0_2", ParameterKind::kWeight, 0, 2, 0, {8, 12}, true},
      {"w_self_1", ParameterKind::kSelfWeight, 1, 1, 0, {16}, true},
      {"w_self_3", ParameterKind::kSelfWeight, 3, 3, 0, {4}, true},
      {"theta_1", ParameterKind::kTheta, 1, 1, 0, {16}, false},
      {"theta_2", ParameterKind::kTheta, 2, 2, 0, {8}, true},
      {"theta_3", ParameterKind::kTheta, 3, 3, 0, {4}, false},
      {"theta_4", ParameterKind::kTheta, 4, 4, 0, {5}, false},
  };
  CHECK(parameter_list(params) == wanted);
}

TEST_CASE("parameter list: lateral matrices behind the skips, nothing of a frozen layer is trained") {
  NetworkParams params = network();
  params.recurrent = {2};
  params.frozen = {2};
  const std::vector<ParameterInfo> list = parameter_list(params);
  CHECK(list.at(5) == ParameterInfo{"w_rec_2", ParameterKind::kLateralWeight, 2, 2, 1, {5, 5}, false});
  CHECK(list.at(4).name == "w_1_3");
  for (const ParameterInfo& info : list) {
    INFO(info.name);
    CHECK(info.trained == (info.to != 2 && info.kind != ParameterKind::kTheta));  // only layer 2 has BIP
  }
  const ArrayLayout layout(params);
  CHECK(layout.n_weights() == 4 * 4 + 2 * 8 + 2 * 4);  // rows of 3 and 5 numbers with their gaps
  CHECK(layout.n_trained() == layout.n_weights() + 4);
}

TEST_CASE("parameter list: one weight for each delay, then what each neuron has") {
  NetworkParams params = network();
  params.self_recurrent = {2};
  params.adaptive = {1, 2};
  params.input_delays = {0, 10};
  params.forward_delays = {3};
  params.skip_delays = {1, 2};
  params.bias = true;
  const auto names = [&params] {
    std::string text;
    for (const ParameterInfo& info : parameter_list(params)) text += info.name + (info.trained ? " " : "- ");
    return text;
  };
  const std::string weights = "w_0_1 w_0_1_d10 w_1_2_d3 w_2_3_d3 w_0_2_d1 w_0_2_d2 w_1_3_d1 w_1_3_d2 w_self_2 ";
  const std::string neurons = "theta_1- theta_2 theta_3- adapt_1 adapt_2 rho_1 rho_2 bias_1 bias_2 bias_3 ";
  CHECK(names() == weights + neurons);
  const ParameterInfo late{"w_0_1_d10", ParameterKind::kWeight, 0, 1, 10, {4, 3}, true};
  CHECK(parameter_list(params)[1] == late);
  params.bias = false;
  params.normalised = true;  // has biases of its own
  CHECK(names() == weights + neurons +
                       "norm_gain_1 norm_gain_2 norm_gain_3 norm_mean_1- norm_mean_2- norm_mean_3- norm_var_1- "
                       "norm_var_2- norm_var_3- ");
  params.output_layer = OutputLayer::kLeaky;  // does not fire: not normalised
  CHECK(names() == weights + neurons + "norm_gain_1 norm_gain_2 norm_mean_1- norm_mean_2- norm_var_1- norm_var_2- ");
}

TEST_CASE("parameter list: arrays that do not fit are named") {
  const Model model = sample_model();
  const NetworkParams& params = model.training.network;
  Tensors tensors = model.parameters;
  CHECK_NOTHROW(check_parameters(params, tensors));
  SECTION("missing") {
    tensors.erase("w_self_2");
    CHECK_THROWS_WITH(check_parameters(params, tensors), Contains("array w_self_2 is missing") && Contains("[4]"));
  }
  SECTION("unknown") {
    tensors["w_9_9"] = {{1}, {0.0F}};
    CHECK_THROWS_WITH(check_parameters(params, tensors), Contains("array w_9_9 is not one of"));
  }
  SECTION("transposed") {
    tensors["w_0_1"].shape = {3, 4};
    CHECK_THROWS_WITH(check_parameters(params, tensors), "array w_0_1 has the shape [3, 4]; the network wants [4, 3]");
  }
  SECTION("too few values") {
    tensors["w_0_1"].values.pop_back();
    CHECK_THROWS_WITH(check_parameters(params, tensors), "array w_0_1 holds 11 values; its shape wants 12");
  }
  SECTION("a variance below 0") {
    NetworkParams normalised = params;
    normalised.normalised = true;
    Tensors all = initial_parameters(normalised, {}, 1);
    CHECK_NOTHROW(check_parameters(normalised, all));
    all.at("norm_mean_1").values[0] = -1.0F;
    CHECK_NOTHROW(check_parameters(normalised, all));
    all.at("norm_var_1").values[0] = -1.0F;
    CHECK_THROWS_WITH(check_parameters(normalised, all),
                      "array norm_var_1 holds -1 at index 0; wanted are finite values, none below 0");
  }
  SECTION("not finite") {
    tensors["theta_4"].values[1] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH(check_parameters(params, tensors), Contains("array theta_4 holds nan at index 1"));
  }
}

// Weights: 4 rows of 3 numbers, 5 of 4, 2 of 5, 5 of 3 and 2 of 4, each in a whole number of fours. Self-weights of 4 and 5
// neurons, theta of layer 2: 5 are trained; theta of layers 1 and 3, 4 + 2, are not.
TEST_CASE("array layout: trained arrays first, each row at a multiple of 16 bytes, no place twice") {
  const ArrayLayout layout(network());
  CHECK(layout.n_trained() == 4 * 4 + 5 * 4 + 2 * 8 + 5 * 4 + 2 * 4 + 4 + 8 + 8);
  CHECK(layout.n_values() == layout.n_trained() + 4 + 4);
  std::vector<int> owners(layout.n_values());
  std::size_t n_owned = 0;
  for (const auto& entry : layout.entries()) {
    INFO(entry.info.name);
    CHECK(entry.rows * entry.columns == entry.info.n_values());
    CHECK(entry.columns == entry.info.shape.back());
    CHECK((entry.offset < layout.n_trained()) == entry.info.trained);
    for (int row = 0; row < entry.rows; ++row) {
      const std::size_t begin = entry.offset + pitched_area(row, entry.columns);
      CHECK(begin * sizeof(float) % 16 == 0);
      for (int i = 0; i < entry.columns; ++i, ++n_owned) ++owners.at(begin + static_cast<std::size_t>(i));
    }
    CHECK(entry.size() ==
          pitched_area(entry.rows, entry.columns) - static_cast<std::size_t>(pitch(entry.columns) - entry.columns));
  }
  CHECK(*std::ranges::max_element(owners) == 1);
  CHECK(n_owned == 85);
}

TEST_CASE("array layout: weights first, then what else is trained, then the rest") {
  NetworkParams params = network();
  params.adaptive = {1};
  params.forward_delays = {0, 2};
  params.normalised = true;
  const ArrayLayout layout(params);
  // With gaps a layer of 4, 5 and 2 neurons takes 4, 8 and 4 numbers: w_self, theta, adapt and rho, bias, gain; theta, mean, variance.
  CHECK(layout.n_weights() == 16 + 2 * 20 + 2 * 16 + 20 + 8);
  CHECK(layout.n_trained() == layout.n_weights() + 12 + 8 + 2 * 4 + 16 + 16);
  CHECK(layout.n_values() == layout.n_trained() + 8 + 2 * 16);
  for (const auto& entry : layout.entries()) {
    CHECK((entry.offset < layout.n_weights()) == (entry.info.kind == ParameterKind::kWeight));
    CHECK((entry.offset < layout.n_trained()) == entry.info.trained);
  }
}

TEST_CASE("array layout: entries in the order of the parameter list") {
  const ArrayLayout layout(network());
  const auto wanted = parameter_list(network());
  REQUIRE(layout.entries().size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(layout.entries()[i].info == wanted[i]);
}
