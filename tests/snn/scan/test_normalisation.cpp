#include "snn/scan/normalisation.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

using support::numbers;
using support::same_bits;

namespace {

/// A layer's drive through all bodies, forward and back. The batch's last utterances, behind n_utterances, fill it up.
template <class Real>
struct Normalised {
  std::vector<int> row_begin = {0, 12, 17, 18, 22};  // [B + 1]
  int n_utterances = 3;
  int n_neurons = 5;
  std::vector<Real> drive = support::spread<Real>(numbers<Real>(110, 1, -1.0, 3.0), 5);           // [rows][N], in
  std::vector<Real> error = support::spread<Real>(numbers<Real>(110, 2), 5);                      // [rows][N], in
  std::vector<Real> gain = numbers<Real>(5, 3, 0.5, 1.5), bias = numbers<Real>(5, 4, -1.0, 1.0);  // [N], in
  std::vector<double> sums{}, squares{};                                                          // [B][N], out
  std::vector<Real> mean{}, variance{}, inv_deviation{};                                          // [N], out
  std::vector<Real> u{}, drive_error{};                                                           // [rows][N], out
  std::vector<Real> dgain{}, dbias{};                                                             // [B][N], out
  std::vector<Real> mean_error{}, mean_product{};                                                 // [N], out

  int n_rows() const { return row_begin[static_cast<std::size_t>(n_utterances)]; }
  snn::Shape shape() const { return {row_begin.back(), static_cast<int>(row_begin.size()) - 1, n_neurons}; }
  snn::Shape utterances() const { return {row_begin.back(), n_utterances, n_neurons}; }
  snn::NormFactors<Real> norm() { return {mean.data(), variance.data(), inv_deviation.data()}; }
  std::size_t at(int row, int n) const { return shape().index(row, n); }

  void forward(int width = snn::kTileWidth) {
    const auto per_neuron = static_cast<std::size_t>(n_neurons);
    sums.assign(per_neuron * static_cast<std::size_t>(n_utterances), NAN);
    squares = sums;
    mean.assign(per_neuron, Real(NAN));
    variance = inv_deviation = mean_error = mean_product = mean;
    u.assign(drive.size(), Real(NAN));
    const int rows = n_rows();
    support::run_tiles(snn::DriveSums<Real>{utterances(), row_begin.data(), drive.data(), sums.data(), squares.data()},
                       width);
    support::run_tiles(snn::FindNorm<Real>{n_utterances, n_neurons, &rows, sums.data(), squares.data(), norm()}, width);
    support::run_tiles(
        snn::ApplyNorm<Real>{shape(), row_begin.data(), drive.data(), norm(), gain.data(), bias.data(), u.data()},
        width);
  }

  /// dbias is the scan's in a network: the sums of the error.
  void backward(int width = snn::kTileWidth) {
    drive_error = error;
    dgain.assign(static_cast<std::size_t>(n_utterances * n_neurons), Real(NAN));
    dbias.assign(dgain.size(), Real(0));
    for (int b = 0; b < n_utterances; ++b) {
      for (int row = row_begin[b]; row < row_begin[b + 1]; ++row) {
        for (int n = 0; n < n_neurons; ++n) dbias[b * n_neurons + n] += error[at(row, n)];
      }
    }
    const int rows = n_rows();
    const auto stride = static_cast<std::size_t>(n_neurons);
    support::run_tiles(snn::GainSums<Real>{utterances(), row_begin.data(), drive.data(), drive_error.data(), norm(),
                                           dgain.data(), stride},
                       width);
    support::run_tiles(snn::FindErrorMeans<Real>{n_utterances, n_neurons, &rows, dbias.data(), dgain.data(), stride,
                                                 mean_error.data(), mean_product.data()},
                       width);
    support::run_tiles(snn::UndoNorm<Real>{shape(), n_utterances, row_begin.data(), drive.data(), drive_error.data(),
                                           norm(), gain.data(), mean_error.data(), mean_product.data()},
                       width);
  }

  /// A number that a normalised batch leads to: the sum of error times u over its own rows.
  double loss() {
    forward();
    double total = 0.0;
    for (int row = 0; row < n_rows(); ++row) {
      for (int n = 0; n < n_neurons; ++n) total += static_cast<double>(error[at(row, n)] * u[at(row, n)]);
    }
    return total;
  }
};

/// Central difference of the loss to a number.
double slope(Normalised<double>& of, double& number) {
  const double before = number;
  number = before + 1e-5;
  const double up = of.loss();
  number = before - 1e-5;
  const double down = of.loss();
  number = before;
  return (up - down) / 2e-5;
}

}  // namespace

