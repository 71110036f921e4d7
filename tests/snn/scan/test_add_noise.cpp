#include "snn/scan/add_noise.h"

#include <catch2/catch.hpp>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

namespace {

template <class Real>
std::vector<Real> add(std::vector<Real> x, const std::vector<snn::UtteranceView>& utterances,
                      const std::vector<int>& row_begin, int width = snn::kTileWidth) {
  const int n_rows = row_begin.back(), n_channels = static_cast<int>(x.size()) / n_rows;
  x = support::spread<Real>(x, n_channels);
  support::run_tiles(snn::AddNoise<Real>{.shape = {n_rows, static_cast<int>(utterances.size()), n_channels},
                                         .row_begin = row_begin.data(),
                                         .utterances = utterances.data(),
                                         .x = x.data()},
                     width);
  return support::packed(x, n_channels);
}

snn::UtteranceView with(float noise, std::uint64_t seed) {
  snn::UtteranceView view;
  view.noise = noise;
  view.noise_seed = seed;
  return view;
}

}  // namespace

TEST_CASE("noise: a word for each step and channel of an utterance, wherever it lies in the batch", "[Ossicle noise]") {
  const std::uint64_t seed = 0x123456789abcdef0;
  const std::vector<double> x = support::numbers<double>(9 * 3, 1);  // utterances of two steps, of six and of one
  const std::vector<double> found = add(x, {with(0.0F, 1), with(0.25F, seed), with(0.5F, 2)}, {0, 2, 8, 9});
  for (std::uint32_t i = 0; i < 6; ++i) CHECK(found[i] == x[i]);
  for (std::uint32_t t = 0; t < 6; ++t) {
    for (std::uint32_t c = 0; c < 3; ++c) {
      const std::uint32_t word = snn::philox4x32({{t / 4, c, 0, 0}}, snn::philox_key(seed)).word[t % 4];
      const std::size_t i = 6 + t * 3 + c;
      CHECK(found[i] == x[i] + 0.25 * snn::nearly_normal<double>(word));
    }
  }
  CHECK(found[24] != x[24]);
}

TEST_CASE("noise: the width of a tile changes no bit") {
  const std::vector<float> x = support::numbers<float>(11 * 100, 1);
  const std::vector<snn::UtteranceView> utterances = {with(0.3F, 1), with(1.0F, 2), with(0.1F, 3)};
  const std::vector<int> row_begin = {0, 3, 5, 11};
  const std::vector<float> wide = add(x, utterances, row_begin);
  CHECK(support::same_bits(add(x, utterances, row_begin, 1), wide));
  CHECK(support::same_bits(add(x, utterances, row_begin, 7), wide));
}
