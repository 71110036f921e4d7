#include "snn/scan/draw_silent.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/snn/scan/run_body.h"

namespace {

std::uint64_t stream_of(std::uint64_t epoch, const std::string& key) {
  return snn::Hash().add(epoch).add(key).value();
}

/// Of a layer's neurons in utterances with those streams; where nothing is written there are sevens.
std::vector<std::uint8_t> draw(const std::vector<std::uint64_t>& streams, int layer, int n_neurons, int stride,
                               const snn::BatchDraws& draws, int width = snn::kTileWidth) {
  std::vector<snn::UtteranceView> utterances(streams.size());
  for (std::size_t b = 0; b < streams.size(); ++b) utterances[b].stream = streams[b];
  std::vector<std::uint8_t> flags(streams.size() * static_cast<std::size_t>(stride), 7);
  support::run_tiles(snn::DrawSilent{.n_batch = static_cast<int>(streams.size()),
                                     .n_neurons = n_neurons,
                                     .layer = layer,
                                     .utterances = utterances.data(),
                                     .draws = draws,
                                     .flags = flags.data(),
                                     .stride = static_cast<std::size_t>(stride)},
                     width);
  return flags;
}

}  // namespace

TEST_CASE("draw silent: each neuron with its probability, by seed, stream and layer") {
  const snn::BatchDraws draws{.seed = 1, .drop_neurons = 0.25};
  const std::uint64_t stream = stream_of(3, "a");
  const std::vector<std::uint8_t> silent = draw({stream}, 1, 1000, 1000, draws);
  const auto n_silent = std::count(silent.begin(), silent.end(), 1);
  CHECK(std::abs(static_cast<double>(n_silent) - 250.0) < 4 * std::sqrt(1000 * 0.25 * 0.75));
  CHECK(n_silent + std::count(silent.begin(), silent.end(), 0) == 1000);
  CHECK(draw({stream}, 1, 1000, 1000, draws) == silent);
  CHECK(draw({stream}, 2, 1000, 1000, draws) != silent);
  CHECK(draw({stream + 1}, 1, 1000, 1000, draws) != silent);
  CHECK(draw({stream}, 1, 1000, 1000, {.seed = 2, .drop_neurons = 0.25}) != silent);
  CHECK(draw({stream}, 1, 8, 8, {.seed = 1, .drop_neurons = 0.0}) == std::vector<std::uint8_t>(8, 0));
}

TEST_CASE("draw silent: draws are for ever what they were, and lie in the layer's columns") {
  // tests/reference/make_reference_random.py, an independent program.
  const std::vector<std::uint64_t> streams = {stream_of(3, "7_jackson_0"), stream_of(3, "a")};
  const snn::BatchDraws draws{.seed = 1, .drop_neurons = 0.5};
  CHECK(draw(streams, 1, 4, 4, draws) == std::vector<std::uint8_t>{0, 1, 0, 1, 1, 1, 0, 0});
  CHECK(draw(streams, 2, 6, 8, draws) == std::vector<std::uint8_t>{1, 0, 0, 1, 1, 1, 7, 7, 0, 0, 1, 0, 0, 1, 7, 7});
}

TEST_CASE("draw silent: the width of a tile changes no bit") {
  const snn::BatchDraws draws{.seed = 1, .drop_neurons = 0.5};
  const std::vector<std::uint8_t> wide = draw({1, 2, 3}, 1, 301, 310, draws);
  CHECK(draw({1, 2, 3}, 1, 301, 310, draws, 1) == wide);
  CHECK(draw({1, 2, 3}, 1, 301, 310, draws, 7) == wide);
}
