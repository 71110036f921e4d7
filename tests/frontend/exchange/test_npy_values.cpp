#include <catch2/catch.hpp>

#include "frontend/exchange/npy_values.h"
#include "tests/frontend/exchange/support.h"

using exchange_support::numbers;

TEST_CASE("npy_values: numbers of every type") {
  const auto read = [](const std::string& descr, const std::string& bytes) {
    return ear::npy_numbers({descr, {}}, {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  };
  CHECK(read("<f8", numbers<double>({-0.1, 1e300})) == std::vector<double>{-0.1, 1e300});
  CHECK(read("<f4", numbers<float>({0.5F})) == std::vector<double>{0.5});
  CHECK(read("|i1", numbers<std::int8_t>({-3})) == std::vector<double>{-3});
  CHECK(read("|u1", numbers<std::uint8_t>({200})) == std::vector<double>{200});
  CHECK(read("|b1", numbers<std::uint8_t>({1, 0})) == std::vector<double>{1, 0});
  CHECK(read("<i2", numbers<std::int16_t>({-300})) == std::vector<double>{-300});
  CHECK(read("<u2", numbers<std::uint16_t>({60000})) == std::vector<double>{60000});
  CHECK(read("<i4", numbers<std::int32_t>({-70000})) == std::vector<double>{-70000});
  CHECK(read("<u4", numbers<std::uint32_t>({4000000000})) == std::vector<double>{4e9});
  CHECK(read("<i8", numbers<std::int64_t>({-5000000000})) == std::vector<double>{-5e9});
  CHECK(read("<u8", numbers<std::uint64_t>({5000000000})) == std::vector<double>{5e9});
}

TEST_CASE("npy_values: texts go to UTF-32 and back") {
  const std::vector<std::string> texts = {"", "ada", "M\u00e4rz", "\u20ac \U0001F50A"};
  const ear::NpyTexts array = ear::npy_text_array(texts);
  CHECK(array.descr == "<U4");
  CHECK(array.bytes.size() == 4 * 4 * 4);
  CHECK(array.bytes[2 * 16 + 4] == 0xE4);  // U+00E4, the second character of the third text
  CHECK(ear::npy_texts({"<U4", {4}}, array.bytes) == texts);
  const std::string plain("one\0two", 7);
  CHECK(ear::npy_texts({"|S4", {2}}, std::span(reinterpret_cast<const std::uint8_t*>("one\0two"), 8)) ==
        std::vector<std::string>{"one", "two"});
  CHECK_THROWS_AS(ear::npy_text_array(std::vector<std::string>{"\xff"}), std::invalid_argument);
  CHECK_THROWS_AS(ear::npy_text_array(std::vector<std::string>{"\xe2\x82"}), std::invalid_argument);
  const std::vector<std::uint8_t> none = {0, 0, 0x11, 0};  // U+110000
  CHECK_THROWS_AS(ear::npy_texts({"<U1", {1}}, none), std::runtime_error);
}

TEST_CASE("npy_values: elements in Fortran order are put in C order") {
  const auto reordered = [](const ear::NpyHeader& array, const std::vector<std::uint16_t>& values) {
    const std::string bytes = numbers(values);
    const ear::Bytes ordered = ear::rows_in_c_order(array, ear::Bytes(bytes.begin(), bytes.end()), 0, array.shape[0]);
    return ear::npy_numbers(array, ordered);
  };
  // numpy.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies as 1 4 2 5 3 6.
  CHECK(reordered({"<u2", {2, 3}, true}, {1, 4, 2, 5, 3, 6}) == std::vector<double>{1, 2, 3, 4, 5, 6});
  // Element (i, j, k) of a 2 x 3 x 4 array is 100 i + 10 j + k.
  std::vector<std::uint16_t> stored;
  std::vector<double> wanted;
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) stored.push_back(static_cast<std::uint16_t>(100 * i + 10 * j + k));
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k) wanted.push_back(100 * i + 10 * j + k);
  CHECK(reordered({"<u2", {2, 3, 4}, true}, stored) == wanted);
  CHECK(reordered({"<u2", {0, 3}, true}, {}).empty());
  // Rows 1 and 2 of [[1, 2], [3, 4], [5, 6], [7, 8]].
  const ear::NpyHeader array{"<u1", {4, 2}, true};
  CHECK(ear::rows_in_c_order(array, ear::Bytes{1, 3, 5, 7, 2, 4, 6, 8}, 1, 2) == ear::Bytes{3, 4, 5, 6});
}
