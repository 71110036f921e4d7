// What is written, and how it is read again.
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "frontend/exchange/formats.h"
#include "frontend/exchange/npz_arrays.h"
#include "tests/frontend/exchange/support.h"
#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Kind;
using exchange_support::error_of;
using exchange_support::read_all;
using exchange_support::write_npz;

TEST_CASE("npz: records of every kind come back as they were") {
  const exchange_support::TempFolder temp;
  for (const Kind kind : {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents}) {
    INFO(ear::kind_name(kind));
    const std::string path = temp.file("a.npz");
    write_npz(path, exchange_support::header(kind), exchange_support::records(kind));
    const auto source = ear::open_npz(path, {});
    CHECK(source->is_own());
    CHECK(source->n_records() == 3);
    CHECK(ear::first_difference(source->header(), exchange_support::header(kind)).empty());
    CHECK(source->header().made_by == exchange_support::header(kind).made_by);
    CHECK(samples::equal(read_all(*source).records, exchange_support::records(kind)));
  }
}

TEST_CASE("npz: no record is an npz, too, equal records give equal bytes, and the size in memory is said") {
  const exchange_support::TempFolder temp;
  const auto header = exchange_support::header(Kind::kCounts);
  write_npz(temp.file("none.npz"), header, {});
  CHECK(read_all(*ear::open_npz(temp.file("none.npz"), {})).records.empty());
  const auto records = exchange_support::records(Kind::kCounts);
  const auto notes = write_npz(temp.file("a.npz"), header, records);
  write_npz(temp.file("b.npz"), header, records);
  CHECK(exchange_support::slurp(temp.file("a.npz")) == exchange_support::slurp(temp.file("b.npz")));
  REQUIRE(notes.size() == 1);
  CHECK_THAT(notes[0], Contains("X (3, 7, 3) of <u2") && Contains("43 %"));  // 12 of 21 steps are in the records
}

TEST_CASE("npz: what the format cannot hold is refused, the next record may follow") {
  const exchange_support::TempFolder temp;
  const int fd = ::open(temp.file("a.npz").c_str(), O_WRONLY | O_CREAT, 0666);
  const auto writer = ear::make_npz_writer(fd, "a.npz", exchange_support::header(Kind::kRaster), temp.path().string());
  auto record = exchange_support::records(Kind::kRaster)[0];
  record.speaker = std::string("ada\0", 4);
  CHECK_THAT(error_of([&] { writer->write(record); }), Contains("a.npz: record b-1: speaker 'ada\\u0000' holds"));
  record = exchange_support::records(Kind::kRaster)[1];
  writer->write(record);
  CHECK_THAT(error_of([&] { writer->write(record); }), Contains("key a_2 stands twice"));
  ::close(fd);
  auto header = exchange_support::header(Kind::kRaster);
  header.classes = {std::string("a\0", 2)};
  CHECK_THROWS_AS(ear::make_npz_writer(-1, "a.npz", header, temp.path().string()), std::invalid_argument);
}

TEST_CASE("npz: labels and words are the numbers of their classes") {
  const exchange_support::TempFolder temp;
  auto header = exchange_support::header(ear::Kind::kRaster);
  header.classes.clear();
  for (int i = 0; i < 3000; ++i) header.classes.push_back("c" + std::to_string(i));
  auto words = exchange_support::records(ear::Kind::kRaster)[0];
  words.label.clear();
  words.sequence = {"c2999", "c0", "c17"};
  auto word = exchange_support::records(ear::Kind::kRaster)[1];
  word.label = "c2998";
  word.sequence.clear();
  write_npz(temp.file("a.npz"), header, {words, word});
  const ear::NpzArrays arrays(temp.file("a.npz"));
  CHECK(arrays.numbers("y", 2) == std::vector<double>{-1, 2998});
  CHECK(arrays.texts("sequences", 2) == std::vector<std::string>{"2999 0 17", ""});
}
