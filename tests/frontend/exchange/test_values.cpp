#include "frontend/exchange/values.h"

#include <catch2/catch.hpp>
#include <limits>

#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;

namespace {

std::string refused(Kind kind, double value) {
  return error_of([&] { ear::array_of(kind, std::vector<double>{0, 1, 0, value}, 2); });
}

}  // namespace

TEST_CASE("values: numbers become arrays of their kind, others are named with step and channel") {
  const std::vector<float> values = {0, 1, 1, 0};
  CHECK(ear::array_of(Kind::kRaster, values, 2) == ear::Array(std::vector<std::uint8_t>{0, 1, 1, 0}));
  CHECK(ear::array_of(Kind::kCounts, values, 2) == ear::Array(std::vector<std::uint16_t>{0, 1, 1, 0}));
  CHECK(ear::array_of(Kind::kCochleagram, values, 2) == ear::Array(values));
  CHECK(ear::array_of(Kind::kCochleagram, std::vector<double>{0.1}, 1) == ear::Array(std::vector<float>{0.1F}));
  CHECK_THAT(refused(Kind::kRaster, 2), Contains("value 2 at step 1, channel 1; wanted 0 or 1"));
  CHECK_FALSE(refused(Kind::kRaster, 0.5).empty());
  CHECK_FALSE(refused(Kind::kRaster, -1).empty());
  CHECK_FALSE(refused(Kind::kCounts, 65536).empty());
  CHECK(refused(Kind::kCounts, 65535).empty());
  CHECK_FALSE(refused(Kind::kCounts, std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK_FALSE(refused(Kind::kCochleagram, std::numeric_limits<double>::quiet_NaN()).empty());
  CHECK_FALSE(refused(Kind::kCochleagram, 1e39).empty());
  CHECK_THROWS_AS(ear::array_of(Kind::kEvents, values, 2), std::invalid_argument);
}

TEST_CASE("values: floats of arrays are exact") {
  CHECK(ear::floats_of(std::vector<std::uint16_t>{0, 65535}) == std::vector<float>{0, 65535});
  CHECK(ear::floats_of(std::vector<std::uint8_t>{0, 1}) == std::vector<float>{0, 1});
  CHECK(ear::bytes_of(ear::Array(std::vector<std::uint16_t>{1, 2})).size() == 4);
}

TEST_CASE("values: the checksum is that of the array's member in a stream") {
  for (const Kind kind : {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    const auto header = exchange_support::header(kind);
    for (const auto& record : exchange_support::records(kind)) {
      const std::string stream = samples::write(header, {record});
      const std::uint32_t crc = samples::slow_crc(samples::contents_of(stream, record.key + ".npy"));
      CHECK(ear::npy_crc(header, record) == crc);
      ear::check_npy_crc(header, record, crc, "run");
      CHECK_THAT(error_of([&] { ear::check_npy_crc(header, record, crc + 1, "run"); }),
                 Contains(record.key) && Contains("run"));
    }
  }
}

TEST_CASE("values: one word has no blanks") {
  CHECK(ear::one_word("two words\there\n") == "two_words_here_");
  CHECK(ear::one_word("d\u00fcrr") == "d\u00fcrr");
}
