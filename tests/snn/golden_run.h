#pragma once
// A network on a back end against a golden case: forward pass, backward pass, five updates.
#include <catch2/catch.hpp>
#include <functional>
#include <map>
#include <memory>

#include "snn/network/network.h"
#include "snn/train/optimiser.h"
#include "tests/snn/golden_case.h"

namespace support {

/// Limits: PSC of max(1, largest); gradient of the array's largest; parameters after five updates, absolute, where
/// every clipped gradient on the way exceeds 1e-6 and elsewhere (there Adam's eps amplifies rounding).
struct GoldenLimits {
  double psc, gradient, parameter, parameter_small;
};
template <class Real>
constexpr GoldenLimits kGoldenLimits = {1e-11, 1e-11, 1e-11, 1e-11};
template <>
constexpr GoldenLimits kGoldenLimits<float> = {1e-6, 1e-5, 1e-4, 1e-3};

template <class Real>
class GoldenRun {
 public:
  GoldenRun(const GoldenCase& wanted, std::unique_ptr<snn::Backend<Real>> backend)
      : case_(wanted),
        backend_(std::move(backend)),
        network_(wanted.params.network, wanted.params.gradient, *backend_),
        optimiser_(wanted.params.optimiser, network_),
        x_(wanted.input<Real>()),
        batch_(wanted.batch(x_)) {
    network_.set_parameters(wanted.parameters);
  }

  void check_forward() {
    network_.forward(batch_);
    for (int layer = 1; layer <= case_.params.network.n_layers(); ++layer) {
      const auto want = case_.golden.array("psc_" + std::to_string(layer)).values;
      check_close("psc_" + std::to_string(layer), psc(layer), want,
                  limits_.psc * std::max(1.0, largest_magnitude(want)));
      if (fires(layer)) check_spikes(layer);
    }
    CHECK(decisions() == case_.info.at("expected").at("predictions").template get<std::vector<int>>());
    const std::vector<Real> sums = network_.class_sums();
    if (!case_.params.network.normalised) {  // one that is scores folded, with its running mean and variance
      network_.infer(batch_);
      CHECK(network_.class_sums() == sums);
    }
    network_.forward(batch_);
  }

  void check_backward() {
    network_.backward(case_.params.loss);
    const double loss = network_.loss();
    CHECK(loss == Approx(case_.info.at("expected").at("loss").template get<double>()).epsilon(limits_.gradient));
    for (int layer = 1; layer <= case_.params.network.n_layers(); ++layer) {
      const auto want = case_.golden.array("delta_" + std::to_string(layer)).values;
      check_close("delta_" + std::to_string(layer), network_.delta(layer), want,
                  limits_.gradient * largest_magnitude(want));
    }
    const snn::Tensors gradients = network_.gradients();
    for (const auto& array : snn::parameter_list(case_.params.network)) {
      if (!array.trained) continue;
      const auto want = case_.golden.array("grad_" + array.name).values;
      // Tensors are float; the double witness reads the buffer.
      check_close("grad_" + array.name, values_of(network_.gradient_buffer(), array.name), want,
                  limits_.gradient * largest_magnitude(want));
    }
  }

  void check_training() {
    std::map<std::string, std::vector<double>> smallest;  // of each parameter's clipped gradients so far
    for (std::size_t update = 0; update < 5; ++update) {
      network_.forward(batch_);
      network_.backward(case_.params.loss);
      optimiser_.step(1.0);
      network_.keep_norms(optimiser_.device_state(), optimiser_.device_coeffs());
      const double norm_found = optimiser_.state().norm;
      const double norm = case_.info.at("expected").at("trajectory").at(update).at("grad_norm");
      CHECK(norm_found == Approx(norm).epsilon(10 * limits_.gradient));
      const double factor = std::min(1.0, 1.0 / (norm + 1e-6));
      for (const auto& array : snn::parameter_list(case_.params.network)) {
        if (array.trained || case_.golden.has("traj_" + array.name)) {
          check_trajectory(array.name, update, factor, smallest[array.name]);
        }
      }
    }
  }

 private:
  std::vector<Real> values_of(const snn::Buffer<Real>& buffer, const std::string& name) const {
    for (const auto& entry : network_.layout().entries()) {
      if (entry.info.name == name)
        return snn::without_gaps<Real>(buffer.download(entry.offset, entry.size()), entry.columns);
    }
    FAIL("no array " << name);
    return {};
  }

