#include <catch2/catch.hpp>

#include "frontend/exchange/npy_array.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using exchange_support::error_of;
using exchange_support::npy;
using exchange_support::numbers;

namespace {

/// What reading a member with these bytes says; empty for an array.
std::string error_of_array(const std::string& bytes) {
  const exchange_support::TempFolder temp;
  exchange_support::spill(temp.file("a.npz"), exchange_support::zip({{"a.npy", bytes}}));
  return error_of([&] {
    ear::ZipReader zip(temp.file("a.npz"));
    zip.next();
    ear::read_npy_header(zip);
  });
}

}  // namespace

TEST_CASE("npy_array: the header is the one that numpy.save writes") {
  CHECK(ear::npy_array_header({"<f4", {2, 3}}) == npy("<f4", "(2, 3)", ""));
  CHECK(ear::npy_array_header({"<i8", {5}}) == npy("<i8", "(5,)", ""));
  CHECK(ear::npy_array_header({"<U7", {}}) == npy("<U7", "()", ""));
}

TEST_CASE("npy_array: numbers of every type") {
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

TEST_CASE("npy_array: texts go to UTF-32 and back") {
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

TEST_CASE("npy_array: elements in Fortran order are put in C order") {
  const auto reordered = [](const ear::NpyArray& array, const std::vector<std::uint16_t>& values) {
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
  const ear::NpyArray array{"<u1", {4, 2}, true};
  CHECK(ear::rows_in_c_order(array, ear::Bytes{1, 3, 5, 7, 2, 4, 6, 8}, 1, 2) == ear::Bytes{3, 4, 5, 6});
}

TEST_CASE("npy_array: what cannot be read is named with what to do") {
  CHECK(error_of_array(npy("<f4", "(1, 2)", numbers<float>({1, 2}))).empty());
  CHECK(error_of_array(npy("<f4", "(2L,)", numbers<float>({1, 2}))).empty());  // of Python 2
  CHECK(error_of_array(npy("f4", "(2,)", numbers<float>({1, 2}))).empty());
  CHECK_THAT(error_of_array(npy("|O", "(1,)", "????????")), Contains("Python objects"));
  CHECK_THAT(error_of_array(npy(">f4", "(1,)", "1234")), Contains("type >f4"));
  CHECK_THAT(error_of_array(npy("<f2", "(1,)", "12")), Contains("type <f2"));
  CHECK_THAT(error_of_array(npy("<c8", "(1,)", "12345678")), Contains("type <c8"));
  CHECK_THAT(error_of_array(npy("<U0", "(9,)", "")), Contains("type <U0"));
  CHECK_THAT(error_of_array(npy("<f4", "(3,)", "12345678")), Contains("make 12 bytes, 8 are there"));
  CHECK_THAT(error_of_array(npy("<f4", "(1,)", "12345678")), Contains("make 4 bytes, 8 are there"));
  CHECK_THAT(error_of_array(npy("<f4", "(2, x)", "1234")), Contains("no list of sizes"));
  CHECK_THAT(error_of_array("RIFF and so on"), Contains("no NumPy array"));
  CHECK_THAT(error_of_array("tiny"), Contains("too short"));
  CHECK_THAT(error_of_array(npy("<f4", "(1,)", "1234").substr(0, 30)), Contains("cut"));
  // 2^62 + 1 elements of 4 bytes are 4 bytes modulo 2^64.
  CHECK_THAT(error_of_array(npy("<f4", "(4611686018427387905,)", "1234")), Contains("beyond any memory"));
}
