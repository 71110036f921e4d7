// Round trips, and what is wrong with a file. The witness for the format is h5py: test_hdf5_h5py.py.
#include "frontend/hdf5/hdf5_file.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>

#include "tests/frontend/events/hdf5_samples.h"
#include "tests/frontend/hdf5/support.h"

using Catch::Contains;
using ear::Hdf5Reader;
using ear::Hdf5Type;
using ear::Hdf5Writer;
using hdf5_support::contents;
using hdf5_support::File;
using samples::write_list;

namespace {

/// Replaces every place where the bytes of `from` stand; how many there were.
int replace_all(std::string& bytes, std::uint64_t from, std::uint64_t to) {
  std::array<char, 8> old{};
  std::array<char, 8> fresh{};
  std::memcpy(old.data(), &from, old.size());
  std::memcpy(fresh.data(), &to, fresh.size());
  int n = 0;
  for (auto at = bytes.begin(); (at = std::search(at, bytes.end(), old.begin(), old.end())) != bytes.end(); ++n) {
    at = std::copy(fresh.begin(), fresh.end(), at);
  }
  return n;
}

}  // namespace

TEST_CASE("HDF5: numbers of every type come back, whatever their shape") {
  const File file;
  const std::vector<std::pair<Hdf5Type, std::vector<double>>> cases = {
      {Hdf5Type::kFloat16, {0.0, -0.5, 65504.0, 0x1p-24, 0x1.004p-3}},
      {Hdf5Type::kFloat32, {0.1F, -1e30F, 0x1p-149}},
      {Hdf5Type::kFloat64, {0.1, -1e300, 5e-324}},
      {Hdf5Type::kInt64, {-0x1p53, 0x1p53, 7}},
      {Hdf5Type::kUInt8, {0, 255}},
      {Hdf5Type::kUInt16, {0, 65535}},
      {Hdf5Type::kUInt32, {0, 4294967295.0}}};
  Hdf5Writer writer(file.path);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    write_list(writer, "/a/b/list" + std::to_string(i), cases[i].first, cases[i].second);
  }
  const std::vector<double> six = {1, 2, 3, 4, 5, 6};
  writer.numbers("/matrix", Hdf5Type::kUInt8, six, std::array<std::uint64_t, 2>{2, 3});
  writer.numbers("/scalar", Hdf5Type::kFloat64, std::array{2.5}, {});
  write_list(writer, "/none", Hdf5Type::kFloat64, {});
  writer.close();

  const Hdf5Reader reader(file.path);
  CHECK(reader.path() == file.path);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CHECK(reader.numbers("/a/b/list" + std::to_string(i)) == cases[i].second);
  }
  CHECK(reader.shape("/matrix") == std::vector<std::uint64_t>{2, 3});
  CHECK(reader.numbers("/matrix") == six);
  CHECK(reader.shape("/scalar").empty());
  CHECK(reader.numbers("/scalar") == std::vector<double>{2.5});
  CHECK(reader.numbers("/none").empty());
}

TEST_CASE("HDF5: strings, groups and names") {
  const File file;
  const std::vector<std::string> words = {"null", "", "f\xc3\xbcnf", std::string(1000, 'x')};
  Hdf5Writer writer(file.path);
  writer.strings("/extra/keys", words);
  writer.text("/version", "1.0");
  writer.group("/empty/group");
  writer.close();

  const Hdf5Reader reader(file.path);
  CHECK(reader.strings("/extra/keys") == words);
  CHECK(reader.strings("/version") == std::vector<std::string>{"1.0"});
  CHECK(reader.members("/") == std::vector<std::string>{"empty", "extra", "version"});
  CHECK(reader.members("/empty/group").empty());
  CHECK(reader.has("/extra/keys"));
  CHECK(reader.has("/"));
  CHECK_FALSE(reader.has("/extra/labels"));
  CHECK_FALSE(reader.has("/missing/keys"));
  CHECK_FALSE(reader.has("/version/keys"));
}

TEST_CASE("HDF5: rows of variable length, of every float type") {
  const File file;
  const double inf = std::numeric_limits<double>::infinity();
  const std::vector<std::vector<double>> rows = {{0.5, 0.25, 1.0}, {}, {-0.0, 0x1p-24, 65504.0, -inf}, {7.0}};
  Hdf5Writer writer(file.path);
  for (const auto& [name, type] : {std::pair<std::string, Hdf5Type>{"/half", Hdf5Type::kFloat16},
                                   {"/single", Hdf5Type::kFloat32},
                                   {"/double", Hdf5Type::kFloat64}}) {
    writer.rows(name, type);
    for (const auto& row : rows) writer.append(name, row);
  }
  writer.rows("/units", Hdf5Type::kUInt16);
  for (int i = 0; i < 1000; ++i) writer.append("/units", std::vector<double>(i % 7, i));
  writer.close();

  const Hdf5Reader reader(file.path);
  for (const char* name : {"/half", "/single", "/double"}) {
    CHECK(reader.shape(name) == std::vector<std::uint64_t>{4});
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK(reader.row(name, i) == rows[i]);
      if (i == 2) CHECK(std::signbit(reader.row(name, i)[0]));
    }
  }
  for (std::size_t i = 1000; i > 0; --i) {
    CHECK(reader.row("/units", i - 1) == std::vector<double>((i - 1) % 7, static_cast<double>(i - 1)));
  }
  CHECK_THROWS_AS(reader.row("/half", 4), std::invalid_argument);
}

