#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <limits>
#include <system_error>

#include "frontend/stream/stream.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using ear::Record;
using ear::Writer;
using samples::Memory;
using samples::record;

namespace {

constexpr Kind kKind = Kind::kCochleagram;

// The errno with which a stream to the descriptor ends.
int errno_of_stream(int fd) {
  try {
    Writer writer(fd, "out", samples::header());
    for (int i = 0; i < 20; ++i) writer.write(record(kKind, "k" + std::to_string(i), 1000));
    writer.close();
  } catch (const std::system_error& error) {
    CHECK_THAT(error.what(), Contains("out: cannot write"));
    return error.code().value();
  }
  return 0;
}

}  // namespace

TEST_CASE("Equal calls give equal bytes, in the members' order of FORMAT.md 1.1") {
  const std::vector<Record> records = {record(kKind, "b"), record(kKind, "a")};
  const std::string bytes = samples::write(samples::header(), records);
  CHECK(bytes == samples::write(samples::header(), records));
  std::string names;
  for (const samples::Part& part : samples::parts_of(bytes)) names += part.name + " ";
  CHECK(names == "__header__ b.npy b.json a.npy a.json __end__ ");
  CHECK(bytes.substr(bytes.size() - 1024) == std::string(1024, '\0'));
}

TEST_CASE("A stream equals the tar made by hand") {
  const Record r = record(Kind::kRaster, "a", 1);
  std::string npy = "{'descr': '|b1', 'fortran_order': False, 'shape': (1, 3), }";
  npy.resize(117, ' ');
  npy = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + npy + "\n" + std::string("\0\1\0", 3);
  const std::string header = samples::contents_of(samples::write(samples::header(Kind::kRaster), {}), "__header__");
  const std::string json = samples::seal(
      R"({"key":"a","label":"1","sequence":[],"speaker":"ada","n_steps":1,"dt_ms":8.5,"decimation":100,"npy_crc32":")" +
      samples::hex(samples::slow_crc(npy)) + "\"");
  const std::string end =
      samples::seal(R"({"n_records":1,"keys_crc32":")" + samples::hex(samples::slow_crc("a\n")) + "\"");
  const std::string tar = samples::tar({{"__header__", header}, {"a.npy", npy}, {"a.json", json}, {"__end__", end}});
  CHECK(samples::equal(samples::read(tar), {r}));
  const std::string ours = samples::write(samples::header(Kind::kRaster), {r});
  CHECK(samples::contents_of(ours, "a.npy") == npy);
  CHECK(samples::contents_of(ours, "a.json") == json);
  CHECK(samples::contents_of(ours, "__end__") == end);
}

TEST_CASE("A record that breaks a rule is refused, and the writer goes on") {
  const Memory memory;
  Writer writer(memory.fd(), "out", samples::header());
  writer.write(record(kKind, "a"));
  CHECK_THROWS_AS(writer.write(record(kKind, "a")), std::invalid_argument);
  CHECK_THROWS_WITH(writer.write(record(kKind, "a.b")), Contains("out: record a.b"));
  CHECK_THROWS_AS(writer.write(record(Kind::kRaster, "c")), std::invalid_argument);
  Record bad = record(kKind, "d");
  std::get<std::vector<float>>(bad.data)[2] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(writer.write(bad), Contains("record d: value inf at step 0, channel 2 is not finite"));
  bad = record(kKind, "e");
  bad.speaker = "\xff";
  CHECK_THROWS_AS(writer.write(bad), std::invalid_argument);
  bad.speaker = std::string(1001, 's');
  CHECK_THROWS_WITH(writer.write(bad), Contains("out: record e: speaker") && Contains("a name at most 1000"));
  writer.write(record(kKind, "f"));
  writer.close();
  writer.close();
  CHECK_THROWS_AS(writer.write(record(kKind, "g")), std::invalid_argument);
  CHECK(memory.bytes() == samples::write(samples::header(), {record(kKind, "a"), record(kKind, "f")}));
}

TEST_CASE("A header that breaks a rule is refused before anything is written") {
  const Memory memory;
  ear::Header header = samples::header();
  header.n_channels = 0;
  CHECK_THROWS_AS(Writer(memory.fd(), "out", header), std::invalid_argument);
  header = samples::header();
  header.recipe.stages[0].params[0].second = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS(Writer(memory.fd(), "out", header), std::invalid_argument);
  CHECK(memory.bytes().empty());
}

TEST_CASE("A stream that was not closed stays cut") {
  const Memory memory;
  { Writer(memory.fd(), "out", samples::header()).write(record(kKind, "a", 10000)); }
  CHECK_FALSE(samples::error_of(memory.bytes()).empty());
}

TEST_CASE("A full disk and a closed pipe are the system's errors") {
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  CHECK(errno_of_stream(full) == ENOSPC);
  ::close(full);
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  ::close(ends[0]);
  CHECK(errno_of_stream(ends[1]) == EPIPE);
  ::close(ends[1]);
}
