#include <fcntl.h>
#include <langinfo.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <clocale>

#include "frontend/exchange/npz_arrays.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using exchange_support::error_of;
using exchange_support::spill;

namespace {

std::string read_zip(const std::string& bytes) {
  const exchange_support::TempFolder temp;
  spill(temp.file("a.npz"), bytes);
  return error_of([&] {
    std::uint64_t n_bytes = 0;
    const ear::Descriptor file = ear::open_regular_file(temp.file("a.npz"), "an npz", n_bytes);
    ear::ArchiveReader zip(ear::ArchiveFormat::kZip, file.get(), temp.file("a.npz"));
    while (zip.next()) {
      ear::Bytes contents;
      zip.append(contents, zip.left());
      zip.finish();
    }
  });
}

std::span<const std::uint8_t> view(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

}  // namespace

TEST_CASE("zip: members come back, those made byte by byte as well") {
  const samples::Memory memory;
  ear::ArchiveWriter writer(ear::ArchiveFormat::kZip, memory.fd(), "a.npz");
  writer.begin("a.npy", 5);
  writer.write(view("he"));
  writer.write(view("llo"));
  writer.begin("empty.npy", 0);
  writer.close();
  const exchange_support::TempFolder temp;
  for (const std::string& bytes : {memory.bytes(), exchange_support::zip({{"a.npy", "hello"}, {"empty.npy", ""}})}) {
    spill(temp.file("a.npz"), bytes);
    std::uint64_t n_bytes = 0;
    const ear::Descriptor file = ear::open_regular_file(temp.file("a.npz"), "an npz", n_bytes);
    ear::ArchiveReader zip(ear::ArchiveFormat::kZip, file.get(), temp.file("a.npz"));
    REQUIRE(zip.next());
    CHECK(zip.member() == "a.npy");
    CHECK(zip.size() == 5);
    ear::Bytes contents;
    zip.append(contents, 2);
    CHECK(zip.left() == 3);
    zip.append(contents, 3);
    zip.finish();
    CHECK(std::string(contents.begin(), contents.end()) == "hello");
    REQUIRE(zip.next());
    zip.finish();
    CHECK_FALSE(zip.next());
  }
}

TEST_CASE("zip: names of any characters are read in the C locale, which stays as it is") {
  REQUIRE(std::string(std::setlocale(LC_ALL, nullptr)) == "C");
  const exchange_support::TempFolder temp;
  spill(temp.file("a.npz"), exchange_support::zip({{"\u4f60\u597d.npy", "hello"}, {"d\u00fcrr.npy", ""}}));
  std::uint64_t n_bytes = 0;
  const ear::Descriptor file = ear::open_regular_file(temp.file("a.npz"), "an npz", n_bytes);
  ear::ArchiveReader zip(ear::ArchiveFormat::kZip, file.get(), temp.file("a.npz"));
  REQUIRE(zip.next());
  CHECK(zip.member() == "\u4f60\u597d.npy");
  ear::Bytes contents;
  zip.append(contents, zip.left());
  zip.finish();
  CHECK(contents.size() == 5);
  REQUIRE(zip.next());
  CHECK(zip.member() == "d\u00fcrr.npy");
  CHECK_FALSE(zip.next());
  CHECK(std::string(std::setlocale(LC_ALL, nullptr)) == "C");
  CHECK(std::string(::nl_langinfo(CODESET)) == "ANSI_X3.4-1968");
  CHECK_THAT(read_zip(exchange_support::zip({{"\xff.npy", ""}})), Contains("a.npz") && Contains("UTF-8"));
}

TEST_CASE("zip: damaged, foreign and absent files are errors that name the file") {
  const std::string whole = exchange_support::zip({{"a.npy", "hello"}});
  CHECK(read_zip(whole).empty());
  CHECK_THAT(read_zip(""), Contains("a.npz: is empty"));
  CHECK_THAT(read_zip("RIFF and so on"), Contains("no npz"));
  CHECK_THAT(read_zip(whole.substr(0, whole.size() - 10)), Contains("a.npz"));
  std::string altered = whole;
  altered[altered.find("hello")] = 'j';
  CHECK_THAT(read_zip(altered), Contains("member a.npy: damaged") && Contains("CRC"));
  CHECK_THAT(error_of([] { ear::NpzFile("/nowhere/a.npz"); }), Contains("/nowhere/a.npz: cannot be opened"));
  CHECK_THAT(error_of([] { ear::NpzFile("/"); }), Contains("is a folder"));
}

TEST_CASE("zip: a size beyond the file is an error before memory is taken") {
  std::string claims = exchange_support::zip({{"a.npy", "hello"}});
  const std::string huge("\xff\xff\xff\x3f", 4);
  const std::size_t directory = claims.find("PK\1\2");
  claims.replace(directory + 20, 4, huge).replace(directory + 24, 4, huge);
  claims.replace(18, 4, huge).replace(22, 4, huge);
  samples::largest_allocation();
  CHECK_FALSE(read_zip(claims).empty());
  CHECK(samples::largest_allocation() < 4 << 20);
}

TEST_CASE("zip: without close() nobody takes the file for whole, and a full device is an error") {
  const samples::Memory memory;
  {
    ear::ArchiveWriter writer(ear::ArchiveFormat::kZip, memory.fd(), "a.npz");
    writer.begin("a.npy", 5);
    writer.write(view("hello"));
  }
  CHECK_FALSE(read_zip(memory.bytes()).empty());
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  ear::ArchiveWriter writer(ear::ArchiveFormat::kZip, full, "a.npz");
  const auto write = [&] {
    writer.begin("a.npy", 5);
    writer.write(view("hello"));
    writer.close();
  };
  CHECK_THAT(error_of(write), Contains("a.npz: cannot write: No space left"));
  ::close(full);
}