TEST_CASE("HDF5: not a number of half precision stays one") {
  const File file;
  Hdf5Writer writer(file.path);
  writer.rows("/half", Hdf5Type::kFloat16);
  writer.append("/half", std::array{std::nan(""), 1.0});
  writer.close();
  const auto row = Hdf5Reader(file.path).row("/half", 0);
  CHECK(std::isnan(row.at(0)));
  CHECK(row.at(1) == 1.0);
}

TEST_CASE("HDF5: what is asked for and not there, or of another type, is named") {
  const File file;
  Hdf5Writer writer(file.path);
  write_list(writer, "/numbers", Hdf5Type::kUInt8, {1, 2});
  writer.strings("/words", std::array<std::string, 1>{"one"});
  writer.close();
  const Hdf5Reader reader(file.path);
  const auto named = [&](const std::string& name) { return Contains(file.path + ": " + name + ": "); };
  CHECK_THROWS_WITH(reader.numbers("/x/y"), named("/x/y") && Contains("no such dataset"));
  CHECK_THROWS_WITH(reader.numbers("/"), named("/"));
  CHECK_THROWS_WITH(reader.numbers("/words"), named("/words") && Contains("holds no numbers"));
  CHECK_THROWS_WITH(reader.strings("/numbers"), named("/numbers") && Contains("holds no strings"));
  CHECK_THROWS_WITH(reader.members("/numbers"), named("/numbers") && Contains("no such group"));
  CHECK_THROWS_WITH(reader.row("/numbers", 0), named("/numbers") && Contains("variable length"));
}

TEST_CASE("HDF5: sizes beyond the file's are refused before memory is taken") {
  const File file;
  constexpr std::uint64_t kSize = 12345;  // found nowhere else in the file
  {
    Hdf5Writer writer(file.path);
    write_list(writer, "/list", Hdf5Type::kUInt16, std::vector<double>(kSize, 7.0));
    writer.strings("/words", std::vector<std::string>(kSize, ""));
    writer.close();
  }
  const std::string whole = contents(file.path);
  for (const auto& [size, message] :
       {std::pair<std::uint64_t, std::string>{1ULL << 40, "at most"}, {1ULL << 20, "more than a file of"}}) {
    std::string bytes = whole;
    REQUIRE(replace_all(bytes, kSize, size) >= 2);
    std::ofstream(file.path, std::ios::binary) << bytes;
    const Hdf5Reader reader(file.path);
    CHECK_THROWS_WITH(reader.numbers("/list"),
                      Contains("/list: declares " + std::to_string(size)) && Contains(message));
    CHECK_THROWS_WITH(reader.strings("/words"), Contains("/words: declares " + std::to_string(size)));
  }
}

TEST_CASE("HDF5: a file is recognised by its first bytes") {
  CHECK(ear::is_hdf5(std::string("\x89HDF\r\n\x1a\n and more")));
  CHECK_FALSE(ear::is_hdf5(std::string("\x89HDF\r\n")));
  CHECK_FALSE(ear::is_hdf5(std::string("\x89HDF\n\n\x1a\n and more")));
  CHECK_FALSE(ear::is_hdf5({}));
}

TEST_CASE("HDF5: a file cut anywhere is an error with both sizes") {
  const File file;
  Hdf5Writer writer(file.path);
  write_list(writer, "/a", Hdf5Type::kFloat32, std::vector<double>(500, 1.0));
  writer.close();
  const std::string whole = contents(file.path);
  for (std::size_t size = 0; size < whole.size(); size += size < 128 ? 1 : 97) {
    std::ofstream(file.path, std::ios::binary) << whole.substr(0, size);
    CAPTURE(size);
    CHECK_THROWS_WITH(Hdf5Reader(file.path),
                      Contains(file.path + ": ") && (Contains("is empty") || Contains("not HDF5") ||
                                                     Contains("cut short") || Contains("damaged")));
  }
  CHECK_THROWS_WITH(Hdf5Reader(file.path), Contains("stored_eof = " + std::to_string(whole.size())));
}

TEST_CASE("HDF5: a block of the user's before the file is skipped") {
  const File file;
  Hdf5Writer writer(file.path);
  write_list(writer, "/a", Hdf5Type::kFloat32, {1, 2});
  writer.close();
  const std::string whole = contents(file.path);
  std::ofstream(file.path, std::ios::binary) << std::string(512, 'u') + whole;
  CHECK(Hdf5Reader(file.path).numbers("/a") == std::vector<double>{1, 2});
}
