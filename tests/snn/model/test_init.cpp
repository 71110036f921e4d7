#include "snn/model/init.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

using namespace snn;

namespace {

NetworkParams network() {
  NetworkParams params;
  params.sizes = {50, 200, 100, 100, 10};
  params.self_recurrent = {1, 2, 3};
  return params;
}

struct Moments {
  double mean = 0.0, std_dev = 0.0;
};

Moments moments(const Tensor& tensor) {
  double sum = 0.0, squares = 0.0;
  for (const float value : tensor.values) sum += value, squares += double{value} * value;
  const auto n = static_cast<double>(tensor.values.size());
  return {sum / n, std::sqrt(squares / n - sum * sum / n / n)};
}

}  // namespace

TEST_CASE("init: every array of the network is there") {
  NetworkParams params = network();
  params.skips = {{0, 2}};
  CHECK_NOTHROW(check_parameters(params, initial_parameters(params, {}, 1)));
}

TEST_CASE("init: weights spread by their own connection's fan-in") {
  NetworkParams params = network();
  params.skips = {{1, 3}};
  const Tensors tensors = initial_parameters(params, {.w_scale = 0.5}, 1);
  const auto check = [&](const char* name, int fan_in) {
    const double wanted = 0.5 * std::sqrt(2.0 / fan_in);
    const Tensor& tensor = tensors.at(name);
    const auto n = static_cast<double>(tensor.values.size());
    INFO(name);
    // Four standard errors of mean and standard deviation.
    CHECK(std::abs(moments(tensor).mean) < 4 * wanted / std::sqrt(n));
    CHECK(std::abs(moments(tensor).std_dev - wanted) < 4 * wanted / std::sqrt(2 * n));
  };
  check("w_0_1", 50);
  check("w_1_2", 200);
  check("w_2_3", 100);
  check("w_1_3", 200);
}

TEST_CASE("init: self-weights have the mean and spread given, theta follows tau_m") {
  NetworkParams params = network();
  params.tau_m = 64.0;
  Tensors tensors = initial_parameters(params, {.w_self_mean = 0.3, .w_self_std = 0.0}, 1);
  CHECK(tensors.at("w_self_2").values == std::vector<float>(100, 0.3F));
  CHECK(tensors.at("theta_4").values == std::vector<float>(10, 0.984375F));  // 1 - 1/64
  tensors = initial_parameters(params, {.w_self_mean = 0.3, .w_self_std = 0.2}, 1);
  CHECK(std::abs(moments(tensors.at("w_self_1")).mean - 0.3) < 4 * 0.2 / std::sqrt(200.0));
  CHECK(std::abs(moments(tensors.at("w_self_1")).std_dev - 0.2) < 4 * 0.2 / std::sqrt(400.0));
  CHECK(initial_parameters(params, {}, 1).at("w_self_1").values == std::vector<float>(200, 0.0F));
}

TEST_CASE("init: the copies of a connection with delays share its spread") {
  NetworkParams params = network();
  params.skips = {{1, 3}};
  params.input_delays = {0, 5};
  params.forward_delays = {0, 1, 2};
  params.skip_delays = {7, 8, 9, 10};
  const Tensors tensors = initial_parameters(params, {.w_scale = 0.5}, 1);
  const auto check = [&](const char* name, int n_sources) {
    const double wanted = 0.5 * std::sqrt(2.0 / n_sources);
    INFO(name);
    CHECK(std::abs(moments(tensors.at(name)).std_dev - wanted) <
          4 * wanted / std::sqrt(2 * static_cast<double>(tensors.at(name).values.size())));
  };
  check("w_0_1", 50 * 2);
  check("w_0_1_d5", 50 * 2);
  check("w_1_2_d2", 200 * 3);
  check("w_3_4", 100 * 3);
  check("w_1_3_d9", 200 * 4);
  CHECK(tensors.at("w_0_1").values != tensors.at("w_0_1_d5").values);
}

TEST_CASE("init: where adaptation, biases and normalisation begin") {
  NetworkParams params = network();
  params.adaptive = {2};
  params.tau_a = 32.0;
  params.normalised = true;
  const Tensors tensors = initial_parameters(params, {.adaptation = 0.25}, 1);
  const auto all = [&tensors](const char* name, float wanted) {
    INFO(name);
    const std::vector<float>& values = tensors.at(name).values;
    CHECK(values == std::vector<float>(values.size(), wanted));
  };
  all("adapt_2", 0.25F);
  all("rho_2", 0.96875F);  // 1 - 1/32
  all("bias_1", 0.0F);
  all("norm_gain_4", 1.0F);
  all("norm_mean_3", 0.0F);
  all("norm_var_3", 1.0F);
}

