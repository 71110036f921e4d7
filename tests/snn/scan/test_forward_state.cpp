#include "snn/scan/forward_state.h"

#include <catch2/catch.hpp>
#include <vector>

TEST_CASE("forward state: a tile keeps each neuron's constants, and begins at rest") {
  snn::ForwardTile<double, 4> tile;
  tile.set(2, {1, 2, 3, 4, 5});
  const auto [keep, w, bias, strength, rho] = tile.neuron(2);
  CHECK(std::vector<double>{keep, w, bias, strength, rho} == std::vector<double>{1, 2, 3, 4, 5});
  CHECK(tile.neuron(1).bias == 0);
  for (int j = 0; j < 4; ++j)
    CHECK(tile.current[j] + tile.carried[j] + tile.a[j] + tile.adapted[j] + tile.count[j] == 0);
}
