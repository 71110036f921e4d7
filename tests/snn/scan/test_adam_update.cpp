#include "snn/scan/adam_update.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/chunks.h"
#include "tests/snn/scan/run_body.h"

namespace {

struct Arrays {
  std::vector<double> parameters, m, v, gradients;
  std::vector<double> averages = {};
};

/// Three arrays, one of each kind, that end at `ends`; each has its own coefficients, and the factor of its clip.
void run(Arrays& arrays, const std::array<std::size_t, 3>& ends, const snn::GradientState& state,
         const std::array<snn::AdamCoeffs<double>, 3>& coeffs, int width,
         const std::array<double, 3>& factors = {1.0, 1.0, 1.0}) {
  const std::vector<snn::Chunk> chunks = support::chunks_of({ends[0], ends[1], ends[2]});
  const std::vector<snn::ArrayGradient> gradients = {{factors[0]}, {factors[1]}, {factors[2]}};
  support::run_tiles(snn::AdamUpdate<double>{.n_chunks = static_cast<int>(chunks.size()),
                                             .chunks = chunks.data(),
                                             .parameters = arrays.parameters.data(),
                                             .m = arrays.m.data(),
                                             .v = arrays.v.data(),
                                             .gradients = arrays.gradients.data(),
                                             .state = &state,
                                             .arrays = gradients.data(),
                                             .coeffs = coeffs.data(),
                                             .averages = arrays.averages.empty() ? nullptr : arrays.averages.data()},
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
  run(arrays, {2, 2, 2}, {}, {kCoeffs, {}, {}}, 64, {0.5, 1.0, 1.0});
  CHECK(arrays.m == std::vector<double>{1.0, -1.0});
  CHECK(arrays.v == std::vector<double>{1.0, 1.0});
  CHECK(arrays.parameters[0] == Approx(0.25).epsilon(1e-7));
  CHECK(arrays.parameters[1] == 1.0);
  CHECK(arrays.gradients == std::vector<double>{4.0, -4.0});
}

/// Rates 0.5, 0.25 and 0.125; a first step is the rate whatever the gradient.
TEST_CASE("adam update: every value once with its kind's coefficients, in chunks of any array's length") {
  constexpr std::size_t kChunk = snn::AdamUpdate<double>::kChunk;
  const std::size_t n = 2 * kChunk + 3;
  const auto ends =
      GENERATE_COPY(std::array<std::size_t, 3>{n, n, n}, std::array<std::size_t, 3>{kChunk + 1, kChunk + 1, n},
                    std::array<std::size_t, 3>{5, kChunk + 5, n}, std::array<std::size_t, 3>{0, 0, n});
  const Arrays before{support::numbers<double>(n, 1), std::vector<double>(n), std::vector<double>(n),
                      support::numbers<double>(n, 2, 0.5, 1.0)};
  std::array<snn::AdamCoeffs<double>, 3> coeffs = {kCoeffs, kCoeffs, kCoeffs};
  coeffs[1].lr = 0.25;
  coeffs[2].lr = 0.125;
  for (const int width : {1, 7, 64}) {
    Arrays after = before;
    run(after, ends, {}, coeffs, width);
    for (std::size_t i = 0; i < n; ++i) {
      const double rate = i < ends[0] ? 0.5 : (i < ends[1] ? 0.25 : 0.125);
      REQUIRE(after.parameters[i] == Approx(std::max(-1.0, before.parameters[i] - rate)).margin(1e-7));
    }
  }
}

TEST_CASE("adam update: after a norm that was not finite nothing moves") {
  const Arrays before{{0.75, 0.5}, {0.125, 0.25}, {0.5, 0.5}, {4.0, -4.0}};
  Arrays after = before;
  run(after, {2, 2, 2}, {.n_updates = 9, .stopped_at = 7}, {kCoeffs, kCoeffs, kCoeffs}, 64);
  CHECK(after.parameters == before.parameters);
  CHECK(after.m == before.m);
  CHECK(after.v == before.v);
}

// The parameters of the first case, 0.25 and 1; averages 0.5 and -1 move a quarter of the way.
TEST_CASE("adam update: averages follow the parameters after the step, which go as without") {
  for (const int width : {1, 7, 64}) {
    const Arrays before{{0.75, 0.75}, {0.0, 0.0}, {0.0, 0.0}, {4.0, -4.0}};
    Arrays plain = before, averaged = before;
    averaged.averages = {0.5, -1.0};
    snn::AdamCoeffs<double> coeffs = kCoeffs;
    coeffs.average_rate = 0.25;
    run(plain, {1, 1, 2}, {}, {coeffs, {}, coeffs}, width, {0.5, 1.0, 0.5});
    run(averaged, {1, 1, 2}, {}, {coeffs, {}, coeffs}, width, {0.5, 1.0, 0.5});
    CHECK(averaged.parameters == plain.parameters);
    CHECK(averaged.m == plain.m);
    CHECK(averaged.v == plain.v);
    CHECK(averaged.averages[0] == Approx(0.4375).epsilon(1e-7));
    CHECK(averaged.averages[1] == -0.5);
    const std::vector<double> last = averaged.averages;
    run(averaged, {1, 1, 2}, {.stopped_at = 3}, {coeffs, {}, coeffs}, width);
    CHECK(averaged.averages == last);
  }
}

// A first moment from nothing is half the clipped gradient.
TEST_CASE("adam update: every array with the factor of its own clip") {
  Arrays arrays{std::vector<double>(6), std::vector<double>(6), std::vector<double>(6), std::vector<double>(6, 4.0)};
  run(arrays, {1, 3, 6}, {.factor = 0.125}, {kCoeffs, kCoeffs, kCoeffs}, 64, {1.0, 0.5, 0.25});
  CHECK(arrays.m == std::vector<double>{2.0, 1.0, 1.0, 0.5, 0.5, 0.5});
}
