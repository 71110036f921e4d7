#include "snn/scan/row_slopes.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"

TEST_CASE("row slopes: the surrogate of each neuron, as one by one") {
  const snn::Coeffs<double> coeffs = snn::derive_coeffs<double>(snn::NetworkParams{}, snn::GradientParams{});
  const std::vector<double> u = support::numbers<double>(7, 3, -4.0, 4.0);
  snn::RowSlopes<double, 8> slopes;
  slopes.find_surrogates(coeffs, u.data(), 7);
  for (int j = 0; j < 7; ++j) {
    const double z =
        snn::exponential(snn::surrogate_exponent(u[j], coeffs.v_th, coeffs.inv_slope, coeffs.exponent_bound));
    CHECK(slopes.surrogate[j] == snn::surrogate_slope(z, coeffs.inv_slope));
  }
  CHECK(slopes.surrogate[7] == 0.0);
}

// Threshold 1: a spike from 0.5 to 2.5, one behind another spike, one beyond its bound, no spike.
TEST_CASE("row slopes: one over the rise at a spike, at most the bound, 0 without a spike") {
  const double u[] = {2.5, 2.0, 1.25, 0.5}, before[] = {0.5, 3.0, 1.0, 0.25}, bound[] = {8.0, 8.0, 2.0, 8.0};
  double slope[4] = {-1, -1, -1, -1};
  snn::find_spike_slopes(1.0, u, before, 4, bound, slope);
  CHECK(slope[0] == 0.5);
  CHECK(slope[1] == 0.5);  // the reset before it left nothing
  CHECK(slope[2] == 2.0);
  CHECK(slope[3] == 0.0);
}
