#include "snn/base/hash.h"

#include <catch2/catch.hpp>

using namespace snn;

TEST_CASE("hash: the published test values of 64-bit FNV-1a") {
  CHECK(fnv1a("") == 0xcbf29ce484222325U);
  CHECK(fnv1a("a") == 0xaf63dc4c8601ec8cU);
  CHECK(fnv1a("foobar") == 0x85944171f73967e8U);
}

TEST_CASE("hash: where one text ends and the next starts matters") {
  CHECK(Hash().add("ab").add("c").value() != Hash().add("a").add("bc").value());
  CHECK(Hash().add("").add("a").value() != Hash().add("a").add("").value());
}

TEST_CASE("hash: a number is its eight bytes, little-endian") {
  CHECK(Hash().add(std::uint64_t{0x0102030405060708}).value() == fnv1a("\x08\x07\x06\x05\x04\x03\x02\x01"));
  CHECK(fnv1a(fnv1a("ab"), 0x0102030405060708) == fnv1a("ab\x08\x07\x06\x05\x04\x03\x02\x01"));
}
