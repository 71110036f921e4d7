// What the network takes and refuses.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/network_rig.h"
#include "tests/snn/scan/run_body.h"

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

TEST_CASE("network: rows of parameters lie apart in the back end's memory, not in tensors") {
  snn::TrainingParams params = support::small_training();
  params.network.sizes = {12, 21, 10, 4};
  Rig<float> rig(params);
  const snn::Tensors tensors = snn::initial_parameters(params.network, params.init, params.seed);
  CHECK(rig.network.parameters() == tensors);
  const std::vector<float> kept = rig.network.parameter_buffer().download();
  for (const snn::ArrayLayout::Entry& entry : rig.network.layout().entries()) {
    const std::vector<float>& values = tensors.at(entry.info.name).values;
    REQUIRE(values.size() == static_cast<std::size_t>(entry.info.n_values()));
    const int step = entry.info.name == "w_1_2" ? 24 : entry.info.name == "w_2_3" ? 12 : snn::pitch(entry.columns);
    INFO(entry.info.name);
    for (int i = 0; i < static_cast<int>(values.size()); ++i) {
      const auto at = static_cast<std::size_t>(i / entry.columns * step + i % entry.columns);
      REQUIRE(kept.at(entry.offset + at) == values[static_cast<std::size_t>(i)]);
    }
  }
}

TEST_CASE("network: gradients of what is not trained stay zero") {
  Rig<float> rig;
  rig.backward(support::synthetic(), {0, 1, 2});
  CHECK(largest(rig.network.gradients().at("theta_3").values) == 0.0);
  CHECK(largest(rig.network.gradients().at("theta_1").values) > 0.0);
}

// small_training(): 20 and 16 hidden neurons.
TEST_CASE("network: a silent neuron is one whose weights to other layers are zero, without a gradient") {
  Rig<float> rig;
  const snn::Dataset dataset = support::synthetic();
  const std::vector<int> indices = {0, 1, 2};
  snn::Batch batch = snn::make_batch(dataset, indices);
  batch.draws = {.seed = 1, .drop_neurons = 0.1};
  for (snn::UtteranceView& view : batch.utterances) view.stream = 2;  // the same for all
  const auto silent_of = [&batch](int layer, int n_neurons) {
    std::vector<std::uint8_t> flags(static_cast<std::size_t>(n_neurons));
    support::run_tiles<1>(
        snn::DrawSilent{1, n_neurons, layer, batch.utterances.data(), batch.draws, flags.data(), flags.size()});
    std::vector<std::size_t> silent;
    for (std::size_t n = 0; n < flags.size(); ++n) {
      if (flags[n] != 0) silent.push_back(n);
    }
    return silent;
  };
  const std::vector<std::size_t> first = silent_of(1, 20), second = silent_of(2, 16);
  REQUIRE((!first.empty() && !second.empty()));
  rig.network.forward(batch);
  const std::vector<float> sums = rig.network.class_sums();
  for (const std::size_t n : first) CHECK(rig.network.spike_counts(1)[n] == 0);
  for (const std::size_t n : second) CHECK(rig.network.spike_counts(2)[n] == 0);
  rig.network.backward(rig.params.loss);
  const snn::Tensors gradients = rig.network.gradients();
  snn::Tensors cut = rig.network.parameters();
  const auto clear_column = [&cut](const char* name, std::size_t n_from, std::size_t from) {
    std::vector<float>& values = cut.at(name).values;
    for (std::size_t i = from; i < values.size(); i += n_from) values[i] = 0.0F;
  };
  for (const std::size_t n : first) clear_column("w_1_2", 20, n), clear_column("w_1_3", 20, n);
  for (const std::size_t n : second) clear_column("w_2_3", 16, n);
  rig.network.set_parameters(cut);
  rig.backward(dataset, indices);
  CHECK(rig.network.class_sums() == sums);
  for (const auto& [name, tensor] : rig.network.gradients()) {
    INFO(name);
    if (name == "w_0_1" || name == "w_0_2" || name == "w_self_1" || name == "theta_2") {
      CHECK(tensor == gradients.at(name));  // a neuron that sends nothing has no error
    }
  }
  for (std::size_t k = 0; k < 12; ++k) CHECK(gradients.at("w_0_1").values[first[0] * 12 + k] == 0.0F);
  CHECK(gradients.at("w_self_1").values[first[0]] == 0.0F);
}

