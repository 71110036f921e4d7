#include "snn/scan/delayed_rows.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

const std::vector<int> kRows = {0, 3, 5, 11};  // utterances of 3, 2 and 6 steps

template <class Real>
std::vector<Real> delayed(std::vector<Real> from, std::vector<Real> to, int offset, bool adds,
                          const std::vector<int>& row_begin = kRows, int width = snn::kTileWidth) {
  const int n_rows = row_begin.back(), n_neurons = static_cast<int>(from.size()) / n_rows;
  from = support::spread<Real>(from, n_neurons);
  to = support::spread<Real>(to, n_neurons);
  support::run_tiles(snn::DelayedRows<Real>{.shape = {n_rows, static_cast<int>(row_begin.size()) - 1, n_neurons},
                                            .row_begin = row_begin.data(),
                                            .from = from.data(),
                                            .to = to.data(),
                                            .offset = offset,
                                            .adds = adds},
                     width);
  return support::packed(to, n_neurons);
}

}  // namespace

TEST_CASE("delayed rows: an utterance's rows later, earlier, and none from its neighbours", "[SpikeProp delay]") {
  const std::vector<double> from = {1, 2, 3, 10, 20}, to = {5, 5, 5, 5, 5};
  const std::vector<int> row_begin = {0, 3, 5};
  CHECK(delayed(from, to, -1, false, row_begin) == std::vector<double>{0, 1, 2, 0, 10});
  CHECK(delayed(from, to, -1, true, row_begin) == std::vector<double>{5, 6, 7, 5, 15});
  CHECK(delayed(from, to, 1, false, row_begin) == std::vector<double>{2, 3, 0, 20, 0});
  CHECK(delayed(from, to, 1, true, row_begin) == std::vector<double>{7, 8, 5, 25, 5});
  CHECK(delayed(from, to, -2, false, row_begin) == std::vector<double>{0, 0, 1, 0, 0});
  CHECK(delayed(from, to, -9, false, row_begin) == std::vector<double>(5, 0.0));
  CHECK(delayed(from, to, -9, true, row_begin) == to);
  CHECK(delayed(from, to, 0, false, row_begin) == from);
}

// sum over rows of z[t] x[t - d] is that of z[t + d] x[t]: what the error of a delayed connection rests on.
TEST_CASE("delayed rows: earlier is the transpose of later", "[SpikeProp delay]") {
  const auto x = support::numbers<double>(11 * 4, 1), z = support::numbers<double>(11 * 4, 2);
  const std::vector<double> none(x.size());
  for (const int delay : {0, 1, 2, 4, 6}) {
    const std::vector<double> later = delayed(x, none, -delay, false), earlier = delayed(z, none, delay, false);
    double forward = 0.0, backward = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) forward += z[i] * later[i], backward += earlier[i] * x[i];
    INFO("delay " << delay);
    CHECK(forward == Approx(backward).margin(1e-14));
  }
}

TEST_CASE("delayed rows: the width of a tile changes no bit") {
  const auto from = support::numbers<float>(11 * 100, 3), to = support::numbers<float>(11 * 100, 4);
  for (const int offset : {-3, 0, 1}) {
    for (const bool adds : {false, true}) {
      const std::vector<float> wide = delayed(from, to, offset, adds);
      CHECK(support::same_bits(delayed(from, to, offset, adds, kRows, 1), wide));
      CHECK(support::same_bits(delayed(from, to, offset, adds, kRows, 7), wide));
    }
  }
}
