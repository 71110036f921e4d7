// What a writer refuses, where it cannot write, and that its bytes are the same each time.
#include <array>
#include <catch2/catch.hpp>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <system_error>
#include <thread>

#include "frontend/hdf5/hdf5_file.h"
#include "tests/frontend/events/hdf5_samples.h"
#include "tests/frontend/hdf5/support.h"

using Catch::Contains;
using ear::Hdf5Reader;
using ear::Hdf5Type;
using ear::Hdf5Writer;
using hdf5_support::contents;
using hdf5_support::File;
using samples::write_list;

TEST_CASE("HDF5: strings of two dimensions, and shapes that do not hold the values") {
  const File file;
  Hdf5Writer writer(file.path);
  const std::vector<std::string> words = {"a", "b", "c", "d", "e", "f"};
  writer.strings("/edges", words, std::array<std::uint64_t, 2>{3, 2});
  CHECK_THROWS_WITH(writer.strings("/few", words, std::array<std::uint64_t, 2>{2, 2}),
                    Contains("/few: 6 values for a shape of 4"));
  CHECK_THROWS_WITH(writer.numbers("/many", Hdf5Type::kFloat32, std::array{1.0}, std::array<std::uint64_t, 1>{2}),
                    Contains("/many: 1 values for a shape of 2"));
  writer.close();
  const Hdf5Reader reader(file.path);
  CHECK(reader.shape("/edges") == std::vector<std::uint64_t>{3, 2});
  CHECK(reader.strings("/edges") == words);
}

TEST_CASE("HDF5: a writer's caller is told of numbers that do not fit") {
  const File file;
  Hdf5Writer writer(file.path);
  CHECK_THROWS_AS(write_list(writer, "/a", Hdf5Type::kUInt8, {256}), std::invalid_argument);
  CHECK_THROWS_AS(write_list(writer, "/b", Hdf5Type::kUInt16, {-1}), std::invalid_argument);
  CHECK_THROWS_AS(write_list(writer, "/c", Hdf5Type::kInt64, {0.5}), std::invalid_argument);
  CHECK_THROWS_AS(write_list(writer, "/d", Hdf5Type::kUInt32, {std::nan("")}), std::invalid_argument);
  CHECK_THROWS_AS(writer.numbers("/e", Hdf5Type::kUInt8, std::array{1.0}, std::array<std::uint64_t, 1>{2}),
                  std::invalid_argument);
  CHECK_THROWS_AS(writer.append("/f", std::array{1.0}), std::invalid_argument);
}

TEST_CASE("HDF5: equal calls give equal bytes") {
  const File first;
  const File second;
  for (const auto* file : {&first, &second}) {
    if (file == &second)
      std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // libhdf5 would store the second
    Hdf5Writer writer(file->path);
    write_list(writer, "/a", Hdf5Type::kFloat32, {1, 2, 3});
    writer.rows("/b", Hdf5Type::kUInt16);
    writer.append("/b", std::array{1.0, 2.0});
    writer.strings("/c", std::array<std::string, 1>{"x"});
    writer.close();
  }
  CHECK(contents(first.path) == contents(second.path));
}

TEST_CASE("HDF5: a full disk is a system error with its number") {
  if (!std::filesystem::exists("/dev/full")) {
    WARN("SKIPPED: no /dev/full here");
    return;
  }
  const auto write = [] {
    Hdf5Writer writer("/dev/full");
    write_list(writer, "/a", Hdf5Type::kFloat64, std::vector<double>(100'000, 1.0));
    writer.close();
  };
  try {
    write();
    FAIL("a full disk took a file");
  } catch (const std::system_error& error) {
    CHECK(error.code().value() == ENOSPC);
    CHECK_THAT(error.what(), Contains("/dev/full: "));
  }
  CHECK_THROWS_AS(Hdf5Writer("/no/such/folder/a.h5"), std::system_error);
}
