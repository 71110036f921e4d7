// Recurrent and frozen layers of a network, beside what they must be equal to.
#include <catch2/catch.hpp>

#include "tests/snn/network_rig.h"
#include "tests/snn/scan/run_body.h"

using support::same_bits;

namespace {

template <class Real>
using Rig = support::NetworkRig<Real>;

constexpr int kWide = 70;  // more than one tile

snn::TrainingParams recurrent_training(const std::vector<int>& layers, snn::Rule rule = snn::Rule::kSurrogate) {
  snn::TrainingParams params = support::small_training();
  params.network.sizes[1] = kWide;
  params.network.recurrent = layers;
  params.gradient.rule = rule;
  return params;
}

const std::vector<int> kUtterances = {0, 5, 3, 17, 11};

}  // namespace

TEST_CASE("recurrent network: a diagonal lateral matrix is the self-recurrent layer",
          "[ScSr Eq. 11][Ossicle lateral error]") {
  const snn::Dataset dataset = support::synthetic();
  for (const snn::Rule rule : {snn::Rule::kStep, snn::Rule::kSurrogate, snn::Rule::kLayer}) {
    INFO(to_string(rule));
    snn::TrainingParams params = recurrent_training({}, rule);
    params.network.self_recurrent = {1};
    params.init.w_self_std = 0.3;
    Rig<double> self(params);
    snn::Tensors tensors = self.network.parameters();
    params.network.self_recurrent.clear();
    params.network.recurrent = {1};
    Rig<double> lateral(params);
    snn::Tensor& w = tensors["w_rec_1"];
    w = {{kWide, kWide}, std::vector<float>(kWide * kWide)};
    for (int n = 0; n < kWide; ++n) w.values[n * (kWide + 1)] = tensors.at("w_self_1").values[n];
    tensors.erase("w_self_1");
    lateral.network.set_parameters(tensors);
    // Sums in another order: some hundred additions of numbers of either sign.
    CHECK(lateral.backward(dataset, kUtterances) == Approx(self.backward(dataset, kUtterances)).epsilon(1e-12));
    CHECK(lateral.network.spike_counts(1) == self.network.spike_counts(1));
    const snn::Tensors gradients = lateral.network.gradients();
    for (const auto& [name, wanted] : self.network.gradients()) {
      INFO(name);
      for (std::size_t i = 0; i < wanted.values.size(); ++i) {
        const float found =
            name == "w_self_1" ? gradients.at("w_rec_1").values[i * (kWide + 1)] : gradients.at(name).values[i];
        CHECK(found == Approx(wanted.values[i]).epsilon(1e-6).margin(1e-6));
      }
    }
  }
}

TEST_CASE("recurrent network: the number of threads and the batch's other utterances change no bit") {
  const snn::Dataset dataset = support::synthetic();
  std::vector<int> many;
  for (int i = 0; i < 60; ++i) many.push_back(i % 24);
  snn::TrainingParams params = recurrent_training({1, 2}, snn::Rule::kStep);
  params.network.recurrent_density = 0.7;
  Rig<float> one(params, 1), three(params, 3);
  one.backward(dataset, many), three.backward(dataset, many);
  CHECK(same_bits(one.gradients(), three.gradients()));
  CHECK(one.network.class_sums() == three.network.class_sums());
  const std::vector<int> spikes = one.network.spike_counts(2);
  one.network.infer(snn::make_batch(dataset, std::vector<int>{many[7]}));
  CHECK(std::equal(spikes.begin() + 7 * 16, spikes.begin() + 8 * 16, one.network.spike_counts(2).begin()));
}

TEST_CASE("recurrent network: every instruction set gives the same spikes and gradients") {
  const snn::Dataset dataset = support::synthetic();
  const snn::TrainingParams params = recurrent_training({1, 2}, snn::Rule::kStep);
  Rig<double> wanted(params);
  wanted.backward(dataset, kUtterances);
  const std::vector<double> gradients = wanted.gradients();
  double largest = 0.0;
  for (const double value : gradients) largest = std::max(largest, std::abs(value));
  for (const std::string& isa : snn::isa_names()) {
    INFO(isa);
    const auto backend = snn::make_cpu_backend<double>(1, isa);
    snn::Network<double> network(params.network, params.gradient, *backend);
    network.set_parameters(wanted.network.parameters());
    network.forward(snn::make_batch(dataset, kUtterances));
    CHECK(network.spike_counts(1) == wanted.network.spike_counts(1));
    network.backward(params.loss);
    const std::vector<double> found = network.gradient_buffer().download();
    double apart = 0.0;
    for (std::size_t i = 0; i < found.size(); ++i) apart = std::max(apart, std::abs(found[i] - gradients[i]));
    CHECK(apart <= 1e-12 * largest);  // products sum in another order, and errors grow little over 30 steps
  }
}

TEST_CASE("recurrent network: inference has the bits of the forward pass") {
  const snn::Dataset dataset = support::synthetic();
  Rig<float> rig(recurrent_training({1, 2}));
  const snn::Batch batch = rig.forward(dataset, kUtterances);
  const std::vector<float> sums = rig.network.class_sums();
  rig.network.infer(batch);
  CHECK(same_bits(rig.network.class_sums(), sums));
}

TEST_CASE("recurrent network: missing connections get no gradient", "[Ossicle sparse recurrence]") {
  snn::TrainingParams params = recurrent_training({1});
  params.network.recurrent_density = 0.5;
  Rig<float> rig(params);
  rig.backward(support::synthetic(), kUtterances);
  const snn::Tensors gradients = rig.network.gradients(), parameters = rig.network.parameters();
  const auto& w = parameters.at("w_rec_1").values;
  const auto& dw = gradients.at("w_rec_1").values;
  int n_missing = 0, n_trained = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    n_missing += w[i] == 0.0F;
    if (w[i] == 0.0F) REQUIRE(dw[i] == 0.0F);
    n_trained += dw[i] != 0.0F;
  }
  CHECK(n_missing > 2000);
  CHECK(n_trained > 1000);
}

TEST_CASE("frozen layers: no gradients there, and those of the other layers as without") {
  const snn::Dataset dataset = support::synthetic();
  for (const std::vector<int>& frozen : {std::vector<int>{1}, {2}, {1, 2}, {3}}) {
    snn::TrainingParams params = recurrent_training({1});
    Rig<float> free(params);
    params.network.frozen = frozen;
    Rig<float> rig(params);
    CHECK(rig.backward(dataset, kUtterances) == free.backward(dataset, kUtterances));
    const snn::Tensors wanted = free.network.gradients(), found = rig.network.gradients();
    for (const snn::ParameterInfo& info : snn::parameter_list(params.network)) {
      INFO(info.name << ", first frozen layer " << frozen.front());
      const std::vector<float> none(found.at(info.name).values.size());
      const bool is_frozen = std::ranges::count(frozen, info.to) > 0;
      CHECK(same_bits(found.at(info.name).values, is_frozen ? none : wanted.at(info.name).values));
    }
  }
}
