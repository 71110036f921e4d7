#include "snn/scan/mix_batch.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

template <class Real>
std::vector<Real> mix(std::vector<Real> from, const std::vector<snn::UtteranceView>& utterances,
                      const std::vector<int>& row_begin, int width = snn::kTileWidth) {
  const int n_rows = row_begin.back(), n_channels = static_cast<int>(from.size()) / n_rows;
  from = support::spread<Real>(from, n_channels);
  std::vector<Real> to(from.size(), Real(NAN));
  support::run_tiles(snn::MixBatch<Real>{.shape = {n_rows, static_cast<int>(utterances.size()), n_channels},
                                         .row_begin = row_begin.data(),
                                         .utterances = utterances.data(),
                                         .from = from.data(),
                                         .to = to.data()},
                     width);
  return support::packed(to, n_channels);
}

snn::UtteranceView with(int partner, float share) {
  snn::UtteranceView view;
  view.partner = partner;
  view.share = share;
  return view;
}

}  // namespace

TEST_CASE("mix: each step with that of the partner, with silence behind its end", "[Mixup mixed]") {
  const std::vector<double> from = {1, 2, 3, 10, 20};  // utterances of three steps and of two
  CHECK(mix(from, {with(1, 0.5F), with(0, 0.25F)}, {0, 3, 5}) == std::vector<double>{5.5, 11, 1.5, 7.75, 15.5});
  CHECK(mix(from, {with(-1, 0.5F), with(1, 0.25F)}, {0, 3, 5}) == from);  // none, and itself
}

TEST_CASE("mix: the width of a tile changes no bit") {
  const std::vector<float> from = support::numbers<float>(11 * 100, 1);
  const std::vector<snn::UtteranceView> utterances = {with(2, 0.3F), with(0, 0.1F), with(1, 0.4F)};
  const std::vector<int> row_begin = {0, 3, 5, 11};
  const std::vector<float> wide = mix(from, utterances, row_begin);
  CHECK(support::same_bits(mix(from, utterances, row_begin, 1), wide));
  CHECK(support::same_bits(mix(from, utterances, row_begin, 7), wide));
}
