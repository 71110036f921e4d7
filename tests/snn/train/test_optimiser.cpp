#include "snn/train/optimiser.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <numeric>

#include "snn/backend/backend.h"
#include "snn/model/init.h"
#include "tests/snn/scan/run_body.h"
#include "tests/snn/synthetic.h"

using Catch::Matchers::Contains;
using snn::ParameterKind;

namespace {

template <class Real>
struct Rig {
  std::unique_ptr<snn::Backend<Real>> backend = snn::make_cpu_backend<Real>(1, "auto");
  snn::TrainingParams params;
  snn::Network<Real> network;
  snn::Optimiser<Real> optimiser;
  snn::Dataset dataset = support::synthetic();

  explicit Rig(const snn::TrainingParams& p)
      : params(p), network(p.network, p.gradient, *backend), optimiser(p.optimiser, network) {
    network.set_parameters(snn::initial_parameters(p.network, p.init, p.seed));
  }

  /// Gradients of another batch in each update.
  void find_gradients(int update) {
    network.forward(snn::make_batch(dataset, std::vector<int>{3 * update, 3 * update + 1, 3 * update + 2}));
    network.backward(params.loss);
  }
};

/// Kingma and Ba's algorithm 1 with a global norm clip, decoupled decay and bounds, over all arrays in double.
class Literal {
 public:
  Literal(const snn::OptimiserParams& params, const Rig<double>& rig)
      : params_(params), values_(rig.network.parameter_buffer().download()), m_(values_.size()), v_(values_.size()) {}

  double step(const Rig<double>& rig, double rate_factor) {
    const std::vector<double> gradients = rig.network.gradient_buffer().download();
    const double norm = norm_of(gradients);
    ++n_;
    for (const auto& entry : rig.network.layout().entries()) {
      if (!entry.info.trained) continue;
      const auto begin = gradients.begin() + static_cast<std::ptrdiff_t>(entry.offset);
      const double of_array = norm_of({begin, begin + static_cast<std::ptrdiff_t>(entry.size())});
      const double clip =
          std::min(1.0, params_.clip_norm / ((params_.clip_scope == snn::ClipScope::kArray ? of_array : norm) + 1e-6));
      norms_[entry.info.name] += of_array;
      clipped_[entry.info.name] += of_array * clip;
      for (std::size_t i = entry.offset; i < entry.offset + entry.size(); ++i) {
        update(entry.info.kind, i, gradients[i] * clip, rate_factor);
      }
    }
    return norm;
  }

  const std::vector<double>& values() const { return values_; }

  /// Sums over the steps, by name.
  const std::map<std::string, double>& norms() const { return norms_; }
  const std::map<std::string, double>& clipped() const { return clipped_; }

 private:
  static double norm_of(const std::vector<double>& values) {
    return std::sqrt(std::inner_product(values.begin(), values.end(), values.begin(), 0.0));
  }
  void update(ParameterKind kind, std::size_t i, double g, double rate_factor) {
    double rate = params_.lr, low = -params_.clip_weight, high = params_.clip_weight;
    if (kind == ParameterKind::kSelfWeight) rate = params_.lr_self.value_or(rate);
    if (kind == ParameterKind::kTheta) {
      rate = params_.lr_theta.value_or(rate);
      low = params_.theta_min;
      high = params_.theta_max;
    }
    rate *= rate_factor;
    if (kind == ParameterKind::kWeight) values_[i] -= rate * params_.weight_decay * values_[i];
    m_[i] = 0.9 * m_[i] + 0.1 * g;
    v_[i] = 0.999 * v_[i] + 0.001 * g * g;
    const double m = m_[i] / (1.0 - std::pow(0.9, n_)), v = v_[i] / (1.0 - std::pow(0.999, n_));
    values_[i] = std::min(high, std::max(low, values_[i] - rate * m / (std::sqrt(v) + 1e-8)));
  }

  snn::OptimiserParams params_;
  std::vector<double> values_, m_, v_;
  int n_ = 0;
  std::map<std::string, double> norms_, clipped_;
};

/// Four updates at falling rates; all parameters after each. 10 roundings of numbers below 4 and steps of the rate,
/// whose m / sqrt(v) is about 1 however small the gradient: 1e-13.
void check_against_literal(const snn::OptimiserParams& optimiser) {
  snn::TrainingParams params = support::small_training();
  params.optimiser = optimiser;
  Rig<double> rig(params);
  Literal wanted(optimiser, rig);
  for (int update = 0; update < 4; ++update) {
    rig.find_gradients(update);
    const double rate_factor = 1.0 - 0.2 * update;
    const double norm = wanted.step(rig, rate_factor);
    rig.optimiser.step(rate_factor);
    CHECK(rig.optimiser.state().norm == Approx(norm).epsilon(1e-13));
    CHECK(rig.optimiser.n_updates() == update + 1);
    const std::vector<double> got = rig.network.parameter_buffer().download();
    double apart = 0.0;
    for (std::size_t i = 0; i < got.size(); ++i) apart = std::max(apart, std::abs(got[i] - wanted.values()[i]));
    CHECK(apart <= 1e-13);
  }
  const std::vector<snn::ArrayGradient> arrays = rig.optimiser.array_gradients();
  std::size_t a = 0;
  for (const auto& entry : rig.network.layout().entries()) {
    if (!entry.info.trained) continue;
    INFO(entry.info.name);
    CHECK(arrays.at(a).norm_sum == Approx(wanted.norms().at(entry.info.name)).epsilon(1e-13));
    CHECK(arrays.at(a).clipped_sum == Approx(wanted.clipped().at(entry.info.name)).epsilon(1e-13));
    ++a;
  }
  CHECK(a == arrays.size());
}

}  // namespace

