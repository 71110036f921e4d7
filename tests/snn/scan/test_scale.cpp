#include "snn/scan/scale.h"

#include <catch2/catch.hpp>

#include "tests/snn/scan/run_body.h"

TEST_CASE("scale: every value once, the last chunk short") {
  constexpr std::size_t kSize = snn::Scale<float>::kChunk + 3;
  std::vector<float> values(kSize, 0.5F);
  const snn::Scale<float> body{.n_values = kSize, .values = values.data(), .factor = 3.0F};
  CHECK(body.extent().n_batch == 2);
  support::run_tiles(body, snn::kTileWidth);
  CHECK(values == std::vector<float>(kSize, 1.5F));
}
