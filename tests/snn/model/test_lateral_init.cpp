#include "snn/model/lateral_init.h"

#include <Eigen/Eigenvalues>
#include <catch2/catch.hpp>
#include <cmath>

#include "snn/model/init.h"

using namespace snn;

namespace {

NetworkParams network(int width, double density = 1.0) {
  NetworkParams params;
  params.sizes = {5, width, 3};
  params.recurrent = {1};
  params.recurrent_density = density;
  return params;
}

std::vector<float> draw(const NetworkParams& params, const InitParams& init, std::uint64_t seed = 1) {
  return initial_parameters(params, init, seed).at("w_rec_1").values;
}

double largest_eigenvalue(const std::vector<float>& w, int n) {
  const Eigen::MatrixXd matrix =
      Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(w.data(), n, n)
          .cast<double>();
  return Eigen::EigenSolver<Eigen::MatrixXd>(matrix, false).eigenvalues().cwiseAbs().maxCoeff();
}

}  // namespace

TEST_CASE("lateral init: density and spread of the connections that are there") {
  const std::vector<float> w = draw(network(200, 0.25), {.w_rec_scale = 0.8});
  double squares = 0.0, there = 0.0;
  for (const float value : w) squares += double{value} * value, there += value != 0.0F ? 1.0 : 0.0;
  // Of 40,000: four standard errors are 0.0087 of the share, and 2.8 % of the variance of 10,000 numbers is 5.7 %.
  CHECK(there / 40000 == Approx(0.25).margin(0.0087));
  CHECK(squares / there == Approx(0.8 * 0.8 * 2 / 50).epsilon(0.057));
}

TEST_CASE("lateral init: a share of the neurons send values below 0 only, all others above 0 only") {
  const int n = 300;
  const std::vector<float> w = draw(network(n, 0.5), {.inhibitory_share = 0.2});
  int n_inhibitory = 0;
  for (int from = 0; from < n; ++from) {
    int below = 0, above = 0;
    for (int to = 0; to < n; ++to) {
      below += w[static_cast<std::size_t>(to * n + from)] < 0.0F;
      above += w[static_cast<std::size_t>(to * n + from)] > 0.0F;
    }
    CHECK((below == 0) != (above == 0));
    n_inhibitory += below > 0;
  }
  CHECK(n_inhibitory == Approx(60).margin(4 * std::sqrt(300 * 0.2 * 0.8)));
}

TEST_CASE("lateral init: an estimate of the spectral radius, as Eigen finds it", "[Ossicle spectral radius]") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    for (const double inhibitory : {0.0, 0.2}) {
      const std::vector<float> w = draw(network(120, 0.3), {.inhibitory_share = inhibitory}, seed);
      CHECK(spectral_radius(w, 120) == Approx(largest_eigenvalue(w, 120)).epsilon(0.02));
    }
  }
  CHECK(spectral_radius(std::vector<float>{0, 1, 0, 0}, 2) == 0.0);  // from one to the other and no further
}

TEST_CASE("lateral init: scaled to a spectral radius") {
  const std::vector<float> w = draw(network(120, 0.3), {.spectral_radius = 0.9, .inhibitory_share = 0.2});
  CHECK(largest_eigenvalue(w, 120) == Approx(0.9).epsilon(0.02));
  CHECK_THROWS_WITH(draw(network(2), {.w_rec_scale = 0.0, .spectral_radius = 0.9}),
                    Catch::Contains("w_rec_1 has no cycles"));
}

TEST_CASE("lateral init: a sparse matrix without any connection is refused, as it could never get one") {
  CHECK_THROWS_WITH(draw(network(2, 1e-9), {}), Catch::Contains("w_rec_1 has no connection"));
  CHECK_THROWS_WITH(draw(network(9, 0.5), {.w_rec_scale = 0.0}), Catch::Contains("w_rec_1 has no connection"));
  CHECK(draw(network(2), {.w_rec_scale = 0.0}) == std::vector<float>(4));
}
