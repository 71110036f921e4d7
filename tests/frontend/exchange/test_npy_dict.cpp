#include "frontend/exchange/npy_dict.h"

#include <catch2/catch.hpp>
#include <stdexcept>

using Catch::Contains;

namespace {

std::vector<std::uint64_t> shape_of(const std::string& text) {
  return ear::parse_npy_dict("{'descr': '<f4', 'fortran_order': False, 'shape': " + text + "}").shape;
}

}  // namespace

TEST_CASE("npy_dict: what NumPy writes, and the spellings that it reads") {
  const auto check = [](const std::string& text, bool fortran_order) {
    INFO(text);
    const ear::NpyDict dict = ear::parse_npy_dict(text);
    CHECK(dict.descr == "<f4");
    CHECK(dict.fortran_order == fortran_order);
    CHECK(dict.shape == std::vector<std::uint64_t>{3, 4});
  };
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }      \n", false);
  check("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 4)}", true);
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3L, 4L), }\n", false);  // Python 2
  check("{u'descr': u'<f4', \"fortran_order\":True,'shape':( 3 ,4, ) }", true);
  check("{'shape': (3, 4), 'fortran_order': False, 'descr': '<f4'}", false);
  CHECK(shape_of("()").empty());
  CHECK(shape_of("(7,)") == std::vector<std::uint64_t>{7});
  CHECK(shape_of("(0, 18446744073709551615)") == std::vector<std::uint64_t>{0, 18446744073709551615U});
}

TEST_CASE("npy_dict: what is no such dictionary is an error that says why") {
  const auto check = [](const std::string& text, const std::string& message) {
    INFO(text);
    CHECK_THROWS_WITH(ear::parse_npy_dict(text), Contains(message));
  };
  check("", "'{' is missing");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4", "')' is missing");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3, x)}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551616,)}", "no list of sizes");
  check("{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}", "neither True nor False");
  check("{'descr': '<f4', 'fortran_order': False}", "is missing");
  check("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'more': 1}", "a key is none of");
  check("{'descr': '<f4", "a text does not end");
  check("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,)}", "structured array");
  check("{" + std::string(60'000, '{'), "a text in quotes is missing");
  for (const std::string whole = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }";
       std::size_t n : {1, 9, 17, 30, 41, 51, 57}) {
    CHECK_THROWS_AS(ear::parse_npy_dict(whole.substr(0, n)), std::invalid_argument);
  }
}
