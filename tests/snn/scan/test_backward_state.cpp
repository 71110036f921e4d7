#include "snn/scan/backward_state.h"

#include <catch2/catch.hpp>
#include <vector>

namespace {

using Tile = snn::BackwardTile<double, 4>;

std::vector<double> values(const snn::BackwardState<double>& s) {
  return {s.after,    s.trace,     s.error,    s.drive,        s.adapted, s.twice,
          s.sum_self, s.sum_theta, s.sum_bias, s.sum_strength, s.sum_rho};
}

/// What a tile has of neuron 2 after it was given these numbers.
template <snn::Beside kBeside>
std::vector<double> kept() {
  Tile tile;
  tile.set<kBeside>(2, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  for (const int other : {0, 1, 3}) CHECK(values(tile.state(other)) == std::vector<double>(11));
  return values(tile.state(2));
}

}  // namespace

TEST_CASE("backward state: a tile keeps of each neuron what its layer has") {
  CHECK(kept<snn::Beside::kNothing>() == std::vector<double>{1, 2, 3, 4, 0, 0, 7, 8, 0, 0, 0});
  CHECK(kept<snn::Beside::kSpikeErrors>() == std::vector<double>{1, 2, 3, 4, 0, 0, 7, 8, 9, 0, 0});
  CHECK(kept<snn::Beside::kEither>() == std::vector<double>{1, 2, 3, 4, 0, 0, 7, 8, 9, 0, 0});
  CHECK(kept<snn::Beside::kAdaptation>() == std::vector<double>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
}

TEST_CASE("backward state: a tile keeps each neuron's constants") {
  Tile tile;
  tile.set(1, {1, 2, 3, 4, 5});
  const auto [keep, w, strength, decay, bound] = tile.neuron(1);
  CHECK(std::vector<double>{keep, w, strength, decay, bound} == std::vector<double>{1, 2, 3, 4, 5});
  CHECK(tile.neuron(0).keep == 0);
}
