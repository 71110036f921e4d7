#include "snn/base/philox.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace snn;

TEST_CASE("philox: known answers of Random123 for philox4x32-10") {
  // File kat_vectors of the Random123 distribution.
  CHECK(philox4x32({}, {}) == PhiloxWords{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}});
  const std::uint32_t ones = 0xffffffff;
  CHECK(philox4x32({{ones, ones, ones, ones}}, {{ones, ones}}) ==
        PhiloxWords{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}});
  CHECK(philox4x32({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, philox_key(0x299f31d0a4093822)) ==
        PhiloxWords{{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}});
}

// The fourth moment of a sum of four equal uniform parts is 3 - 1.2 / 4 times the square of the second.
TEST_CASE("philox: noise has the moments of a sum of four uniform bytes", "[Ossicle noise]") {
  CHECK(nearly_normal<double>(0) == -nearly_normal<double>(0xffffffff));
  CHECK(nearly_normal<double>(0x7f80807f) == 0.0);
  CHECK(nearly_normal<float>(0x00000001) == static_cast<float>(-509 / std::sqrt(21845.0)));
  CHECK(nearly_normal<float>(0x01000000) == nearly_normal<float>(0x00010000));
  double first = 0.0, second = 0.0, fourth = 0.0;
  const int n_blocks = 25000;
  for (std::uint32_t i = 0; i < n_blocks; ++i) {
    for (const std::uint32_t word : philox4x32({{i, 1, 2, 3}}, {{4, 5}}).word) {
      const double x = nearly_normal<double>(word), square = x * x;
      first += x / (4.0 * n_blocks), second += square / (4.0 * n_blocks), fourth += square * square / (4.0 * n_blocks);
    }
  }
  const double error = 1.0 / std::sqrt(4.0 * n_blocks);  // standard error of the mean
  CHECK(std::abs(first) < 4.0 * error);
  CHECK(std::abs(second - 1.0) < 4.0 * std::sqrt(1.7) * error);
  CHECK(std::abs(fourth - 2.7) < 4.0 * 6.0 * error);
}
