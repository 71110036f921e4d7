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

TEST_CASE("npz_arrays: memory is limited by the size of the file") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  const auto read = [&](const exchange_support::Members& members) {
    exchange_support::spill(path, exchange_support::deflated_zip(members));
    return exchange_support::error_of([&] { ear::NpzArrays arrays(path); });
  };
  const auto array_of = [](const std::string& descr, std::size_t n, std::size_t item_size, char filling) {
    return npy(descr, "(" + std::to_string(n) + ",)", std::string(n * item_size, filling));
  };
  // Texts that are short for their fixed width take as much as they hold.
  std::string wide(20'000 * 4'000, '\0');
  for (std::size_t i = 0; i < wide.size(); i += 4'000) wide[i] = 'k';
  CHECK(read({{"keys.npy", npy("<U1000", "(20000,)", wide)}}).empty());
  // 2^22 empty texts are 4 MiB of zeros, and 128 MiB of std::string.
  constexpr std::size_t kMany = std::size_t{1} << 22;
  CHECK_THAT(read({{"keys.npy", array_of("|S1", kMany, 1, '\0')}}),
             Contains("array keys: takes more memory than a file of this size should"));
  // Each array is within the limits of one.
  const std::string texts = array_of("|S1000", 30'000, 1000, 'x');
  CHECK(read({{"keys.npy", texts}, {"speakers.npy", texts}}).empty());
  CHECK_THAT(read({{"keys.npy", texts}, {"speakers.npy", texts}, {"sequences.npy", texts}}),
             Contains("array sequences: takes more memory"));
  const std::string numbers_of_y = array_of("|i1", kMany, 1, '\1');
  CHECK(read({{"y.npy", numbers_of_y}}).empty());
  CHECK_THAT(read({{"y.npy", numbers_of_y}, {"n_steps.npy", numbers_of_y}, {"dt_ms.npy", numbers_of_y}}),
             Contains("array dt_ms: takes more memory"));
}
