#include "snn/scan/psc_scan.h"

#include <catch2/catch.hpp>

#include "tests/snn/scan/neurons.h"

using support::Neurons;

TEST_CASE("psc scan: what the forward scan had, bit for bit, in tiles of any width") {
  Neurons<float> neurons({30, 1, 11}, 100);
  neurons.forward();
  for (const int width : {1, 7, 64}) {
    std::vector<float> psc(neurons.shape.size(), NAN);
    const snn::Coeffs<float> coeffs = neurons.coeffs();
    support::run_tiles(snn::PscScan<float>{.shape = neurons.shape,
                                           .row_begin = neurons.row_begin.data(),
                                           .u = neurons.u.data(),
                                           .psc = {psc.data(), 0, 0, 100},
                                           .v_th = coeffs.v_th,
                                           .keep_s = coeffs.keep_s,
                                           .gain_s = coeffs.gain_s},
                       width);
    CHECK(support::same_bits(psc, neurons.psc));
  }
}

// Utterance 1 has the rows 4 to 6; neurons 64 to 69 of 70, six numbers a row.
TEST_CASE("psc scan: into a part of its own") {
  Neurons<double> neurons({4, 3}, 70);
  neurons.forward();
  std::vector<double> part(18, NAN);
  const snn::Coeffs<double> coeffs = neurons.coeffs();
  const snn::RowsView<double> view{part.data(), 4, 64, 6};
  snn::PscScan<double>{.shape = neurons.shape,
                       .row_begin = neurons.row_begin.data(),
                       .u = neurons.u.data(),
                       .psc = view,
                       .v_th = coeffs.v_th,
                       .keep_s = coeffs.keep_s,
                       .gain_s = coeffs.gain_s}
      .run<snn::kTileWidth>(1, 64, 70);
  for (int t = 0; t < 3; ++t) {
    for (int n = 64; n < 70; ++n) {
      CHECK(part[static_cast<std::size_t>(6 * t + n - 64)] == neurons.psc[neurons.at(1, t, n)]);
      CHECK(view.at(4 + t, n) == &part[static_cast<std::size_t>(6 * t + n - 64)]);
    }
  }
}
