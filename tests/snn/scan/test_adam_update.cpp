#include "snn/scan/adam_update.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

struct Arrays {
  std::vector<double> parameters, m, v, gradients;
};

void run(Arrays& arrays, double factor, const snn::AdamCoeffs<double>& coeffs, int width) {
  support::run_tiles(snn::AdamUpdate<double>{.n_values = arrays.parameters.size(),
                                             .parameters = arrays.parameters.data(),
                                             .m = arrays.m.data(),
                                             .v = arrays.v.data(),
                                             .gradients = arrays.gradients.data(),
                                             .factor = &factor,
                                             .coeffs = coeffs},
                     width);
}

const snn::AdamCoeffs<double> kCoeffs{.lr = 0.5,
                                      .beta1 = 0.5,
                                      .one_minus_beta1 = 0.5,
                                      .beta2 = 0.75,
                                      .one_minus_beta2 = 0.25,
                                      .fix1 = 0.5,
                                      .fix2 = 0.25,
                                      .eps = 1e-8,
                                      .keep = 1.0,
                                      .low = -1.0,
                                      .high = 1.0};

}  // namespace

// Factor 1/2, gradients 4 and -4, so 2 and -2: m = 1, -1; v = 1, 1; m/fix1 = 2, v/fix2 = 4: steps of 0.5 against the
// sign; the second one stops at the bound 1.
TEST_CASE("adam update: clipped gradient, moments, parameter") {
  Arrays arrays{{0.75, 0.75}, {0.0, 0.0}, {0.0, 0.0}, {4.0, -4.0}};
  run(arrays, 0.5, kCoeffs, 64);
  CHECK(arrays.m == std::vector<double>{1.0, -1.0});
  CHECK(arrays.v == std::vector<double>{1.0, 1.0});
  CHECK(arrays.parameters[0] == Approx(0.25).epsilon(1e-7));
  CHECK(arrays.parameters[1] == 1.0);
  CHECK(arrays.gradients == std::vector<double>{4.0, -4.0});
}

TEST_CASE("adam update: every value once, in chunks of any array's length") {
  const std::size_t n = 2 * snn::AdamUpdate<double>::kChunk + 3;
  const Arrays before{support::numbers<double>(n, 1), std::vector<double>(n), std::vector<double>(n),
                      support::numbers<double>(n, 2, 0.5, 1.0)};
  Arrays after = before;
  run(after, 1.0, kCoeffs, 1);
  for (std::size_t i = 0; i < n; ++i) {
    // A first step is lr whatever the gradient.
    REQUIRE(after.parameters[i] == Approx(std::max(-1.0, before.parameters[i] - 0.5)).margin(1e-7));
  }
}
