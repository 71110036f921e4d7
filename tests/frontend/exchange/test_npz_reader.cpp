// The numbers: arrays as other programs store them, what is left out, damaged files.
#include <catch2/catch.hpp>

#include "frontend/exchange/formats.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::deflated_zip;
using exchange_support::error_of;
using exchange_support::npy;
using exchange_support::npy_texts;
using exchange_support::numbers;
using exchange_support::path_of;
using exchange_support::read_all;
using exchange_support::spill;
using exchange_support::step_of;
using exchange_support::write_npz;
using exchange_support::zip;

TEST_CASE("npz: arrays in Fortran order and under names of any characters are read as NumPy does") {
  const exchange_support::TempFolder temp;
  // X[i][t][c] = 100 i + 10 t + c, the first axis going round fastest.
  std::vector<float> stored;
  for (int c = 0; c < 2; ++c)
    for (int t = 0; t < 3; ++t)
      for (int i = 0; i < 2; ++i) stored.push_back(static_cast<float>(100 * i + 10 * t + c));
  spill(temp.file("a.npz"), zip({{"X.npy", npy("<f4", "(2, 3, 2)", numbers(stored), true)}}));
  const auto stacked = read_all(*ear::open_npz(temp.file("a.npz"), step_of(1))).records;
  REQUIRE(stacked.size() == 2);
  CHECK(stacked[0].data == ear::Array(std::vector<float>{0, 1, 10, 11, 20, 21}));
  CHECK(stacked[1].data == ear::Array(std::vector<float>{100, 101, 110, 111, 120, 121}));
  const std::vector<std::uint16_t> counts = {1, 4, 2, 5, 3, 6};
  spill(temp.file("a.npz"), zip({{"\u4f60\u597d.npy", npy("<u2", "(2L, 3L)", numbers(counts), true)}}));
  const auto source = ear::open_npz(temp.file("a.npz"), step_of(1));
  const auto separate = read_all(*source).records;
  REQUIRE(separate.size() == 1);
  CHECK(separate[0].data == ear::Array(std::vector<std::uint16_t>{1, 2, 3, 4, 5, 6}));
  CHECK_THAT(source->notes().at(0), Contains("\u4f60\u597d"));
}

TEST_CASE("npz: X in Fortran order, which is read as a whole, takes no more memory than its file allows") {
  const exchange_support::TempFolder temp;
  // 96 MB of zeros in less than 1 MB.
  const std::string zeros(std::size_t{300} * 400 * 200 * sizeof(float), '\0');
  const auto error_of_fortran = [&](bool fortran, const std::string& shape, bool deflated) {
    const exchange_support::Members members = {{"X.npy", npy("<f4", shape, zeros, fortran)}};
    spill(temp.file("a.npz"), deflated ? deflated_zip(members) : zip(members));
    return error_of([&] { ear::open_npz(temp.file("a.npz"), step_of(1)); });
  };
  CHECK_THAT(error_of_fortran(true, "(300, 400, 200)", true),
             Contains("array X: in Fortran order") && Contains("numpy.ascontiguousarray"));
  CHECK(error_of_fortran(true, "(300, 400, 200)", false).empty());
  CHECK(error_of_fortran(false, "(300, 400, 200)", true).empty());
  // One record is no more than it is in C order.
  CHECK(error_of_fortran(true, "(1, 120000, 200)", true).empty());
}

TEST_CASE("npz: numbers that n_steps leave out are said") {
  const exchange_support::TempFolder temp;
  spill(temp.file("a.npz"),
        zip({{"X.npy", npy("<f4", "(2, 3, 2)", numbers<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0}))},
             {"keys.npy", npy_texts({"utt.1", "utt-2"})},
             {"n_steps.npy", npy("<i4", "(2,)", numbers<std::int32_t>({2, 2}))}}));
  const auto all = read_all(*ear::open_npz(temp.file("a.npz"), step_of(1)));
  REQUIRE(all.warnings.size() == 1);
  CHECK_THAT(all.warnings[0], Contains("utt_1") && Contains("after its 2 steps"));
}

TEST_CASE("npz: cut anywhere, or with a flipped byte, is an error or the same records") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  const auto records = exchange_support::records(Kind::kCounts);
  write_npz(path, exchange_support::header(Kind::kCounts), records);
  const std::string bytes = exchange_support::slurp(path);
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    const samples::Memory memory(bytes.substr(0, size));
    INFO("cut at byte " << size);
    REQUIRE_FALSE(error_of([&] { read_all(*ear::open_npz(path_of(memory), {})); }).empty());
  }
  int n_errors = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 5) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const samples::Memory memory(flipped);
    std::vector<ear::Record> read;
    const std::string error = error_of([&] { read = read_all(*ear::open_npz(path_of(memory), {})).records; });
    INFO("byte " << at);
    REQUIRE((!error.empty() || samples::equal(read, records)));
    n_errors += error.empty() ? 0 : 1;
  }
  // Times, owners and versions in the members' headers are covered by no checksum.
  CHECK(n_errors > static_cast<int>(bytes.size() / 5 * 3 / 4));
}
