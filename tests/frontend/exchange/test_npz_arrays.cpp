#include "frontend/exchange/npz_arrays.h"

#include <catch2/catch.hpp>

#include "tests/frontend/exchange/support.h"

using Catch::Contains;
using exchange_support::npy;
using exchange_support::npy_texts;
using exchange_support::numbers;

TEST_CASE("npz_arrays: which there are, and those about the records whole") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  exchange_support::spill(path,
                          exchange_support::zip({{"X.npy", npy("<f4", "(1, 2, 1)", numbers<float>({1, 2}))},
                                                 {"keys.npy", npy_texts({"a", "b", "c"})},
                                                 {"y.npy", npy("<i8", "(3,)", numbers<std::int64_t>({2, -1, 0}))}}));
  const ear::NpzArrays arrays(path);
  CHECK(arrays.names() == std::vector<std::string>{"X", "keys", "y"});
  CHECK(arrays.has("X"));
  CHECK_FALSE(arrays.has("speakers"));
  CHECK(arrays.type("X").shape == std::vector<std::uint64_t>{1, 2, 1});
  CHECK(arrays.texts("keys", 3) == std::vector<std::string>{"a", "b", "c"});
  CHECK(arrays.whole("y", 3, -1, 2) == std::vector<std::int64_t>{2, -1, 0});
  CHECK_THROWS_WITH(arrays.whole("y", 3, 0, 2), Contains(path + ": array y: element 1 is -1"));
  CHECK_THROWS_WITH(arrays.numbers("y", 4), Contains("array y: shape (3,), wanted (4,)"));
  CHECK_THROWS_AS(arrays.numbers("keys", 3), std::runtime_error);
}
