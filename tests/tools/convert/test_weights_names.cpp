#include "tools/convert/weights_names.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>

#include "tests/snn/byte_sources.h"
#include "tests/tools/convert/weights_bytes.h"

using Catch::Contains;
using weights_bytes::Array;
using weights_bytes::bytes_of;
using weights_bytes::file_of;

namespace {

/// What state_dict() of a network of snnTorch 1.0 holds: Linear(2, 1), then Synaptic(alpha=0.875, beta, threshold=1,
/// reset_mechanism="zero").
std::vector<Array> state_dict() {
  return {{"fc1.weight", "F32", "[1,2]", bytes_of<float>({3, 4})},
          {"lif1.threshold", "F32", "[]", bytes_of<float>({1})},
          {"lif1.graded_spikes_factor", "F32", "[]", bytes_of<float>({1})},
          {"lif1.reset_mechanism_val", "I64", "[]", bytes_of<std::int64_t>({1})},
          {"lif1.beta", "F32", "[]", bytes_of<float>({0.9375F})},
          {"lif1.alpha", "F32", "[]", bytes_of<float>({0.875F})},
          {"lif1.syn", "F32", "[1]", bytes_of<float>({0})},
          {"lif1.mem", "F32", "[0]", ""}};
}

/// Names them and compares the constants with tau_s = 8 and a threshold of 1/8.
snn::Tensors import(const std::vector<Array>& arrays, const std::vector<std::string>& names = {}) {
  CountedBytes bytes{file_of(arrays)};
  const tools::NamedWeights named = tools::name_weights(snn::WeightsFile(bytes.file()), names);
  snn::NetworkParams network;
  network.tau_s = 8.0;
  network.v_th = 0.125;
  tools::check_constants(named.constants, network);
  return named.tensors;
}

}  // namespace

TEST_CASE("weights names: a state_dict of snnTorch as it is") {
  const snn::Tensors tensors = import(state_dict());
  REQUIRE(tensors.size() == 2);
  CHECK(tensors.at("w_0_1").values == std::vector<float>{3, 4});
  CHECK(tensors.at("theta_1").values == std::vector<float>{0.9375F});
}

TEST_CASE("weights names: constants that are not the network's are named with what is wanted") {
  struct Case {
    std::size_t array;
    std::string bytes, said;
  };
  for (const Case& each : std::vector<Case>{
           {1, bytes_of<float>({0.125F}), "lif1.threshold: holds 0.125, --threshold 0.125 with --tau-s 8 is 1 there"},
           {2, bytes_of<float>({2}), "lif1.graded_spikes_factor: holds 2"},
           {3, bytes_of<std::int64_t>({0}), "lif1.reset_mechanism_val: holds 0, a network that resets to zero"},
           {5, bytes_of<float>({0.9F}), "lif1.alpha: holds 0.9, --tau-s 8 is 0.875 there"}}) {
    auto arrays = state_dict();
    arrays[each.array].bytes = each.bytes;
    CHECK_THROWS_WITH(import(arrays), Contains(each.said) && Contains("--name " + arrays[each.array].name + "="));
    CHECK(import(arrays, {arrays[each.array].name + "="}).size() == 2);
  }
}

TEST_CASE("weights names: a tensor that is dropped may be of any type") {
  auto arrays = state_dict();
  arrays.push_back({"bn.num_batches_tracked", "I64", "[]", bytes_of<std::int64_t>({std::int64_t{1} << 40})});
  arrays.push_back({"mask", "BOOL", "[3]", "\1\1\1"});
  arrays.push_back({"none", "F32", "[0,5]", ""});
  CHECK_THROWS_WITH(import(arrays), Contains("bn.num_batches_tracked []: not a name that is known, of type I64"));
  CHECK(import(arrays, {"bn.num_batches_tracked=", "mask=", "none="}).size() == 2);
  CHECK_THROWS_WITH(import(arrays, {"bn.num_batches_tracked=", "none=", "mask=w_1_2"}),
                    Contains("array mask is of type BOOL"));
}

TEST_CASE("weights names: a bias is the bias of its layer, and delayed copies keep their names") {
  auto arrays = state_dict();
  arrays.push_back({"fc1.bias", "F32", "[1]", bytes_of<float>({0.5F})});
  arrays.push_back({"w_0_1_d12", "F32", "[1,2]", bytes_of<float>({5, 6})});
  const snn::Tensors tensors = import(arrays);
  CHECK(tensors.at("bias_1").values == std::vector<float>{0.5F});
  CHECK(tensors.at("w_0_1_d12").values == std::vector<float>{5, 6});
  for (const std::string name : {"w_0_1_d0", "w_0_1_d", "w_0_1_d05", "norm_gain_1"}) {
    arrays.back().name = name;
    CHECK_THROWS_WITH(import(arrays), Contains(name + " [1][2]: not a name that is known"));
  }
}

TEST_CASE("weights names: of many names a message has the first") {
  std::vector<Array> arrays;
  for (int i = 0; i < 5000; ++i) arrays.push_back({"w" + std::to_string(i), "F32", "[1]", bytes_of<float>({0})});
  try {
    import(arrays, {"x=w_0_1"});
    FAIL("imported");
  } catch (const std::invalid_argument& error) {
    CHECK_THAT(error.what(), Contains("there is no tensor x") && Contains("and 4980 more"));
    CHECK(std::string(error.what()).size() < 500);
  }
}

TEST_CASE("weights names: snnTorch stores the weights of one-to-one recurrence twice") {
  for (const std::string shape : {"[]", "[1]"}) {
    auto arrays = state_dict();
    arrays.push_back({"lif1.V", "F32", shape, bytes_of<float>({0.25F})});
    arrays.push_back({"lif1.recurrent.V", "F32", "[1]", bytes_of<float>({0.25F})});
    CHECK(import(arrays).at("w_self_1").values == std::vector<float>{0.25F});
    arrays.back().bytes = bytes_of<float>({0.5F});
    CHECK_THROWS_WITH(import(arrays), Contains("a second tensor that would be w_self_1, with other values") &&
                                          Contains("--name lif1.recurrent.V= leaves it out"));
    CHECK(import(arrays, {"lif1.V="}).at("w_self_1").values == std::vector<float>{0.5F});
  }
}