// One neuron, steps 1 and 5 of one utterance, 3 and 7 of another, one more that fills up: mean 4, variance 5.
TEST_CASE("normalisation: over all steps of the batch, not over what fills it up") {
  Normalised<double> layer{.row_begin = {0, 2, 4, 5},
                           .n_utterances = 2,
                           .n_neurons = 1,
                           .drive = support::spread({1.0, 5.0, 3.0, 7.0, 1000.0}, 1),
                           .error = std::vector<double>(20),
                           .gain = {2.0},
                           .bias = {0.5}};
  layer.forward();
  CHECK(layer.mean == std::vector<double>{4.0});
  CHECK(layer.variance == std::vector<double>{5.0});
  const double factor = 2.0 / std::sqrt(5.0 + 1e-5);
  for (int row = 0; row < 4; ++row) {
    CHECK(layer.u[layer.at(row, 0)] == Approx((layer.drive[layer.at(row, 0)] - 4.0) * factor + 0.5));
  }
}

// Differences of 1e-5 leave 1e-10 of a third derivative below 10, and 1e-15 / 1e-5 of rounding.
TEST_CASE("normalisation: the errors are the derivatives to drive, gain and bias") {
  Normalised<double> layer;
  layer.forward();
  layer.backward();
  const Normalised<double> found = layer;
  for (int row = 0; row < layer.n_rows(); ++row) {
    for (int n = 0; n < 5; ++n) {
      INFO("row " << row << ", neuron " << n);
      CHECK(found.drive_error[layer.at(row, n)] == Approx(slope(layer, layer.drive[layer.at(row, n)])).margin(1e-8));
    }
  }
  for (int n = 0; n < 5; ++n) {
    double dgain = 0.0, dbias = 0.0;
    for (int b = 0; b < 3; ++b) dgain += found.dgain[b * 5 + n], dbias += found.dbias[b * 5 + n];
    CHECK(dgain == Approx(slope(layer, layer.gain[n])).margin(1e-8));
    CHECK(dbias == Approx(slope(layer, layer.bias[n])).margin(1e-8));
  }
}

TEST_CASE("normalisation: what fills up a batch has no error, whatever stands there") {
  Normalised<float> layer;
  layer.forward();
  layer.backward();
  const std::vector<float> nothing(32, 0.0F);  // with the gaps
  CHECK(std::vector<float>(layer.drive_error.end() - 32, layer.drive_error.end()) == nothing);
  Normalised<float> other;
  for (int i = 90; i < 110; ++i)
    other.drive[other.at(i / 5, i % 5)] = 1e6F, other.error[other.at(i / 5, i % 5)] = -1e6F;
  other.forward();
  other.backward();
  CHECK(same_bits(other.drive_error, layer.drive_error));
  CHECK(same_bits(other.dgain, layer.dgain));
}

TEST_CASE("normalisation: the width of a tile changes no bit") {
  Normalised<float> wide;
  wide.n_neurons = 100;
  wide.drive = numbers<float>(2200, 5, -1.0, 3.0), wide.error = numbers<float>(2200, 6);
  wide.gain = numbers<float>(100, 7, 0.5, 1.5), wide.bias = numbers<float>(100, 8);
  Normalised<float> narrow = wide;
  wide.forward();
  wide.backward();
  for (const int width : {1, 7}) {
    narrow.forward(width);
    narrow.backward(width);
    CHECK(same_bits(narrow.u, wide.u));
    CHECK(same_bits(narrow.drive_error, wide.drive_error));
    CHECK(same_bits(narrow.dgain, wide.dgain));
    CHECK(same_bits(narrow.variance, wide.variance));
  }
}

TEST_CASE("normalisation: running values follow the batch, unless the training has stopped") {
  Normalised<double> layer;
  layer.forward();
  std::vector<double> mean(5, 0.0), variance(5, 1.0);
  snn::GradientState state{};
  snn::AdamCoeffs<double> coeffs{};
  coeffs.running_rate = 0.25;
  const auto keep = [&] {
    support::run_tiles(snn::KeepNorm<double>{5, &state, &coeffs, layer.norm(), mean.data(), variance.data()}, 7);
  };
  keep();
  for (int n = 0; n < 5; ++n) {
    CHECK(mean[n] == Approx(0.25 * layer.mean[n]));
    CHECK(variance[n] == Approx(0.75 + 0.25 * layer.variance[n]));
  }
  const std::vector<double> before = mean, variance_before = variance;
  state.stopped_at = 3;
  keep();
  CHECK(mean == before);
  CHECK(variance == variance_before);
}
