#include "tests/support/npy.h"

#include <catch2/catch.hpp>

using support::parse_npy;

namespace {

std::string npy(const std::string& header, const std::string& data) {
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header + data;
}

}  // namespace

TEST_CASE("A .npy file gives its shape and its values as double") {
  const auto array = parse_npy(
      npy("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }", std::string("\x01\x00\xff\xff", 4)), "a");
  CHECK(array.shape == std::vector<int>{2, 1});
  CHECK(array.values == std::vector<double>{1, -1});
  CHECK(array.at(1, 0) == -1);
}

TEST_CASE("A .npy file of another order, type or length is an error") {
  const std::string four(4, '\0');
  CHECK_THROWS_AS(parse_npy(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }", four), "a"),
                  std::runtime_error);
  CHECK_THROWS_AS(parse_npy(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }", four), "a"),
                  std::runtime_error);
  CHECK_THROWS_AS(parse_npy(npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", four), "a"),
                  std::runtime_error);
  CHECK_THROWS_AS(parse_npy("no array", "a"), std::runtime_error);
}

TEST_CASE("Both kinds of golden vectors are there and readable") {
  for (const std::string kind : {"lyon", "snn"}) {
    const auto cases = support::golden_cases(kind);
    CHECK(cases.size() >= 42);
    const support::Golden golden(cases.front());
    CHECK(golden.json().is_object());
    CHECK(golden.has(kind == "lyon" ? "output" : "x"));
    CHECK_FALSE(golden.has("absent"));
    CHECK_THROWS_AS(golden.array("absent"), std::runtime_error);
  }
}
