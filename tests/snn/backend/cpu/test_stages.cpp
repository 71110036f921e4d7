// The stages of a layer against the plain sums, by events and dense, on every instruction set.
#include "snn/backend/cpu/stages.h"

#include <catch2/catch.hpp>

#include "tests/snn/scan/neurons.h"
#include "tests/snn/spikes.h"

namespace {

constexpr int kInputs = 7, kSpiking = 130, kNeurons = 70;
const std::vector<int> kSteps = {40, 1, 17, 333, 200, 9};

/// A layer with the network's input and two spiking populations as sources; with a delay, of the input and of a second copy of
/// the second population's connection.
template <class Real>
struct Rig {
  support::Neurons<Real> neurons{kSteps, kNeurons};
  std::vector<Real> input = support::numbers<Real>(snn::pitched_area(neurons.shape.n_rows, kInputs), 5, 0.0, 1.0);
  std::vector<std::uint64_t> first, second;
  std::vector<Real> w_input = support::numbers<Real>(snn::pitched_area(kNeurons, kInputs), 6);
  std::vector<Real> w_first = support::numbers<Real>(snn::pitched_area(kNeurons, kSpiking), 7, -0.25, 0.5);
  std::vector<Real> w_second = support::numbers<Real>(snn::pitched_area(kNeurons, kSpiking), 8, -0.25, 0.5);

  int delay;

  explicit Rig(double rate, int steps_late = 0)
      : first(support::random_spikes(neurons.shape.n_rows, kSpiking, rate, 9)),
        second(support::random_spikes(neurons.shape.n_rows, kSpiking, 0.1, 10)),
        delay(steps_late) {}

  std::vector<snn::WeightedSource<Real>> sources(bool with_input) const {
    std::vector<snn::WeightedSource<Real>> all;
    if (with_input) all.push_back({{kInputs, input.data(), nullptr}, w_input.data(), {delay}});
    all.push_back({{kSpiking, nullptr, first.data()}, w_first.data()});
    all.push_back({{kSpiking, nullptr, second.data()}, w_second.data()});
    if (delay > 0) all.push_back({{kSpiking, nullptr, second.data()}, w_second.data(), {delay}});
    return all;
  }

  /// Drive by plain sums in double, then the scan of one instruction set's width.
  void plain(bool with_input) {
    const snn::Shape of_inputs{0, 0, kInputs}, of_spiking{0, 0, kSpiking};
    for (int row = 0, b = 0; row < neurons.shape.n_rows; ++row) {
      if (row == neurons.row_begin[b + 1]) ++b;
      const int late = row - delay;
      const bool is_there = late >= neurons.row_begin[b];
      for (int n = 0; n < kNeurons; ++n) {
        double sum = 0.0;
        for (int i = 0; with_input && is_there && i < kInputs; ++i)
          sum += static_cast<double>(input[of_inputs.index(late, i)]) *
                 static_cast<double>(w_input[of_inputs.index(n, i)]);
        for (int i = 0; i < kSpiking; ++i) {
          if (support::fires(first, kSpiking, row, i)) sum += static_cast<double>(w_first[of_spiking.index(n, i)]);
          const bool is_late = delay > 0 && is_there && support::fires(second, kSpiking, late, i);
          if (support::fires(second, kSpiking, row, i)) sum += static_cast<double>(w_second[of_spiking.index(n, i)]);
          if (is_late) sum += static_cast<double>(w_second[of_spiking.index(n, i)]);
        }
        neurons.drive[neurons.shape.index(row, n)] = static_cast<Real>(sum);
      }
    }
    neurons.forward();
  }

  std::vector<Real> psc_sums = std::vector<Real>(kSteps.size() * kNeurons);

