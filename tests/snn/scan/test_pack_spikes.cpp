#include "snn/scan/pack_spikes.h"

#include <catch2/catch.hpp>
#include <limits>
#include <vector>

#include "tests/snn/numbers.h"
#include "tests/snn/scan/run_body.h"

// Every pattern of eight.
TEST_CASE("pack: byte i of eight becomes bit i") {
  for (std::uint64_t pattern = 0; pattern < 256; ++pattern) {
    std::uint64_t bytes = 0;
    for (int i = 0; i < 8; ++i) bytes |= (pattern >> i & 1) << (8 * i);
    CHECK(snn::pack_bytes(bytes) == pattern);
  }
}

TEST_CASE("pack: a bit for every neuron above the threshold, zeros behind the last") {
  const std::vector<int> row_begin = {0, 3, 5};
  for (const int n_neurons : {1, 7, 64, 65, 130}) {
    const snn::Shape shape{5, 2, n_neurons};
    std::vector<double> u = support::numbers<double>(shape.size(), 3, 0.0, 2.0);
    u[0] = 1.0;  // not above
    const auto n_words = static_cast<std::size_t>(snn::spike_words(n_neurons));
    std::vector<std::uint64_t> spikes(5 * n_words, std::numeric_limits<std::uint64_t>::max());
    support::run_tiles(snn::PackSpikes<double>{.shape = shape,
                                               .row_begin = row_begin.data(),
                                               .u = u.data(),
                                               .first_row = 0,
                                               .v_th = 1.0,
                                               .spikes = spikes.data()},
                       1);
    for (int row = 0; row < 5; ++row) {
      for (int n = 0; n < static_cast<int>(n_words) * 64; ++n) {
        const bool wanted = n < n_neurons && u[shape.index(row, n)] > 1.0;
        INFO(n_neurons << " neurons, row " << row << ", neuron " << n);
        CHECK((spikes[static_cast<std::size_t>(row) * n_words + static_cast<std::size_t>(n) / 64] >> (n % 64) & 1) ==
              (wanted ? 1 : 0));
      }
    }
  }
}