TEST_CASE("network: what is mixed with itself stays what it was, another one or noise changes it") {
  Rig<float> rig;
  const snn::Dataset dataset = support::synthetic();
  snn::Batch batch = snn::make_batch(dataset, std::vector<int>{0, 1});
  const snn::LossParams loss{.kind = snn::LossKind::kSoftmax};
  const auto gradients = [&] {
    rig.network.forward(batch);
    rig.network.backward(loss);
    return rig.network.gradients();
  };
  const snn::Tensors plain = gradients();
  const auto sums = rig.network.class_sums();
  batch.utterances[0].partner = 0;
  batch.utterances[0].share = 0.4F;
  CHECK(gradients() == plain);
  batch.utterances[0].partner = 1;
  batch.utterances[0].share = 1.0F;
  CHECK_FALSE(gradients() == plain);  // the labels are mixed too, so look at what comes out as well
  CHECK_FALSE(rig.network.class_sums() == sums);
  batch.utterances[0].partner = -1;
  CHECK(gradients() == plain);
  batch.utterances[1].noise = 0.25F;
  CHECK_FALSE(gradients() == plain);
}

TEST_CASE("network: a batch that does not fit is refused") {
  Rig<float> rig;
  const snn::Dataset dataset = support::synthetic();
  const auto with = [&](const std::function<void(snn::Batch&)>& change) {
    snn::Batch batch = snn::make_batch(dataset, std::vector<int>{0, 1});
    change(batch);
    return batch;
  };
  using Change = void (*)(snn::Batch&);
  CHECK_THROWS_WITH(rig.forward(support::synthetic({.n_channels = 13}), {0}),
                    "batch: 13 channels, the network wants 12");
  for (const Change change :
       {Change([](auto& b) { b.utterances.pop_back(); }), Change([](auto& b) { b.row_begin.pop_back(); }),
        Change([](auto& b) { b.row_begin[1] = b.row_begin[2] + 1; }), Change([](auto& b) { b.row_begin[1] = 0; }),
        Change([](auto& b) { b.row_begin[0] = 1; }), Change([](auto& b) { b.row_begin = {0}; }),
        Change([](auto& b) { b.row_begin.clear(); }), Change([](auto& b) { b = {.n_channels = 12}; }),
        Change([](auto& b) { b.utterances[1].partner = 2; })}) {
    CHECK_THROWS_AS(rig.network.forward(with(change)), std::invalid_argument);
  }
}

TEST_CASE("network: a backward pass without its forward pass, or with labels it does not know, is refused") {
  Rig<float> rig;
  const snn::Dataset dataset = support::synthetic();
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("forward"));
  snn::Batch batch = snn::make_batch(dataset, std::vector<int>{0, 1});
  for (const int label : {-1, 4}) {
    batch.labels[1] = label;
    rig.network.forward(batch);
    CHECK_THROWS_WITH(rig.network.backward({}), Contains("label " + std::to_string(label)) && Contains("0 to 3"));
  }
  batch = snn::make_batch(dataset, std::vector<int>{0, 1, 2});
  rig.network.infer(batch);
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("forward"));
  CHECK_THROWS_WITH(rig.network.forward(), Contains("loaded"));
  rig.network.forward(batch);
  rig.network.backward({});
  CHECK_THROWS_WITH(rig.network.backward({}), Contains("forward"));
}

TEST_CASE("network: parameters out of range are refused") {
  const auto backend = snn::make_backend({.n_threads = 1});
  snn::TrainingParams params = support::small_training();
  params.network.tau_s = 0.5;
  CHECK_THROWS_AS(snn::Network<float>(params.network, {}, *backend), std::invalid_argument);
  params = support::small_training();
  params.gradient.slope = 0.0;
  CHECK_THROWS_AS(snn::Network<float>(params.network, params.gradient, *backend), std::invalid_argument);
}