TEST_CASE("optimiser: equals the algorithm written out") {
  check_against_literal({});
  check_against_literal({.lr = 0.01, .lr_self = 0.02, .lr_theta = 0.001, .weight_decay = 0.5, .clip_norm = 0.1});
  check_against_literal({.clip_norm = 1e-3, .clip_scope = snn::ClipScope::kArray});
  check_against_literal({.clip_norm = 20.0, .clip_scope = snn::ClipScope::kArray});
  check_against_literal({.lr = 0.05, .clip_weight = 0.3, .theta_min = 0.9, .theta_max = 0.95});
}

TEST_CASE("optimiser: bounds hold and what is not trained stays") {
  snn::TrainingParams params = support::small_training();
  params.optimiser = {.lr = 100.0, .theta_min = 0.25, .theta_max = 0.75};
  Rig<float> rig(params);
  const snn::Tensors before = rig.network.parameters();
  rig.find_gradients(0);
  rig.optimiser.step(1.0);
  const snn::Tensors after = rig.network.parameters();
  CHECK(after.at("theta_3") == before.at("theta_3"));
  for (const float theta : after.at("theta_1").values) CHECK((theta >= 0.25F && theta <= 0.75F));
  const auto& weights = after.at("w_1_2").values;
  CHECK(*std::max_element(weights.begin(), weights.end()) == 4.0F);
  CHECK(*std::min_element(weights.begin(), weights.end()) == -4.0F);
}

TEST_CASE("optimiser: goes on from its moments to the bit") {
  Rig<float> whole(support::small_training());
  Rig<float> first(support::small_training()), second(support::small_training());
  const auto update = [](Rig<float>& rig, int n) {
    rig.find_gradients(n);
    rig.optimiser.step(1.0);
  };
  for (int n = 0; n < 4; ++n) update(whole, n);
  for (int n = 0; n < 2; ++n) update(first, n);
  second.network.set_parameters(first.network.parameters());
  second.optimiser.restore(first.optimiser.first_moment(), first.optimiser.second_moment(), 2);
  for (int n = 2; n < 4; ++n) update(second, n);
  CHECK(support::same_bits(second.network.parameter_buffer().download(), whole.network.parameter_buffer().download()));
  CHECK(second.optimiser.second_moment() == whole.optimiser.second_moment());
  CHECK_FALSE(whole.optimiser.first_moment().contains("theta_3"));
}

// Four updates: decays 2/11, 3/12, 4/13, and then 0.3, which 5/14 would exceed.
TEST_CASE("optimiser: the average over updates, of trained arrays alone") {
  snn::TrainingParams params = support::small_training();
  params.optimiser.ema_decay = 0.3;
  Rig<double> rig(params), plain(support::small_training());
  const snn::Tensors zeros = rig.optimiser.first_moment();
  CHECK_THROWS_WITH(rig.optimiser.restore(zeros, zeros, 0), Contains("no average of w_0_1"));
  rig.optimiser.restore(zeros, zeros, 0, rig.network.parameters());
  std::map<std::string, std::vector<double>> wanted;
  for (const auto& [name, tensor] : rig.network.parameters()) {
    wanted[name] = {tensor.values.begin(), tensor.values.end()};
  }
  for (int update = 0; update < 4; ++update) {
    for (Rig<double>* each : {&rig, &plain}) {
      each->find_gradients(update);
      each->optimiser.step(1.0);
    }
    const double decay = std::min(0.3, (update + 2.0) / (update + 11.0));
    for (const auto& [name, tensor] : rig.network.parameters()) {
      for (std::size_t i = 0; i < tensor.values.size(); ++i) {
        double& average = wanted.at(name)[i];
        average = decay * average + (1.0 - decay) * double{tensor.values[i]};
      }
    }
  }
  CHECK(rig.network.parameters() == plain.network.parameters());
  CHECK(plain.optimiser.average().empty());
  const snn::Tensors found = rig.optimiser.average();
  CHECK(found.size() == zeros.size());
  double apart = 0.0;
  for (const auto& [name, tensor] : found) {
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      apart = std::max(apart, std::abs(double{tensor.values[i]} - wanted.at(name)[i]));
    }
  }
  CHECK(apart < 1e-6);  // both were looked at in float, weights below 4
  CHECK(apart > 0.0);
}

