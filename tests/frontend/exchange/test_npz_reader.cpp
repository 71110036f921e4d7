// Arrays as other programs store them; test_npz.cpp has the rest.
#include <catch2/catch.hpp>

#include "frontend/exchange/formats.h"
#include "tests/frontend/exchange/support.h"

using Catch::Contains;
using exchange_support::deflated_zip;
using exchange_support::npy;
using exchange_support::numbers;
using exchange_support::read_all;
using exchange_support::spill;
using exchange_support::zip;

TEST_CASE("npz: arrays in Fortran order and under names of any characters are read as NumPy does") {
  const exchange_support::TempFolder temp;
  ear::ForeignParams params;
  params.dt_ms = 1;
  // X[i][t][c] = 100 i + 10 t + c, the first axis going round fastest.
  std::vector<float> stored;
  for (int c = 0; c < 2; ++c)
    for (int t = 0; t < 3; ++t)
      for (int i = 0; i < 2; ++i) stored.push_back(static_cast<float>(100 * i + 10 * t + c));
  spill(temp.file("a.npz"), zip({{"X.npy", npy("<f4", "(2, 3, 2)", numbers(stored), true)}}));
  const auto stacked = read_all(*ear::open_npz(temp.file("a.npz"), params)).records;
  REQUIRE(stacked.size() == 2);
  CHECK(stacked[0].data == ear::Array(std::vector<float>{0, 1, 10, 11, 20, 21}));
  CHECK(stacked[1].data == ear::Array(std::vector<float>{100, 101, 110, 111, 120, 121}));
  const std::vector<std::uint16_t> counts = {1, 4, 2, 5, 3, 6};
  spill(temp.file("a.npz"), zip({{"\u4f60\u597d.npy", npy("<u2", "(2L, 3L)", numbers(counts), true)}}));
  const auto source = ear::open_npz(temp.file("a.npz"), params);
  const auto separate = read_all(*source).records;
  REQUIRE(separate.size() == 1);
  CHECK(separate[0].data == ear::Array(std::vector<std::uint16_t>{1, 2, 3, 4, 5, 6}));
  CHECK_THAT(source->notes().at(0), Contains("\u4f60\u597d"));
}

TEST_CASE("npz: X in Fortran order, which is read as a whole, takes no more memory than its file allows") {
  const exchange_support::TempFolder temp;
  ear::ForeignParams params;
  params.dt_ms = 1;
  // 96 MB of zeros in less than 1 MB.
  const std::string zeros(std::size_t{300} * 400 * 200 * sizeof(float), '\0');
  const auto error_of_fortran = [&](bool fortran, const std::string& shape, bool deflated) {
    const exchange_support::Members members = {{"X.npy", npy("<f4", shape, zeros, fortran)}};
    spill(temp.file("a.npz"), deflated ? deflated_zip(members) : zip(members));
    return exchange_support::error_of([&] { ear::open_npz(temp.file("a.npz"), params); });
  };
  CHECK_THAT(error_of_fortran(true, "(300, 400, 200)", true),
             Contains("array X: in Fortran order") && Contains("numpy.ascontiguousarray"));
  CHECK(error_of_fortran(true, "(300, 400, 200)", false).empty());
  CHECK(error_of_fortran(false, "(300, 400, 200)", true).empty());
  // One record is no more than it is in C order.
  CHECK(error_of_fortran(true, "(1, 120000, 200)", true).empty());
}