  void check_close(const std::string& name, const std::vector<Real>& got, const std::vector<double>& want,
                   double limit) {
    const Difference difference = compare(got, want);
    INFO(case_.golden.name() << " " << name << " " << difference.text() << ", limit " << limit);
    CHECK(got.size() == want.size());
    CHECK(difference.largest <= limit);
  }

  bool fires(int layer) const {
    return layer < case_.params.network.n_layers() || case_.params.network.output_layer == snn::OutputLayer::kSpiking;
  }

  /// The layer's spikes through the synapse; the potentials of a read-out.
  std::vector<Real> psc(int layer) const {
    if (!fires(layer)) return network_.output_psc();
    const auto coeffs = snn::derive_coeffs<Real>(case_.params.network, case_.params.gradient);
    const snn::Shape shape{batch_.n_rows(), batch_.n_batch(),
                           case_.params.network.sizes[static_cast<std::size_t>(layer)]};
    const std::vector<Real> u = network_.potential(layer);
    std::vector<Real> out(u.size());
    for (int b = 0; b < batch_.n_batch(); ++b) {
      for (int n = 0; n < shape.n_neurons; ++n) {
        Real a = Real(0);
        for (int row = batch_.row_begin[b]; row < batch_.row_begin[b + 1]; ++row) {
          const std::size_t i = shape.batch_index(row, n);  // without gaps
          out[i] = a =
              snn::psc_step(coeffs.keep_s, coeffs.gain_s, a, snn::fires(u[i], coeffs.v_th) ? Real(1) : Real(0));
        }
      }
    }
    return out;
  }

  void check_spikes(int layer) {
    const auto want = case_.golden.array("spike_" + std::to_string(layer)).values;
    const std::vector<Real> u = network_.potential(layer);
    REQUIRE(u.size() == want.size());
    std::size_t n_wrong = 0, total = 0, counted = 0;
    for (std::size_t i = 0; i < u.size(); ++i) {
      n_wrong += (u[i] > static_cast<Real>(case_.params.network.v_th)) != (want[i] > 0.5) ? 1 : 0;
      total += want[i] > 0.5 ? 1 : 0;
    }
    for (const int n : network_.spike_counts(layer)) counted += static_cast<std::size_t>(n);
    INFO(case_.golden.name() << " layer " << layer);
    CHECK(n_wrong == 0);
    CHECK(counted == total);
  }

  std::vector<int> decisions() const {
    const std::vector<Real> sums = network_.class_sums();
    const auto n_classes = static_cast<std::ptrdiff_t>(case_.params.network.sizes.back());
    std::vector<int> out;
    for (auto row = sums.begin(); row != sums.end(); row += n_classes) {
      out.push_back(static_cast<int>(std::max_element(row, row + n_classes) - row));
    }
    return out;
  }

  void check_trajectory(const std::string& name, std::size_t update, double factor, std::vector<double>& smallest) {
    const std::vector<Real> got = values_of(network_.parameter_buffer(), name);
    const std::vector<Real> gradients = values_of(network_.gradient_buffer(), name);
    const std::vector<double> want = case_.golden.array("traj_" + name).values;
    if (smallest.empty()) smallest.assign(got.size(), INFINITY);
    for (std::size_t i = 0; i < got.size(); ++i) {
      smallest[i] = std::min(smallest[i], std::abs(static_cast<double>(gradients[i])) * factor);
      const double limit = smallest[i] > 1e-6 ? limits_.parameter : limits_.parameter_small;
      const double gap = std::abs(static_cast<double>(got[i]) - want.at(update * got.size() + i));
      if (!(gap <= limit)) {
        FAIL_CHECK(case_.golden.name() << " traj_" << name << " update " << update << " element " << i << ": apart "
                                       << gap << ", limit " << limit);
      }
    }
  }

  const GoldenCase& case_;
  const GoldenLimits limits_ = kGoldenLimits<Real>;
  std::unique_ptr<snn::Backend<Real>> backend_;
  snn::Network<Real> network_;
  snn::Optimiser<Real> optimiser_;
  std::vector<Real> x_;
  snn::Batch batch_;
};

/// All 69 golden cases (tests/data/README.md), each on a back end of its own.
template <class Real>
void check_golden_cases(const std::function<std::unique_ptr<snn::Backend<Real>>()>& make_backend) {
  const auto cases = golden_cases("snn");
  CHECK(cases.size() == 79);
  for (const auto& path : cases) {
    const GoldenCase wanted(path);
    GoldenRun<Real> run(wanted, make_backend());
    run.check_forward();
    run.check_backward();
    run.check_training();
  }
}

}  // namespace support