TEST_CASE("optimiser: moments that do not fit are refused") {
  Rig<float> rig(support::small_training());
  const snn::Tensors good = rig.optimiser.first_moment();
  snn::Tensors bad = good;
  bad.at("w_0_1").values.pop_back();
  CHECK_THROWS_WITH(rig.optimiser.restore(good, bad, 0), Contains("w_0_1"));
  bad.erase("w_0_1");
  CHECK_THROWS_WITH(rig.optimiser.restore(bad, good, 0), Contains("w_0_1"));
  CHECK_THROWS_WITH(rig.optimiser.restore(good, bad, 0), Contains("w_0_1"));
}

TEST_CASE("optimiser: counts its updates and norms until it is told to begin anew") {
  Rig<float> rig(support::small_training());
  double norms = 0.0;
  for (int n = 0; n < 3; ++n) {
    rig.find_gradients(n);
    rig.optimiser.step(1.0);
    norms += rig.optimiser.state().norm;
  }
  CHECK(rig.optimiser.state().n_updates == 3);
  CHECK(rig.optimiser.state().norm_sum == norms);
  rig.optimiser.reset_state({.norm_sum = 7.0, .n_updates = 1});
  rig.optimiser.step(1.0);
  CHECK(rig.optimiser.state().n_updates == 2);
  CHECK(rig.optimiser.state().norm_sum > 7.0);
  CHECK(rig.optimiser.n_updates() == 4);
  std::vector<snn::ArrayGradient> arrays = rig.optimiser.array_gradients();
  arrays.front().norm_sum = 5.0;
  rig.optimiser.reset_state({}, arrays);
  CHECK(rig.optimiser.array_gradients().front().norm_sum == 5.0);
  CHECK(rig.optimiser.array_gradients().back().norm_sum == arrays.back().norm_sum);
  rig.optimiser.reset_state();
  CHECK(rig.optimiser.array_gradients().front().norm_sum == 0.0);
  arrays.pop_back();
  CHECK_THROWS_WITH(rig.optimiser.reset_state({}, arrays), Contains("arrays"));
}

// In float 1e39 is infinite and 1e-40 vanishes: 0 * infinity and 0 / 0 would not be numbers.
TEST_CASE("optimiser: rates and eps that float cannot hold are refused") {
  snn::TrainingParams params = support::small_training();
  params.optimiser.lr = 1e39;
  CHECK_THROWS_WITH(Rig<float>(params), Contains("lr"));
  params = support::small_training();
  params.optimiser.eps = 1e-40;
  CHECK_THROWS_WITH(Rig<float>(params), Contains("eps"));
}

TEST_CASE("optimiser: the schedules' factors", "[SGDR cosine]") {
  const snn::OptimiserParams constant{.schedule = snn::Schedule::kConstant}, cosine{.schedule = snn::Schedule::kCosine};
  CHECK(snn::rate_factor(constant, 7, 10) == 1.0);
  CHECK(snn::rate_factor(cosine, 0, 8) == 1.0);
  CHECK(snn::rate_factor(cosine, 2, 8) == Approx(0.5 + std::sqrt(0.125)));
  CHECK(snn::rate_factor(cosine, 4, 8) == Approx(0.5));
  CHECK(snn::rate_factor(cosine, 7, 8) > 0.0);
  CHECK(snn::rate_factor(cosine, 8, 8) == Approx(0.0).margin(1e-16));
}

TEST_CASE("optimiser: the gaps between rows and arrays stay zero, whatever is trained") {
  snn::TrainingParams params = support::small_training();
  support::add_all_parts(params);
  params.network.sizes = {12, 21, 10, 4};
  params.optimiser.theta_min = 0.25;
  params.optimiser.weight_decay = 0.01;
  Rig<float> rig(params);
  for (int update = 0; update < 3; ++update) {
    rig.find_gradients(update);
    rig.optimiser.step(1.0);
    rig.network.keep_norms(rig.optimiser.device_state(), rig.optimiser.device_coeffs());
  }
  for (std::vector<float> values :
       {rig.network.parameter_buffer().download(), rig.network.gradient_buffer().download()}) {
    const auto n_zeros = std::ranges::count(values, 0.0F);
    for (const snn::ArrayLayout::Entry& entry : rig.network.layout().entries()) {
      for (int i = 0; i < entry.rows * entry.columns; ++i)
        values[entry.offset + snn::Shape{0, 0, entry.columns}.index(i / entry.columns, i % entry.columns)] = 0.0F;
    }
    CHECK(n_zeros < static_cast<std::ptrdiff_t>(values.size()));
    CHECK(values == std::vector<float>(values.size(), 0.0F));
  }
}

TEST_CASE("optimiser: a warm-up rises to what the schedule starts from", "[OneCycle warm-up]") {
  for (const auto schedule : {snn::Schedule::kConstant, snn::Schedule::kCosine}) {
    const snn::OptimiserParams params{.schedule = schedule, .warm_up = 0.2}, without{.schedule = schedule};
    CHECK(snn::rate_factor(params, 0, 20) == Approx(0.04));
    CHECK(snn::rate_factor(params, 2, 20) == Approx(0.52));
    for (int n = 4; n <= 20; ++n)
      CHECK(snn::rate_factor(params, n, 20) == Approx(snn::rate_factor(without, n - 4, 16)));
  }
}
