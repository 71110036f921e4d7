#include "snn/files/weights_file.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>

#include "tests/snn/byte_sources.h"

using Catch::Contains;

namespace {

std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

template <typename Number>
std::string bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

std::string one(const std::string& dtype, const std::string& shape, const std::string& data) {
  return file_of(R"({"a":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":[0,)" +
                     std::to_string(data.size()) + "]}}",
                 data);
}

snn::Tensors read_all(const std::string& bytes) {
  CountedBytes counted{bytes};
  const snn::WeightsFile file(counted.file());
  snn::Tensors tensors;
  for (const snn::TensorEntry& entry : file.entries()) tensors[entry.name] = file.read(entry);
  return tensors;
}

std::vector<float> values_of(const std::string& file) {
  return read_all(file).at("a").values;
}

}  // namespace

TEST_CASE("weights file: every type of float, by hand") {
  CHECK(values_of(one("F32", "[2]", bytes_of<float>({1.5F, -2.0F}))) == std::vector<float>{1.5F, -2.0F});
  CHECK(values_of(one("F64", "[2]", bytes_of<double>({0.1, -3.0}))) == std::vector<float>{0.1F, -3.0F});
  // Half precision: 1; -2; the largest, 65504; the smallest subnormal, 2^-24; the smallest normal, 2^-14; -0.
  CHECK(values_of(one("F16", "[6]", bytes_of<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x8000}))) ==
        std::vector<float>{1.0F, -2.0F, 65504.0F, 0x1p-24F, 0x1p-14F, -0.0F});
  CHECK(values_of(one("BF16", "[3]", bytes_of<std::uint16_t>({0x3f80, 0xc040, 0x3e00}))) ==
        std::vector<float>{1.0F, -3.0F, 0.125F});
  CHECK(values_of(one("I64", "[]", bytes_of<std::int64_t>({1}))) == std::vector<float>{1.0F});
  CHECK_THROWS_WITH(values_of(one("I64", "[1]", bytes_of<std::int64_t>({(1 << 24) + 1}))), Contains("not finite"));
}

TEST_CASE("weights file: an array that nobody reads may be of any type, and metadata may be null") {
  const std::string bytes = file_of(
      R"({"__metadata__":null,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"mask":{"dtype":"BOOL","shape":[2],"data_offsets":[4,6]},"mem":{"dtype":"F32","shape":[0,7],"data_offsets":[0,0]},"odd":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[6,7]}})",
      bytes_of<float>({5}) + "\1\1?");
  CountedBytes counted{bytes};
  const snn::WeightsFile file(counted.file());
  REQUIRE(file.entries().size() == 4);
  CHECK(file.read(file.entries()[0]).values == std::vector<float>{5});
  CHECK_THROWS_WITH(file.read(file.entries()[1]), Contains("array mask is of type BOOL"));
  CHECK_THROWS_WITH(file.read(file.entries()[2]), Contains("array mem claims an impossible shape"));
  CHECK_THROWS_WITH(file.read(file.entries()[3]), Contains("array odd is of type F8_E4M3"));
}

