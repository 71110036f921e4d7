#include "snn/scan/silent_neurons.h"

#include <catch2/catch.hpp>
#include <vector>

namespace {

constexpr int kNeurons = 5, kStride = 7;
// Of two utterances, and two flags behind the last neuron, which are nobody's.
const std::vector<std::uint8_t> kFlags = {0, 1, 0, 0, 255, 1, 1,  //
                                          1, 0, 0, 1, 0,   1, 1};
const snn::SilentNeurons kSilent{kFlags.data(), kStride};

}  // namespace

TEST_CASE("silent neurons: each utterance has flags of its own, and without flags none is silent") {
  const std::vector<std::vector<int>> wanted = {{1, 4}, {0, 3}};
  for (int b = 0; b < 2; ++b) {
    std::vector<int> found;
    for (int n = 0; n < kNeurons; ++n) {
      if (kSilent.is_silent(b, n)) found.push_back(n);
      CHECK_FALSE(snn::SilentNeurons{}.is_silent(b, n));
    }
    CHECK(found == wanted[static_cast<std::size_t>(b)]);
  }
}

// Three rows of an array, of which a tile zeroes its own columns in the first two.
TEST_CASE("silent neurons: a tile zeroes the columns of its silent neurons alone") {
  for (int b = 0; b < 2; ++b) {
    for (int first = 0; first < kNeurons; ++first) {
      for (int last = first; last <= kNeurons; ++last) {
        std::vector<float> rows(3 * kNeurons, 2.0F), plain = rows;
        for (int n = first; n < last; ++n) {
          if (kSilent.is_silent(b, n)) plain[static_cast<std::size_t>(n)] = plain[kNeurons + n] = 0.0F;
        }
        kSilent.zero(b, first, last, rows.data() + first, 2, kNeurons);
        INFO("utterance " << b << ", neurons " << first << " to " << last);
        CHECK(rows == plain);
        snn::SilentNeurons{}.zero(b, first, last, rows.data() + first, 3, kNeurons);
        CHECK(rows == plain);
      }
    }
  }
}
