#include "frontend/exchange/kaldi_compressed.h"

#include <catch2/catch.hpp>

#include "tests/frontend/exchange/support.h"

namespace {

std::vector<float> expanded(const std::string& mark, const ear::CompressedHeader& header, const std::string& bytes) {
  CHECK(ear::compressed_bytes(mark, header) == bytes.size());
  return ear::expand(mark, header, std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()));
}

}  // namespace

TEST_CASE("kaldi_compressed: codes of 16 and 8 bits run over the range, row by row") {
  const ear::CompressedHeader header{-2, 4, 2, 2};
  // 13107 = 65535 / 5, 51 = 255 / 5
  const auto wide = expanded("CM2 ", header, exchange_support::numbers<std::uint16_t>({0, 13107, 39321, 65535}));
  CHECK(wide == std::vector<float>{-2, -2 + 4 * 0.2F, -2 + 4 * 0.6F, 2});
  const auto narrow = expanded("CM3 ", header, exchange_support::numbers<std::uint8_t>({0, 51, 153, 255}));
  CHECK(narrow == wide);
}

TEST_CASE("kaldi_compressed: codes of a column lie between its percentiles") {
  // Two columns of five rows. Range 65535: a percentile's code is its value. The first column: 0, 640, 1920, 2550.
  const std::string bytes = exchange_support::numbers<std::uint16_t>({0, 640, 1920, 2550, 7, 7, 7, 7}) +
                            exchange_support::numbers<std::uint8_t>({0, 32, 64, 128, 255, 9, 99, 199, 200, 255});
  const auto values = expanded("CM ", {0, 65535, 5, 2}, bytes);
  const std::vector<float> wanted = {0, 7, 320, 7, 640, 7, 1280, 7, 2550, 7};
  REQUIRE(values.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    INFO(i);
    CHECK(values[i] == Approx(wanted[i]).epsilon(1e-6));  // a few roundings of float
  }
}

TEST_CASE("kaldi_compressed: marks") {
  for (const char* mark : {"CM ", "CM2 ", "CM3 "}) CHECK(ear::is_compressed(mark));
  for (const char* mark : {"FM ", "CM", "CM4 ", "CM1 "}) CHECK_FALSE(ear::is_compressed(mark));
}
