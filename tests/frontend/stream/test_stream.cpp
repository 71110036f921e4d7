#include "frontend/stream/stream.h"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Header;
using ear::Kind;
using ear::Record;
using samples::record;

namespace {

constexpr Kind kKinds[] = {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents};

std::string difference(void (*change)(Header&)) {
  Header other = samples::header();
  change(other);
  return ear::first_difference(samples::header(), other);
}

}  // namespace

TEST_CASE("Records of every kind survive the stream") {
  for (const Kind kind : kKinds) {
    Header header = samples::header(kind);
    header.classes.push_back("\"\\ \xc3\xa9");
    std::vector<Record> records = {record(kind, "a"), record(kind, std::string(200, 'k'), 1), record(kind, "-_9", 500)};
    records[0].label = header.classes.back();
    records[0].speaker = "\xf0\x9f\x91\x82 / \\";
    records[1].label = records[1].speaker = "";
    records[1].dt_ms = 0.1 + 0.2;
    if (kind == Kind::kEvents) records[2].data = std::vector<std::uint32_t>{};
    const std::string bytes = samples::write(header, records);
    CHECK(samples::equal(samples::read(bytes), records));
    const samples::Memory memory(bytes);
    const ear::Reader reader(memory.fd(), "a");
    CHECK(ear::first_difference(reader.header(), header).empty());
    CHECK(reader.header().made_by == header.made_by);
  }
}

TEST_CASE("A stream without records is a stream") {
  CHECK(samples::read(samples::write(samples::header(), {})).empty());
}

TEST_CASE("Concatenated streams read as one") {
  const Kind kind = Kind::kCounts;
  Header second = samples::header(kind);
  second.made_by = {{"ossicle-lyon", "9.9.9"}};
  const std::string bytes = samples::write(samples::header(kind), {record(kind, "a"), record(kind, "b")}) +
                            samples::write(second, {}) + samples::write(second, {record(kind, "c")});
  CHECK(samples::equal(samples::read(bytes), {record(kind, "a"), record(kind, "b"), record(kind, "c")}));
  const samples::Memory memory(bytes);
  ear::Reader reader(memory.fd(), "a");
  for (Record r; reader.next(r);) continue;
  CHECK(reader.n_records() == 3);
  CHECK(reader.header().made_by[0].second == "0.1.0");
}

TEST_CASE("Concatenated streams that differ are refused, naming what differs") {
  const auto message = [](void (*change)(Header&)) {
    Header other = samples::header();
    change(other);
    return samples::error_of(samples::write(samples::header(), {record(Kind::kCochleagram, "a")}) +
                             samples::write(other, {}));
  };
  CHECK_THAT(message([](Header& h) { h.recipe.stages[0].params[0].second = 8000.0; }),
             Contains("sample.tar: member __header__ at byte ") &&
                 Contains("recipe: ossicle-lyon: sample_rate_hz 12500.0 against 8000.0"));
  CHECK_THAT(message([](Header& h) { h.kind = Kind::kRaster; }), Contains("kind: cochleagram against raster"));
  CHECK_THAT(message([](Header& h) { h.classes.pop_back(); }), Contains("classes: 2 against 1"));
}

TEST_CASE("A key that occurs in two concatenated streams is refused") {
  const std::string bytes = samples::write(samples::header(), {record(Kind::kCochleagram, "a")});
  CHECK_THAT(samples::error_of(bytes + bytes), Contains("a.npy") && Contains("was read before"));
}

TEST_CASE("Differences of headers are named with both values") {
  CHECK(difference([](Header&) {}).empty());
  CHECK(difference([](Header& h) { h.made_by.clear(); }).empty());
  CHECK(difference([](Header& h) { h.n_channels = 4; }) == "n_channels: 3 against 4");
  CHECK(difference([](Header& h) { h.dt_ms = 8; }) == "dt_ms: not the same for all against 8");
  CHECK(difference([](Header& h) { h.classes[1] = "2"; }) == "classes: class 1 is 1 against 2");
}

TEST_CASE("A stream passes a pipe while it is being written") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const Kind kind = Kind::kCochleagram;
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(ends[0]);
    ear::Writer writer(ends[1], "child", samples::header(kind));
    for (int i = 0; i < 50; ++i) writer.write(record(kind, "k" + std::to_string(i), 1000));
    writer.close();
    ::_exit(0);
  }
  ::close(ends[1]);
  ear::Reader reader(ends[0], "pipe");
  for (Record r; reader.next(r);) CHECK(samples::equal(r, record(kind, r.key, 1000)));
  CHECK(reader.n_records() == 50);
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
}
