#include "snn/model/folding.h"

#include <catch2/catch.hpp>

#include "snn/train/optimiser.h"
#include "tests/snn/network_rig.h"

using namespace snn;

namespace {

Tensor neurons(const std::vector<float>& values) {
  return {{static_cast<std::int64_t>(values.size())}, values};
}

}  // namespace

// Deviations 1/2 and 2 of the layer's neurons, epsilon included: gains of 2 and 4 make factors of 4 and 2, means of 3 and -1 are
// taken away scaled. Layer 2 does not fire, so it has a bias and nothing else.
TEST_CASE("folding: gain over deviation into weights, the mean into the bias", "[BatchNorm folded]") {
  NetworkParams network;
  network.sizes = {2, 2, 1};
  network.input_delays = {0, 1};
  network.self_recurrent = {1};
  network.normalised = true;
  network.output_layer = OutputLayer::kMean;
  const Tensors parameters = {{"w_0_1", {{2, 2}, {1, -2, 3, 0.5}}},
                              {"w_0_1_d1", {{2, 2}, {0, 1, 2, 4}}},
                              {"w_1_2", {{1, 2}, {7, 8}}},
                              {"w_self_1", neurons({0.25F, 0.5F})},
                              {"theta_1", neurons({0.5F, 0.5F})},
                              {"theta_2", neurons({0})},
                              {"bias_1", neurons({1, 2})},
                              {"bias_2", neurons({-3})},
                              {"norm_gain_1", neurons({2, 4})},
                              {"norm_mean_1", neurons({3, -1})},
                              {"norm_var_1", neurons({0.24999F, 3.99999F})}};
  const Folded folded = fold_normalisation(network, parameters);
  NetworkParams plain = network;
  plain.normalised = false;
  plain.bias = true;
  CHECK(folded.network == plain);
  CHECK_NOTHROW(check_parameters(plain, folded.parameters));
  const auto check = [&folded](const char* name, const std::vector<double>& wanted) {
    INFO(name);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      CHECK(folded.parameters.at(name).values[i] == Approx(wanted[i]).epsilon(1e-6));
    }
  };
  check("w_0_1", {4, -8, 6, 1});
  check("w_0_1_d1", {0, 4, 4, 8});
  check("bias_1", {1 - 4 * 3, 2 + 2});
  for (const char* same : {"w_1_2", "w_self_1", "theta_1", "theta_2", "bias_2"}) {
    CHECK(folded.parameters.at(same) == parameters.at(same));
  }
}

TEST_CASE("folding: a network that is not normalised comes back as it is") {
  const TrainingParams params = support::small_training();
  const Tensors parameters = initial_parameters(params.network, {}, 1);
  const Folded folded = fold_normalisation(params.network, parameters);
  CHECK(folded.network == params.network);
  CHECK(folded.parameters == parameters);
}

// Running values are the first batch's after it. Folded weights are floats: off by 6e-8, and the drive by a few times that.
TEST_CASE("folding: with the batch's mean and variance the folded network is the normalised one",
          "[BatchNorm folded]") {
  TrainingParams params = support::small_training();
  params.network.normalised = true;
  params.network.adaptive = {2};
  params.network.forward_delays = {0, 3};
  params.network.output_layer = GENERATE(OutputLayer::kSpiking, OutputLayer::kLeaky);
  if (params.network.output_layer != OutputLayer::kSpiking) params.network.bip = {1, 2};
  support::NetworkRig<double> rig(params);
  Tensors parameters = rig.network.parameters();
  for (auto& [name, tensor] : parameters) {
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      if (name.starts_with("bias")) tensor.values[i] = 0.5F - 0.25F * static_cast<float>(i % 4);
      if (name.starts_with("norm_gain")) tensor.values[i] = 2.0F + 0.5F * static_cast<float>(i % 3);
    }
  }
  rig.network.set_parameters(parameters);
  const Dataset dataset = support::synthetic();
  const std::vector<int> indices = {3, 0, 7, 11, 2};
  Optimiser<double> optimiser(params.optimiser, rig.network);
  rig.backward(dataset, indices);
  optimiser.prepare(1.0);
  rig.network.keep_norms(optimiser.device_state(), optimiser.device_coeffs());
  const Batch batch = rig.forward(dataset, indices);
  const Folded folded = fold_normalisation(params.network, rig.network.parameters());
  params.network = folded.network;
  support::NetworkRig<double> plain(params);
  plain.network.set_parameters(folded.parameters);
  plain.network.forward(batch);
  int n_spikes = 0;
  for (int l = 1; l <= 3; ++l) {
    const std::vector<int> spikes = rig.network.spike_counts(l);
    for (const int n : spikes) n_spikes += n;
    CHECK(plain.network.spike_counts(l) == spikes);
  }
  CHECK(n_spikes > 100);
  const std::vector<double> wanted = rig.network.output_psc(), found = plain.network.output_psc();
  REQUIRE(found.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) CHECK(found[i] == Approx(wanted[i]).margin(1e-5));
}
