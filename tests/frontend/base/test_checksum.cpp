#include "frontend/base/checksum.h"

#include <catch2/catch.hpp>

#include "tests/frontend/stream/samples.h"

TEST_CASE("CRC-32 has the catalogue's check value and continues over pieces") {
  CHECK(ear::crc_text(ear::crc32("123456789")) == "cbf43926");
  CHECK(ear::crc32("6789", ear::crc32("12345")) == ear::crc32("123456789"));
  CHECK(ear::crc32("") == 0);
  CHECK(ear::crc32(std::span<const std::uint8_t>{}, 7) == 7);
  CHECK(ear::crc_text(0xab) == "000000ab");
}

TEST_CASE("CRC-32 equals the bit by bit definition") {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += static_cast<char>(i * 7);
    CHECK(ear::crc32(text) == samples::slow_crc(text));
  }
}