  snn::ForwardStage<Real> stage(bool with_input, std::vector<Real>* u, std::vector<Real>& psc,
                                std::vector<int>& n_spikes, std::vector<std::uint64_t>& spikes) {
    return {
        .sources = sources(with_input),
        .scan = neurons.forward_scan(u == nullptr ? nullptr : u->data(), psc.data(), psc_sums.data(), n_spikes.data()),
        .spikes = spikes.data()};
  }
};

// Up to 267 additions of numbers below 1 in another order: 300 epsilon, of sums below 30.
template <class Real>
void check_forward(const std::string& isa, double rate, bool with_input, int delay = 0) {
  Rig<Real> rig(rate, delay);
  rig.plain(with_input);
  const std::size_t size = rig.neurons.shape.size(), n_counts = kSteps.size() * kNeurons;
  std::vector<Real> u = rig.neurons.unset(), psc = u, alone_psc = u;
  std::vector<int> n_spikes(n_counts, -1), alone_n_spikes(n_counts, -1);
  std::vector<std::uint64_t> spikes(static_cast<std::size_t>(rig.neurons.shape.n_rows) * 2),
      alone_spikes(spikes.size());
  snn::ForwardScratch<Real> scratch;
  const auto& kernels = snn::find_kernels<Real>(isa);
  snn::run_forward(kernels, rig.stage(with_input, &u, psc, n_spikes, spikes), 2, scratch);
  const double limit = 300 * 30 * static_cast<double>(std::numeric_limits<Real>::epsilon());
  double apart = 0.0;
  for (std::size_t i = 0; i < size; ++i) {
    apart = std::max(apart, std::abs(static_cast<double>(u[i]) - static_cast<double>(rig.neurons.u[i])));
  }
  INFO(isa << ", rate " << rate << ", input " << with_input << ", delay " << delay);
  CHECK(apart <= limit);
  CHECK(n_spikes == rig.neurons.n_spikes);
  for (int row = 0; row < rig.neurons.shape.n_rows; ++row)
    for (int n = 0; n < kNeurons; ++n)
      REQUIRE(support::fires(spikes, kNeurons, row, n) == (u[rig.neurons.shape.index(row, n)] > Real(1)));
  // Without potentials, and on one thread: the same bits.
  snn::run_forward(kernels, rig.stage(with_input, nullptr, alone_psc, alone_n_spikes, alone_spikes), 1, scratch);
  CHECK(support::same_bits(alone_psc, psc));
  CHECK(alone_n_spikes == n_spikes);
  CHECK(alone_spikes == spikes);
}

/// Within 100 epsilon of the largest: sums of 14 terms, filtered and fed back.
template <class Real>
void check_close(const std::string& isa, const std::vector<Real>& got, const std::vector<Real>& wanted) {
  REQUIRE(got.size() == wanted.size());
  double apart = 0.0, largest = 0.0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    apart = std::max(apart, std::abs(static_cast<double>(got[i]) - static_cast<double>(wanted[i])));
    largest = std::max(largest, std::abs(static_cast<double>(wanted[i])));
  }
  INFO(isa << ": " << apart << " of " << largest);
  CHECK(apart <= 100 * static_cast<double>(std::numeric_limits<Real>::epsilon()) * largest);
}

template <class Real>
void check_backward(const std::string& isa, snn::Rule rule, int delay = 0) {
  support::Neurons<Real> neurons(kSteps, kNeurons);
  neurons.gradient.rule = rule;
  neurons.forward();
  const snn::Shape of_1{neurons.shape.n_rows, 0, 9}, of_2{neurons.shape.n_rows, 0, 5}, weights{0, 0, kNeurons};
  const auto delta_1 = support::numbers<Real>(of_1.size(), 11), delta_2 = support::numbers<Real>(of_2.size(), 12);
  const auto w_1 = support::numbers<Real>(weights.index(9, 0), 13),
             w_2 = support::numbers<Real>(weights.index(5, 0), 14);
  for (int row = 0, b = 0; row < neurons.shape.n_rows; ++row) {
    if (row == neurons.row_begin[b + 1]) ++b;
    const int later = row + delay;
    for (int n = 0; n < kNeurons; ++n) {
      double sum = 0.0;
      for (int m = 0; m < 9 && later < neurons.row_begin[b + 1]; ++m)
        sum += static_cast<double>(delta_1[of_1.index(later, m)]) * static_cast<double>(w_1[weights.index(m, n)]);
      for (int m = 0; m < 5; ++m)
        sum += static_cast<double>(delta_2[of_2.index(row, m)]) * static_cast<double>(w_2[weights.index(m, n)]);
      neurons.psc_error[neurons.shape.index(row, n)] = static_cast<Real>(sum);
    }
  }
  neurons.backward();
  std::vector<Real> delta = neurons.unset(), u = neurons.u, dw_self(neurons.dw_self.size()), dtheta = dw_self,
                    dbias = dw_self;
  snn::BackwardScratch<Real> scratch;
  snn::run_backward(
      snn::find_kernels<Real>(isa),
      snn::BackwardStage<Real>{.targets = {{9, delta_1.data(), w_1.data(), {delay}}, {5, delta_2.data(), w_2.data()}},
                               .scan = {.shape = neurons.shape,
                                        .row_begin = neurons.row_begin.data(),
                                        .delta = delta.data(),
                                        .u = u.data(),
                                        .psc = {},
                                        .dw_self = dw_self.data(),
                                        .dtheta = dtheta.data(),
                                        .dbias = dbias.data(),
                                        .part_stride = static_cast<std::size_t>(neurons.shape.n_neurons),
                                        .theta = neurons.theta.data(),
                                        .w_self = neurons.self(),
                                        .firing_rate = &neurons.firing_rate,
                                        .layer_rate = 0.5,
                                        .rule = rule,
                                        .coeffs = neurons.coeffs()}},
      2, scratch);
  check_close(isa, u, neurons.drive_error);
  check_close(isa, delta, neurons.delta);
  check_close(isa, dw_self, neurons.dw_self);
  check_close(isa, dtheta, neurons.dtheta);
  check_close(isa, dbias, neurons.dbias);
}

}  // namespace

