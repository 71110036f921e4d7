#include "snn/scan/readout_scan.h"

#include <catch2/catch.hpp>
#include <numeric>

#include "snn/model/coeffs.h"
#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

using support::numbers;
using support::same_bits;

namespace {

/// Output neurons that do not fire, with tau_s = 4, forward and back.
template <class Real>
struct Readout {
  std::vector<int> row_begin;  // [B + 1]
  int n_classes;
  std::vector<Real> drive, v_error;                       // [rows][K], in
  std::vector<Real> theta, bias;                          // [K], in; bias empty: none
  std::vector<Real> v{}, sums{}, delta{}, drive_error{};  // [rows][K], but sums [B][K]; out
  std::vector<Real> dtheta{}, dbias{};                    // [B][K], out
  std::vector<int> n_spikes{};                            // [B][K], out

  snn::Shape shape() const { return {row_begin.back(), static_cast<int>(row_begin.size()) - 1, n_classes}; }
  snn::Coeffs<Real> coeffs() const {
    snn::NetworkParams network;
    network.tau_s = 4.0;
    return snn::derive_coeffs<Real>(network, {});
  }

  void run(int width = snn::kTileWidth) {
    const auto stride = static_cast<std::size_t>(n_classes);
    v = drive;
    sums.assign(stride * static_cast<std::size_t>(shape().n_batch), Real(NAN));
    n_spikes.assign(sums.size(), -1);
    support::run_tiles(snn::ReadoutForward<Real>{.shape = shape(),
                                                 .row_begin = row_begin.data(),
                                                 .potential = v.data(),
                                                 .sums = sums.data(),
                                                 .n_spikes = n_spikes.data(),
                                                 .n_spikes_stride = stride,
                                                 .theta = theta.data(),
                                                 .bias = bias.empty() ? nullptr : bias.data(),
                                                 .coeffs = coeffs()},
                       width);
    delta = v_error;
    drive_error.assign(drive.size(), Real(0));
    dtheta = dbias = sums;
    support::run_tiles(snn::ReadoutBackward<Real>{.shape = shape(),
                                                  .row_begin = row_begin.data(),
                                                  .potential = v.data(),
                                                  .delta = delta.data(),
                                                  .drive_error = drive_error.data(),
                                                  .dtheta = dtheta.data(),
                                                  .dbias = dbias.data(),
                                                  .part_stride = stride,
                                                  .theta = theta.data(),
                                                  .coeffs = coeffs()},
                       width);
  }

  double loss() {
    run();
    return static_cast<double>(std::inner_product(v.begin(), v.end(), v_error.begin(), Real(0)));
  }
};

/// Utterances of 9, 1 and 4 steps.
template <class Real>
Readout<Real> sample(int n_classes) {
  const auto k = static_cast<std::size_t>(n_classes);
  return {.row_begin = {0, 9, 10, 14},
          .n_classes = n_classes,
          .drive = support::spread<Real>(numbers<Real>(14 * k, 1, -2.0, 2.0), n_classes),
          .v_error = support::spread<Real>(numbers<Real>(14 * k, 2), n_classes),
          .theta = numbers<Real>(k, 3, 0.0, 1.0),
          .bias = numbers<Real>(k, 4)};
}

/// Three steps of one neuron, for sums by hand.
Readout<double> one_neuron() {
  return {.row_begin = {0, 3},
          .n_classes = 1,
          .drive = support::spread({4.0, -4.0, -8.0}, 1),
          .v_error = support::spread({0.0, 0.0, 1.0}, 1),
          .theta = {0.5},
          .bias = {4.0}};
}

}  // namespace

// theta = 1/2, tau_s = 4, bias 4, drive 4, -4, -8: the synapse takes in 8, 0, -4: currents 2, 3/2, 1/8.
//   v = 2; 1 + 3/2; 5/4 + 1/8, together 47/8, though far above the threshold of 1.
TEST_CASE("read-out scan: three steps forward", "[Ossicle read-out]") {
  Readout<double> output = one_neuron();
  output.run();
  CHECK(support::packed(output.v, 1) == std::vector<double>{2.0, 2.5, 1.375});
  CHECK(output.sums == std::vector<double>{5.875});
  CHECK(output.n_spikes == std::vector<int>{0});
  output.bias.clear();
  output.drive = support::spread({8.0, 0.0, -4.0}, 1);
  output.theta = {0.0};  // the current itself
  output.run();
  CHECK(support::packed(output.v, 1) == std::vector<double>{2.0, 1.5, 0.125});
}

// The same neuron with an error of 1 at the last step. Of the current, from the last step: 1, 1/2, 1/4. Of the drive:
// 1/4; 3/16 + 1/8; 15/64 + 1/16, together 55/64 for the bias. theta: (1/2) 2 + 1 (5/2).
TEST_CASE("read-out scan: three steps back", "[Ossicle read-out error]") {
  Readout<double> output = one_neuron();
  output.run();
  CHECK(support::packed(output.delta, 1) == std::vector<double>{0.25, 0.5, 1.0});
  CHECK(support::packed(output.drive_error, 1) == std::vector<double>{19.0 / 64.0, 5.0 / 16.0, 0.25});
  CHECK(output.dtheta == std::vector<double>{3.5});
  CHECK(output.dbias == std::vector<double>{55.0 / 64.0});
}

// Central differences with h = 1e-5: v is linear in drive and bias and a polynomial in theta below 1, off by 1e-10 times a
// third derivative below 100.
TEST_CASE("read-out scan: the errors are the derivatives of a loss of all potentials", "[Ossicle read-out error]") {
  Readout<double> output = sample<double>(3);
  output.run();
  const Readout<double> found = output;
  const auto slope = [&output](double& number) {
    const double before = number;
    number = before + 1e-5;
    const double up = output.loss();
    number = before - 1e-5;
    const double down = output.loss();
    number = before;
    return (up - down) / 2e-5;
  };
  for (std::size_t i = 0; i < output.drive.size(); ++i) {
    CHECK(found.drive_error[i] == Approx(slope(output.drive[i])).margin(1e-8));
  }
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(found.dtheta[k] + found.dtheta[3 + k] + found.dtheta[6 + k] == Approx(slope(output.theta[k])).margin(1e-7));
    CHECK(found.dbias[k] + found.dbias[3 + k] + found.dbias[6 + k] == Approx(slope(output.bias[k])).margin(1e-8));
  }
}

TEST_CASE("read-out scan: the width of a tile changes no bit") {
  Readout<float> wide = sample<float>(100);
  wide.run();
  for (const int width : {1, 7}) {
    Readout<float> narrow = sample<float>(100);
    narrow.run(width);
    CHECK(same_bits(narrow.v, wide.v));
    CHECK(same_bits(narrow.sums, wide.sums));
    CHECK(same_bits(narrow.delta, wide.delta));
    CHECK(same_bits(narrow.drive_error, wide.drive_error));
    CHECK(same_bits(narrow.dtheta, wide.dtheta));
    CHECK(same_bits(narrow.dbias, wide.dbias));
  }
}
