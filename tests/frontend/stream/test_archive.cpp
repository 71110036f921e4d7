#include "frontend/stream/archive.h"

#include <catch2/catch.hpp>

#include <stdexcept>

#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::ArchiveFormat;
using ear::Bytes;
using samples::Memory;

TEST_CASE("A tar reads back, and its headers hold nothing of the machine") {
  const Memory memory;
  ear::ArchiveWriter writer(ArchiveFormat::kTar, memory.fd(), "a");
  writer.add("one", Bytes{1, 2}, Bytes{3});
  writer.add(std::string(150, 'n'), Bytes{});
  writer.close();
  const std::string bytes = memory.bytes();
  CHECK(bytes.substr(100, 24) == std::string("000644 \0"
                                             "000000 \0"
                                             "000000 \0",
                                             24));        // mode, owner, group
  CHECK(bytes.substr(136, 11) == "00000000000");          // time
  CHECK(bytes.substr(265, 64) == std::string(64, '\0'));  // names of owner and group
  const Memory again(bytes);
  ear::ArchiveReader reader(ArchiveFormat::kTar, again.fd(), "a");
  REQUIRE(reader.next());
  CHECK(reader.member() == "one");
  CHECK(reader.size() == 3);
  CHECK(reader.read(3) == Bytes{1, 2, 3});
  REQUIRE(reader.next());
  CHECK(reader.member() == std::string(150, 'n'));
  CHECK_FALSE(reader.next());
  CHECK(reader.n_bytes() == bytes.size());
}

TEST_CASE("A member that was not read is skipped, and tars in a row are one") {
  const std::string tar = samples::tar({{"a", std::string(70000, 'x')}, {"b", "yes"}});
  const Memory memory(tar + tar);
  ear::ArchiveReader reader(ArchiveFormat::kTar, memory.fd(), "a");
  std::string names;
  while (reader.next()) names += reader.member();
  CHECK(names == "abab");
}

TEST_CASE("Sizes are checked before memory is taken") {
  const std::uint64_t huge = 1ULL << 60;
  const Memory memory(samples::member("big", "0123456789", huge));
  ear::ArchiveReader reader(ArchiveFormat::kTar, memory.fd(), "a.tar");
  REQUIRE(reader.next());
  CHECK(reader.size() == huge);
  samples::largest_allocation();
  CHECK_THROWS_WITH(reader.read(1 << 20), Contains("a.tar: member big at byte 0: claims 1152921504606846976 bytes"));
  CHECK_THROWS_WITH(reader.read(huge), Contains("damaged, cut"));
  CHECK(samples::largest_allocation() <= 2 << 20);
}

TEST_CASE("Only plain files are members") {
  const Memory memory(samples::retyped(samples::member("a", ""), '2'));
  ear::ArchiveReader reader(ArchiveFormat::kTar, memory.fd(), "a");
  CHECK_THROWS_WITH(reader.next(), Contains("not a plain file"));
}

TEST_CASE("Names of owners may have any characters, a damaged extended header is an error") {
  // POSIX pax: a member of type x with records "LENGTH KEY=VALUE\n", about the member that follows.
  const auto read = [](const std::string& fields, const std::string& name = "a") {
    const std::string extended = samples::retyped(samples::member("PaxHeaders/a", fields), 'x');
    const Memory memory(extended + samples::tar({{"a", "yes"}}));
    ear::ArchiveReader reader(ArchiveFormat::kTar, memory.fd(), "a.tar");
    const bool there = reader.next();
    REQUIRE(there);
    CHECK(reader.member() == name);
    CHECK(reader.read(3) == Bytes{'y', 'e', 's'});
    CHECK_FALSE(reader.next());
  };
  read("17 uname=J\u00fcrgen\n");
  read("16 gname=\u97f3\u58f0\n");
  read("12 uname=J\xfc\n");  // Latin-1
  read("12 path=\u97f3\n", "\u97f3");
  CHECK_THROWS_WITH(read("99 uname=ada\n"), Contains("a.tar: byte 0: damaged"));
  CHECK_THROWS_WITH(read("no record\n"), Contains("damaged"));
}

TEST_CASE("A failed read is the system's error") {
  CHECK_THROWS_AS(ear::ArchiveReader(ArchiveFormat::kTar, -1, "a").next(), std::system_error);
}

TEST_CASE("A tar that was not closed has no end") {
  const Memory memory;
  { ear::ArchiveWriter(ArchiveFormat::kTar, memory.fd(), "a").add("one", Bytes(10)); }
  CHECK(memory.bytes().size() % 512 == 0);
  CHECK(memory.bytes().size() <= 1024);
}