TEST_CASE("stages: forward equals the plain sums, by events and dense, on every instruction set") {
  for (const std::string& isa : snn::isa_names()) {
    for (const double rate : {0.0, 0.05, 0.3, 0.7}) {
      for (const bool with_input : {true, false}) {
        check_forward<double>(isa, rate, with_input);
        check_forward<float>(isa, rate, with_input);
      }
    }
  }
}

TEST_CASE("stages: backward equals the plain sums on every instruction set") {
  for (const std::string& isa : snn::isa_names()) {
    for (const snn::Rule rule : {snn::Rule::kSurrogate, snn::Rule::kStep, snn::Rule::kLayer, snn::Rule::kSpikeTrain}) {
      check_backward<double>(isa, rule);
      check_backward<float>(isa, rule);
    }
  }
}

TEST_CASE("stages: delayed sources and targets equal the plain sums on every instruction set", "[SpikeProp delay]") {
  for (const std::string& isa : snn::isa_names()) {
    for (const int delay : {1, 30}) {
      for (const double rate : {0.05, 0.7}) {
        for (const bool with_input : {true, false}) check_forward<double>(isa, rate, with_input, delay);
      }
      check_backward<double>(isa, snn::Rule::kSurrogate, delay);
    }
  }
}

// Sources are added sixteen at a time: 35 of the same spikes and weights give 35 times the drive, exact in halves and
// quarters.
TEST_CASE("stages: more sources than are added at a time") {
  constexpr int kSources = 35;
  const std::vector<int> row_begin = {0, 12};
  const auto spikes = support::random_spikes(12, kSpiking, 0.2, 15);
  const std::vector<double> w(snn::pitched_area(kNeurons, kSpiking), 0.25), theta(kNeurons, 0.0);
  const auto drive_of = [&](int n_sources) {
    std::vector<double> u(snn::pitched_area(12, kNeurons));
    std::vector<int> n_spikes(kNeurons);
    snn::ForwardScratch<double> scratch;
    snn::NetworkParams network;
    network.tau_s = 1.0;
    network.v_th = 1e9;
    snn::ForwardStage<double> stage;
    stage.sources.assign(static_cast<std::size_t>(n_sources), {{kSpiking, nullptr, spikes.data()}, w.data()});
    stage.scan = {.shape = {12, 1, kNeurons},
                  .row_begin = row_begin.data(),
                  .u = u.data(),
                  .first_row = 0,
                  .psc = nullptr,
                  .psc_sums = nullptr,
                  .fired = nullptr,
                  .n_spikes = n_spikes.data(),
                  .n_spikes_stride = kNeurons,
                  .theta = theta.data(),
                  .w_self = nullptr,
                  .coeffs = snn::derive_coeffs<double>(network, {})};
    snn::run_forward(snn::find_kernels<double>("auto"), stage, 1, scratch);
    return u;
  };
  const std::vector<double> one = drive_of(1), many = drive_of(kSources);
  CHECK(*std::max_element(one.begin(), one.end()) > 0.0);
  for (std::size_t i = 0; i < one.size(); ++i) REQUIRE(many[i] == kSources * one[i]);
}