TEST_CASE("weights file: names are cut short in messages, a header beyond 100 MB is not read") {
  const std::string name(100'000, 'n');
  const auto file =
      file_of(R"({")" + name + R"(":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", std::string(8, '\0'));
  try {
    read_all(file);
    FAIL("read");
  } catch (const std::runtime_error& error) {
    CHECK(std::string(error.what()).size() < 200);
  }
  const std::uint64_t length = 100'000'001;
  CHECK_THROWS_WITH(read_all(std::string(reinterpret_cast<const char*>(&length), 8) + std::string(length, ' ')),
                    Contains("100000001"));
}

TEST_CASE("weights file: shapes, scalars, several arrays in any order, metadata") {
  const std::string data = bytes_of<float>({1, 2, 3, 4, 5, 6, 7});
  const auto tensors = read_all(file_of(
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"F32","shape":[],"data_offsets":[24,28]},"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}} )",
      data));
  CHECK(tensors.size() == 2);
  CHECK(tensors.at("a").shape == std::vector<std::int64_t>{2, 3});
  CHECK(tensors.at("a").values == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(tensors.at("b").shape.empty());
  CHECK(tensors.at("b").values == std::vector<float>{7});
}

TEST_CASE("weights file: bad bytes are errors that name the array") {
  const std::string good = one("F32", "[2]", bytes_of<float>({1, 2}));
  for (std::size_t n = 0; n < good.size(); ++n) {
    INFO(n);
    CHECK_THROWS_AS(read_all(good.substr(0, n)), std::runtime_error);
  }
  CHECK_THROWS_WITH(read_all(std::string("not a safetensors file")), Contains("no safetensors file"));
  CHECK_THROWS_WITH(values_of(one("I32", "[2]", bytes_of<float>({1, 2}))), Contains("array a is of type I32"));
  CHECK_THROWS_WITH(values_of(one("F32", "[3]", bytes_of<float>({1, 2}))), Contains("array a"));
  CHECK_THROWS_WITH(values_of(one("F32", "[0]", "")), Contains("impossible shape"));
  CHECK_THROWS_WITH(values_of(one("F32", "[4294967296,4294967296,2]", bytes_of<float>({1, 2}))),
                    Contains("impossible"));
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(values_of(one("F32", "[2]", bytes_of<float>({1, infinity}))), Contains("array a: value 1"));
  CHECK_THROWS_WITH(values_of(one("F64", "[1]", bytes_of<double>({1e300}))), Contains("not finite"));
  CHECK_THROWS_WITH(values_of(one("F16", "[1]", bytes_of<std::uint16_t>({0x7c00}))), Contains("not finite"));
  CHECK_THROWS_WITH(
      read_all(file_of(
          R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})",
          bytes_of<float>({1, 2, 3}))),
      Contains("array b claims the data bytes 4 to 12; wanted are bytes from 8 on"));
}

TEST_CASE("weights file: what the header does not promise is an error before the arrays are read") {
  CountedBytes junk{one("F32", "[2]", bytes_of<float>({1, 2})), std::uint64_t{3} << 30};
  const std::uint64_t n_header = junk.bytes.size() - 8;
  CHECK_THROWS_WITH(snn::WeightsFile(junk.file()), Contains("holds 3221225472 bytes behind its arrays"));
  CHECK(junk.n_read == n_header);
  junk.n_read = 0;
  CHECK_THROWS_WITH(snn::WeightsFile(junk.pipe()), Contains("goes on behind its arrays"));
  CHECK(junk.n_read == junk.bytes.size() + 1);
  CountedBytes whole{junk.bytes};
  CHECK(snn::WeightsFile(whole.pipe()).entries().size() == 1);
  CountedBytes cut{junk.bytes.substr(0, junk.bytes.size() - 1)};
  CHECK_THROWS_WITH(snn::WeightsFile(cut.file()),
                    Contains("array a claims the data bytes 0 to 8; wanted are bytes from 0 on, up to 7"));
  CHECK(cut.n_read == n_header);
  cut.n_read = 0;
  CHECK_THROWS_WITH(snn::WeightsFile(cut.pipe()),
                    Contains("array a claims the data bytes 0 to 8; wanted are bytes from 0 on, up to 7"));
  CountedBytes hole{file_of(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", bytes_of<float>({1, 2}))};
  CHECK_THROWS_WITH(snn::WeightsFile(hole.file()),
                    Contains("array a claims the data bytes 4 to 8; wanted are bytes from 0 on"));
  CountedBytes large{junk.bytes, std::uint64_t{1} << 32};
  CHECK_THROWS_WITH(snn::WeightsFile(large.file()), Contains("is longer than 4294967296 bytes"));
  CHECK(large.n_read == 0);
}
