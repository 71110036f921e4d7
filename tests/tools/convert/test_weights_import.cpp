#include "tools/convert/weights_import.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <catch2/catch.hpp>
#include <string>

#include "snn/model/init.h"

#include "tests/snn/byte_sources.h"
#include "tests/tools/convert/weights_bytes.h"

using Catch::Contains;
using weights_bytes::Array;
using weights_bytes::bytes_of;
using weights_bytes::file_of;

namespace {

/// A network of everything that arrays may say, with thetas of its own in layer 1.
snn::NetworkParams full_network() {
  return {.sizes = {3, 4, 5, 2},
          .self_recurrent = {2},
          .bip = {1},
          .skips = {{0, 2}, {1, 3}},
          .adaptive = {1, 2},
          .recurrent = {1},
          .input_delays = {0, 6, 12},
          .forward_delays = {5},
          .skip_delays = {0, 10'000},
          .bias = true};
}

snn::Tensors arrays_of(const snn::NetworkParams& network) {
  snn::Tensors tensors = snn::initial_parameters(network, {.tau_m_spread = 2.0}, 1);
  for (float& value : tensors.at("bias_2").values) value = 0.25F;
  return tensors;
}

using Values = std::map<std::string, snn::FieldValue>;
const Values kConstants = {{"tau_m", 16.0}, {"tau_s", 8.0}, {"v_th", 1.0}};

snn::Model import(const snn::Tensors& tensors, Values values = kConstants) {
  std::vector<Array> arrays;
  for (const auto& [name, tensor] : tensors) {
    arrays.push_back({name, "F32", fmt::format("[{}]", fmt::join(tensor.shape, ",")), bytes_of(tensor.values)});
  }
  CountedBytes bytes{file_of(arrays)};
  tools::ImportContext context;
  context.constants.values = std::move(values);
  context.target.classes = {"no", "yes"};
  return tools::import_weights(snn::WeightsFile(bytes.file()), context);
}

}  // namespace

TEST_CASE("weights import: delays, adaptation and biases as MODEL.md names them") {
  const snn::Tensors tensors = arrays_of(full_network());
  const snn::Model model = import(tensors);
  CHECK(model.training.network == full_network());
  CHECK(model.parameters == tensors);
}

TEST_CASE("weights import: zeros of a lateral matrix are missing connections") {
  snn::Tensors tensors = arrays_of(full_network());
  for (const std::size_t i : {0, 5, 6, 7}) tensors.at("w_rec_1").values.at(i) = 0.0F;
  CHECK(import(tensors).training.network.recurrent_density == 0.75);
  tensors.erase("w_rec_1");
  Values values = kConstants;
  values["recurrent_density"] = 0.5;
  CHECK_THROWS_WITH(import(tensors, values), Contains("--recurrent-density has no effect"));
}

TEST_CASE("weights import: arrays that are absent beside others of their kind") {
  snn::Tensors tensors = arrays_of(full_network());
  tensors.erase("bias_1");
  CHECK(import(tensors).parameters.at("bias_1") == snn::Tensor{{4}, {0, 0, 0, 0}});
  tensors.at("bias_2").values.assign(5, 0.0F);
  CHECK_FALSE(import(tensors).training.network.bias);
  tensors.erase("rho_2");
  CHECK_THROWS_WITH(import(tensors), Contains("--tau-a (there are layers with adapt_L and without rho_L)"));
  Values values = kConstants;
  values["tau_a"] = 20.0;
  CHECK(import(tensors, values).parameters.at("rho_2") == snn::Tensor{{5}, std::vector<float>(5, 0.95F)});
  CHECK_THROWS_WITH(import(arrays_of(full_network()), values), Contains("--tau-a has no effect"));
  tensors.erase("w_0_2_d10000");
  CHECK_THROWS_WITH(import(tensors, values), Contains("array w_0_2_d10000 is missing"));
  tensors.erase("w_1_2_d5");
  CHECK_THROWS_WITH(import(tensors, values), Contains("w_1_2: no tensor of that name"));
  tensors = arrays_of(full_network());
  tensors.at("rho_1").values[2] = 1.0F;
  CHECK_THROWS_WITH(import(tensors), Contains("rho_1: holds 1; wanted is 0 to below 1"));
}

TEST_CASE("weights import: an output layer that does not fire") {
  snn::NetworkParams network = full_network();
  network.output_layer = snn::OutputLayer::kMean;
  snn::Tensors tensors = arrays_of(network);
  Values values = kConstants;
  values["output_layer"] = snn::OutputLayer::kMean;
  tensors.erase("theta_3");
  const snn::Model model = import(tensors, values);
  CHECK(model.training.network == network);
  CHECK(model.parameters == arrays_of(network));
  tensors["theta_3"] = {{2}, {0.5F, 0.5F}};
  CHECK_THROWS_WITH(import(tensors, values), Contains("theta_3: is not 0, and an output layer mean has no membrane"));
  values["output_layer"] = snn::OutputLayer::kLeaky;
  CHECK(import(tensors, values).training.network.bip == std::vector<int>{1, 3});
}

TEST_CASE("weights import: one weight of recurrence stands for all neurons of the layer") {
  const std::string square = bytes_of<float>({1, 2, 3, 4});
  CountedBytes bytes{file_of({{"fc1.weight", "F32", "[2,2]", square},
                              {"fc2.weight", "F32", "[2,2]", square},
                              {"lif1.V", "F32", "[]", bytes_of<float>({0.25F})},
                              {"lif1.recurrent.V", "F32", "[]", bytes_of<float>({0.25F})},
                              {"lif2.recurrent.V", "F32", "[1]", bytes_of<float>({-0.5F})}})};
  tools::ImportContext context;
  context.constants.values = {{"tau_m", 16.0}, {"tau_s", 8.0}, {"v_th", 1.0}};
  context.target.classes = {"no", "yes"};
  context.target.input_kind = "counts";
  context.target.recipe_json = "[]";
  const snn::Model model = tools::import_weights(snn::WeightsFile(bytes.file()), context);
  CHECK(model.parameters.at("w_self_1") == snn::Tensor{{2}, {0.25F, 0.25F}});
  CHECK(model.parameters.at("w_self_2") == snn::Tensor{{2}, {-0.5F, -0.5F}});
  CHECK(model.training.network.self_recurrent == std::vector<int>{1, 2});
}
