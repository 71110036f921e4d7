#include <catch2/catch.hpp>
#include <limits>

#include "frontend/exchange/kaldi_ark.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using exchange_support::error_of;
using exchange_support::numbers;

namespace {

/// A matrix as Kaldi writes it, byte by byte.
std::string matrix(const std::string& type, std::int32_t rows, std::int32_t columns, const std::string& values) {
  return std::string("\0B", 2) + type + " \4" + numbers<std::int32_t>({rows}) + "\4" +
         numbers<std::int32_t>({columns}) + values;
}

/// A compressed one under the key k; `range`: the value of the lowest code, and how far it is to the highest one's.
std::string packed(const std::string& type, const std::vector<float>& range, std::int32_t rows, std::int32_t columns,
                   const std::string& codes) {
  return "k " + std::string("\0B", 2) + type + " " + numbers(range) + numbers<std::int32_t>({rows, columns}) + codes;
}

std::vector<std::pair<std::string, ear::KaldiMatrix>> read(const std::string& bytes) {
  const samples::Memory memory(bytes);
  ear::ByteInput ark(memory.fd(), "a.ark");
  std::vector<std::pair<std::string, ear::KaldiMatrix>> matrices;
  for (std::string key; ear::read_ark_key(ark, key);) matrices.emplace_back(key, ear::read_ark_matrix(ark, key));
  return matrices;
}

std::string error_of_ark(const std::string& bytes) {
  return error_of([&] { read(bytes); });
}

}  // namespace

TEST_CASE("kaldi_ark: the bytes before the numbers are Kaldi's") {
  CHECK(ear::ark_matrix_header(2, 300) == matrix("FM", 2, 300, ""));
  CHECK_THROWS_AS(ear::ark_matrix_header(1ULL << 31, 1), std::invalid_argument);
}

TEST_CASE("kaldi_ark: matrices of float and double are read one after the other") {
  const auto matrices = read("one " + matrix("FM", 1, 2, numbers<float>({1.5F, -2})) + "two.b " +
                             matrix("DM", 2, 1, numbers<double>({0.1, 3})));
  REQUIRE(matrices.size() == 2);
  CHECK(matrices[0].first == "one");
  CHECK(matrices[0].second.values == std::vector<float>{1.5F, -2});
  CHECK(matrices[1].first == "two.b");
  CHECK(matrices[1].second.rows == 2);
  CHECK(matrices[1].second.columns == 1);
  CHECK(matrices[1].second.values == std::vector<float>{0.1F, 3});
  CHECK(read("").empty());
}

TEST_CASE("kaldi_ark: what is no binary matrix is named with key and byte") {
  const std::string four = numbers<float>({1, 2, 3, 4});
  CHECK_THAT(error_of_ark("k " + matrix("CM4", 2, 2, four)),
             Contains("a.ark: key k before byte 8: of an unknown type"));
  CHECK_THAT(error_of_ark("k " + matrix("FV", 2, 2, four)), Contains("a vector"));
  CHECK_THAT(error_of_ark("k " + matrix("XX", 2, 2, four)), Contains("unknown type"));
  CHECK_THAT(error_of_ark("k  [\n 1 2 ]\n"), Contains("text archive"));
  CHECK_THAT(error_of_ark("k " + matrix("FM", 0, 2, "")), Contains("0 rows or columns"));
  CHECK_THAT(error_of_ark("k " + matrix("FM", -2, 2, four)), Contains("-2 rows"));
  CHECK_THAT(error_of_ark("k"), Contains("no key at byte 0"));
  CHECK_THAT(error_of_ark(std::string("\0BFM ", 5)), Contains("no key at byte"));
  CHECK_THAT(error_of_ark("k " + matrix("DM", 1, 1, numbers<double>({1e300}))),
             Contains("1e+300 is beyond the range of float"));
  std::string wide = "k " + matrix("FM", 1, 1, four);
  wide[7] = '\10';
  CHECK_THAT(error_of_ark(wide), Contains("sizes are not of four bytes"));
}

TEST_CASE("kaldi_ark: cut at any byte is an error") {
  const std::string bytes = "key " + matrix("FM", 2, 2, numbers<float>({1, 2, 3, 4}));
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    INFO("cut at byte " << size);
    REQUIRE_FALSE(error_of_ark(bytes.substr(0, size)).empty());
  }
}

TEST_CASE("kaldi_ark: codes of 16 and 8 bits run over the range, row by row") {
  // 13107 = 65535 / 5, 51 = 255 / 5
  const auto matrices = read(packed("CM2", {-2, 4}, 2, 2, numbers<std::uint16_t>({0, 13107, 39321, 65535})) +
                             packed("CM3", {-2, 4}, 2, 2, numbers<std::uint8_t>({0, 51, 153, 255})));
  REQUIRE(matrices.size() == 2);
  CHECK(matrices[0].second.rows == 2);
  CHECK(matrices[0].second.values == std::vector<float>{-2, -2 + 4 * 0.2F, -2 + 4 * 0.6F, 2});
  CHECK(matrices[1].second.values == matrices[0].second.values);
}

TEST_CASE("kaldi_ark: codes of a column lie between its percentiles") {
  // Two columns of five rows. Range 65535: a percentile's code is its value. The first column: 0, 640, 1920, 2550.
  const auto matrices = read(packed("CM", {0, 65535}, 5, 2,
                                    numbers<std::uint16_t>({0, 640, 1920, 2550, 7, 7, 7, 7}) +
                                        numbers<std::uint8_t>({0, 32, 64, 128, 255, 9, 99, 199, 200, 255})));
  const std::vector<float> wanted = {0, 7, 320, 7, 640, 7, 1280, 7, 2550, 7};
  const std::vector<float>& values = matrices.at(0).second.values;
  REQUIRE(values.size() == wanted.size());
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    INFO(i);
    CHECK(values[i] == Approx(wanted[i]).epsilon(1e-6));  // a few roundings of float
  }
}

TEST_CASE("kaldi_ark: compressed matrices that are huge or cut are an error") {
  const std::string bytes = packed("CM2", {-1, 4}, 1, 2, numbers<std::uint16_t>({0, 65535}));
  CHECK_THAT(error_of_ark(bytes.substr(0, bytes.size() - 1)), Contains("cut: 1 x 2 numbers"));
  CHECK_THAT(error_of_ark(packed("CM", {-1, 4}, 1 << 30, 1 << 30, "")), Contains("at most 1073741824 bytes"));
  CHECK_THAT(error_of_ark(packed("CM", {-1, 4}, 0, 1, "")), Contains("0 rows"));
}

TEST_CASE("kaldi_ark: huge claims are an error before memory is taken") {
  constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max();
  samples::largest_allocation();
  CHECK_THAT(error_of_ark("k " + matrix("FM", kMost, kMost, "1234")), Contains("at most 1073741824 bytes"));
  CHECK_THAT(error_of_ark("k " + matrix("FM", 1 << 28, 1, "1234")), Contains("cut: 268435456 x 1"));
  CHECK(samples::largest_allocation() < 4 << 20);
}
