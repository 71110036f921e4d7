#include "frontend/stream/npy.h"

#include <catch2/catch.hpp>

#include <string>

using ear::NpyHeader;

namespace {

std::vector<std::uint8_t> bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

// The bytes that numpy.save 1.24 writes for np.zeros((100, 78), np.float32).
std::string numpy_bytes() {
  std::string dict = "{'descr': '<f4', 'fortran_order': False, 'shape': (100, 78), }";
  dict.resize(117, ' ');
  return std::string("\x93NUMPY\x01\x00\x76\x00", 10) + dict + "\n";
}

}  // namespace

TEST_CASE("The npy header is the one of NumPy, byte for byte") {
  CHECK(ear::npy_header({"<f4", 100, 78}) == bytes_of(numpy_bytes()));
}

TEST_CASE("Every npy header reads back, and numbers begin at a multiple of 64") {
  for (std::uint64_t rows = 0; rows < 1'000'000'000'000; rows = rows * 3 + 1) {
    const NpyHeader header{"|b1", rows, 2};
    const auto bytes = ear::npy_header(header);
    CHECK(bytes.size() % 64 == 0);
    CHECK(ear::npy_header_size(bytes) == bytes.size());
    CHECK(ear::parse_npy_header(bytes) == header);
  }
}

TEST_CASE("Other npy headers are refused") {
  const auto refuse = [](const std::string& from, const std::string& to) {
    std::string text = numpy_bytes();
    text.replace(text.find(from), from.size(), to);
    text[8] = static_cast<char>(text.size() - 10);
    INFO(text);
    CHECK_THROWS_AS(ear::parse_npy_header(bytes_of(text)), std::runtime_error);
  };
  refuse("\x01", "\x02");
  refuse("NUMPY", "NUMPX");
  refuse("False", "True");
  refuse("(100, 78)", "(100,)");
  refuse("(100, 78)", "(100, 78, 1)");
  refuse("(100, 78)", "(-1, 78)");
  refuse("(100, 78)", "(100000000000000000000, 78)");
  refuse("'descr'", "'discr'");
  refuse("<f4'", "<f4");
  refuse(", }", ", 'x': 1}");
  refuse("\n", " ");
  CHECK_THROWS_AS(ear::parse_npy_header(bytes_of(numpy_bytes() + " ")), std::runtime_error);
  CHECK_THROWS_AS(ear::npy_header_size(bytes_of("\x93NUMPY")), std::runtime_error);
}
