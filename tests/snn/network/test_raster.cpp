#include "snn/network/raster.h"

#include <catch2/catch.hpp>

#include "tests/snn/network_rig.h"
#include "tests/snn/spikes.h"

TEST_CASE("raster: the spikes that the network counted, layer by layer") {
  const snn::Dataset data = support::synthetic();
  support::NetworkRig<float> rig;
  const std::vector<int> all = {1, 2, 3};
  for (const int index : {0, 5}) {
    const std::vector<std::uint8_t> spikes = snn::raster(rig.network, data, index, all);
    const int n_steps = data.utterances[static_cast<std::size_t>(index)].n_steps;
    const int width = 20 + 16 + 4;
    REQUIRE(spikes.size() == static_cast<std::size_t>(n_steps * width));
    rig.forward(data, {index});
    int first = 0, n_fired = 0;
    for (const int layer : all) {
      const int n = rig.params.network.sizes[static_cast<std::size_t>(layer)];
      const std::vector<int> counts = rig.network.spike_counts(layer);
      std::vector<std::uint64_t> bits;
      if (layer < 3) bits = support::read_spikes(rig.network.layer(layer).spikes(), false, n_steps, n);
      for (int i = 0; i < n; ++i) {
        int count = 0;
        for (int t = 0; t < n_steps; ++t) {
          const int spike = spikes[static_cast<std::size_t>(t * width + first + i)];
          count += spike;
          if (layer < 3) CHECK((spike == 1) == support::fires(bits, n, t, i));
        }
        CHECK(count == counts[static_cast<std::size_t>(i)]);
        n_fired += count;
      }
      first += n;
    }
    CHECK(n_fired > 0);
    // A part of the layers is a part of the columns.
    const std::vector<std::uint8_t> output = snn::raster(rig.network, data, index, std::vector<int>{3});
    for (int t = 0; t < n_steps; ++t) {
      for (int i = 0; i < 4; ++i) {
        CHECK(output[static_cast<std::size_t>(t * 4 + i)] == spikes[static_cast<std::size_t>(t * width + 36 + i)]);
      }
    }
  }
}

TEST_CASE("raster: layers and utterances that are not there") {
  const snn::Dataset data = support::synthetic();
  support::NetworkRig<float> rig;
  CHECK_THROWS_AS(snn::raster(rig.network, data, 0, std::vector<int>{}), std::invalid_argument);
  CHECK_THROWS_AS(snn::raster(rig.network, data, 0, std::vector<int>{0}), std::invalid_argument);
  CHECK_THROWS_AS(snn::raster(rig.network, data, 0, std::vector<int>{4}), std::invalid_argument);
  CHECK_THROWS_AS(snn::raster(rig.network, data, 24, std::vector<int>{1}), std::invalid_argument);
}