TEST_CASE("init: an output layer of means has no membrane, one of potentials has") {
  NetworkParams params = network();
  params.output_layer = OutputLayer::kMean;
  CHECK(initial_parameters(params, {}, 1).at("theta_4").values == std::vector<float>(10, 0.0F));
  CHECK(initial_parameters(params, {}, 1).at("theta_3").values == std::vector<float>(100, 0.9375F));
  params.output_layer = OutputLayer::kLeaky;
  CHECK(initial_parameters(params, {}, 1).at("theta_4").values == std::vector<float>(10, 0.9375F));
}

// log tau is uniform: mean log tau_m, standard deviation log(spread) / sqrt(3).
TEST_CASE("init: trained thetas spread log-uniformly around tau_m, the others do not") {
  NetworkParams params = network();
  params.sizes[1] = 2000;
  params.tau_m = 16.0;
  params.bip = {1};
  const Tensors tensors = initial_parameters(params, {.tau_m_spread = 4.0}, 1);
  Tensor logs = tensors.at("theta_1");
  for (float& value : logs.values) value = -std::log(1.0F - value);
  const double wanted = std::log(4.0) / std::sqrt(3.0);
  CHECK(std::abs(moments(logs).mean - std::log(16.0)) < 4 * wanted / std::sqrt(2000.0));
  CHECK(std::abs(moments(logs).std_dev - wanted) < 4 * wanted / std::sqrt(4000.0));
  const auto [low, high] = std::minmax_element(logs.values.begin(), logs.values.end());
  CHECK(*low > std::log(4.0F) - 1e-4F);
  CHECK(*low < std::log(4.1F));
  CHECK(*high < std::log(64.0F) + 1e-4F);
  CHECK(*high > std::log(63.0F));
  const Tensors plain = initial_parameters(params, {}, 1);
  for (const auto& [name, tensor] : plain) CHECK((name == "theta_1") == (tensors.at(name) != tensor));
}

TEST_CASE("init: a spread tau_m stays above one step") {
  NetworkParams params = network();
  params.tau_m = 2.0;
  params.bip = {1};
  const Tensors tensors = initial_parameters(params, {.tau_m_spread = 100.0}, 1);
  for (const float theta : tensors.at("theta_1").values) {
    CHECK((theta >= 0.0F && theta < 1.0F));
  }
}

TEST_CASE("init: another switch or layer changes no other array") {
  const Tensors plain = initial_parameters(network(), {}, 1);
  NetworkParams more = network();
  more.skips = {{1, 3}, {0, 3}};
  more.bip = {1, 2};
  const Tensors skipped = initial_parameters(more, {}, 1);
  for (const auto& [name, tensor] : plain) CHECK(skipped.at(name) == tensor);
  CHECK(initial_parameters(network(), {.w_self_std = 1.0}, 1).at("w_2_3") == plain.at("w_2_3"));
}

TEST_CASE("init: the weights of a seed are for ever what they were") {
  NetworkParams params;
  params.sizes = {2, 2};  // fan-in 2: standard deviation 1
  // tests/reference/make_reference_random.py, an independent program; float32 and another library's log and cos.
  const std::vector<double> wanted = {-1.8972358090755101, -1.6112145231012214, -1.3044855025416437,
                                      -1.043920056708441};
  const Tensors tensors = initial_parameters(params, {.w_scale = 1.0}, 1);
  for (std::size_t i = 0; i < 4; ++i) CHECK(tensors.at("w_0_1").values[i] == Approx(wanted[i]).epsilon(1e-7));
}

TEST_CASE("init: the seed decides, arrays differ from one another") {
  const Tensors one = initial_parameters(network(), {}, 1);
  CHECK(one == initial_parameters(network(), {}, 1));
  CHECK_FALSE(one.at("w_0_1") == initial_parameters(network(), {}, 2).at("w_0_1"));
  NetworkParams square;
  square.sizes = {9, 9, 9};
  const Tensors tensors = initial_parameters(square, {}, 1);
  CHECK(tensors.at("w_0_1").values != tensors.at("w_1_2").values);
}
