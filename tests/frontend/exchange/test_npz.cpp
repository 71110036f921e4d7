// npz_reader.cpp, npz_writer.cpp, npz_meta.cpp, npz_arrays.cpp: the way there and back, arrays of strangers, bad files.
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
using exchange_support::Members;
using exchange_support::npy;
using exchange_support::npy_texts;
using exchange_support::numbers;
using exchange_support::read_all;
using exchange_support::spill;
using exchange_support::zip;

namespace {

std::vector<std::string> write_npz(const std::string& path, const ear::Header& header,
                                   const std::vector<ear::Record>& records) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  const auto writer = ear::make_npz_writer(fd, path, header, path.substr(0, path.rfind('/')));
  for (const ear::Record& record : records) writer->write(record);
  const auto notes = writer->close();
  ::close(fd);
  return notes;
}

/// Two records of three steps and two channels.
Members foreign() {
  return {{"X.npy", npy("<f4", "(2, 3, 2)", numbers<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0}))},
          {"y.npy", npy("<i8", "(2,)", numbers<std::int64_t>({1, 0}))},
          {"keys.npy", npy_texts({"utt.1", "utt-2"})},
          {"n_steps.npy", npy("<i4", "(2,)", numbers<std::int32_t>({3, 2}))}};
}

ear::ForeignParams step_of(double dt_ms) {
  ear::ForeignParams params;
  params.dt_ms = dt_ms;
  return params;
}

/// The error that a file of these members gives, opening it or reading it.
std::string error_of_members(const Members& members, const ear::ForeignParams& params = step_of(10)) {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  spill(path, zip(members));
  return error_of([&] { read_all(*ear::open_npz(path, params)); });
}

/// Under which a file in memory can be opened.
std::string path_of(const samples::Memory& memory) {
  return "/proc/self/fd/" + std::to_string(memory.fd());
}

Members replaced(const std::string& name, const std::string& contents) {
  Members members = foreign();
  for (auto& member : members) {
    if (member.first == name) member.second = contents;
  }
  return members;
}

}  // namespace

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

TEST_CASE("npz: arrays of a stranger become records, keys that are none are changed and said") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  Members members = foreign();
  members.emplace_back("extra.npy", npy("<f8", "()", numbers<double>({1})));
  spill(path, zip(members));
  const auto source = ear::open_npz(path, step_of(10));
  const auto all = read_all(*source);
  CHECK_FALSE(source->is_own());
  CHECK(source->header().kind == Kind::kCochleagram);
  CHECK(source->header().classes == std::vector<std::string>{"0", "1"});
  CHECK(source->header().dt_ms == 10.0);
  CHECK(ear::get<std::string>(source->header().recipe.stages.at(0), "from") == "npz");
  REQUIRE(all.records.size() == 2);
  CHECK(samples::equal(all.records[0], {"utt_1", "1", {}, "", 3, 10.0, 1, std::vector<float>{1, 2, 3, 4, 5, 6}}));
  CHECK(samples::equal(all.records[1], {"utt-2", "0", {}, "", 2, 10.0, 1, std::vector<float>{7, 8, 9, 10}}));
  CHECK(all.warnings.empty());
  const auto notes = source->notes();
  REQUIRE(notes.size() == 2);
  CHECK_THAT(notes[0], Contains("1 names") && Contains("'utt.1' is now utt_1"));
  CHECK_THAT(notes[1], Contains("not used: extra"));
}

TEST_CASE("npz: numbers that n_steps leave out are said") {
  const exchange_support::TempFolder temp;
  spill(temp.file("a.npz"), zip(replaced("n_steps.npy", npy("<i4", "(2,)", numbers<std::int32_t>({2, 2})))));
  const auto all = read_all(*ear::open_npz(temp.file("a.npz"), step_of(1)));
  REQUIRE(all.warnings.size() == 1);
  CHECK_THAT(all.warnings[0], Contains("utt_1") && Contains("after its 2 steps"));
}

TEST_CASE("npz: type and kind of a stranger's numbers") {
  const exchange_support::TempFolder temp;
  const auto read = [&](const std::string& x, std::optional<Kind> kind) {
    spill(temp.file("a.npz"), zip({{"X.npy", x}}));
    auto params = step_of(1);
    params.kind = kind;
    const auto source = ear::open_npz(temp.file("a.npz"), params);
    const auto records = read_all(*source).records;
    CHECK(records.at(0).key == "000000");
    CHECK(records.at(0).label.empty());
    return std::pair(source->header().kind, records.at(0).data);
  };
  const auto bools = npy("|b1", "(1, 2, 1)", std::string("\1\0", 2));
  CHECK(read(bools, {}) == std::pair(Kind::kRaster, ear::Array(std::vector<std::uint8_t>{1, 0})));
  const auto wide = npy("<i8", "(1, 2, 1)", numbers<std::int64_t>({0, 65535}));
  CHECK(read(wide, {}) == std::pair(Kind::kCounts, ear::Array(std::vector<std::uint16_t>{0, 65535})));
  const auto doubles = npy("<f8", "(1, 2, 1)", numbers<double>({1, 0}));
  CHECK(read(doubles, Kind::kRaster) == std::pair(Kind::kRaster, ear::Array(std::vector<std::uint8_t>{1, 0})));
  CHECK(read(doubles, {}) == std::pair(Kind::kCochleagram, ear::Array(std::vector<float>{1, 0})));
}

TEST_CASE("npz: arrays of two axes are a record each") {
  const exchange_support::TempFolder temp;
  spill(temp.file("a.npz"), zip({{"first.npy", npy("<f4", "(1, 2)", numbers<float>({1, 2}))},
                                 {"y.npy", npy_texts({"no", "yes"})},
                                 {"second.npy", npy("<f4", "(2, 2)", numbers<float>({3, 4, 5, 6}))}}));
  const auto source = ear::open_npz(temp.file("a.npz"), step_of(2));
  const auto records = read_all(*source).records;
  CHECK(source->header().classes == std::vector<std::string>{"no", "yes"});
  REQUIRE(records.size() == 2);
  CHECK(samples::equal(records[0], {"first", "no", {}, "", 1, 2.0, 1, std::vector<float>{1, 2}}));
  CHECK(samples::equal(records[1], {"second", "yes", {}, "", 2, 2.0, 1, std::vector<float>{3, 4, 5, 6}}));
}

TEST_CASE("npz: arrays that do not fit together are an error that names them") {
  CHECK(error_of_members(foreign()).empty());
  CHECK_THAT(error_of_members(foreign(), {}), Contains("does not say how long a step is"));
  CHECK_THAT(error_of_members(foreign(), step_of(-1)), Contains("step of -1 ms"));
  CHECK_THAT(error_of_members(replaced("y.npy", npy("<i8", "(3,)", numbers<std::int64_t>({1, 0, 1})))),
             Contains("array y: shape (3,), wanted (2,)"));
  CHECK_THAT(error_of_members(replaced("y.npy", npy("<i8", "(2,)", numbers<std::int64_t>({-2, 0})))),
             Contains("array y: element 0 is -2"));
  CHECK_THAT(error_of_members(replaced("y.npy", npy("<f8", "(2,)", numbers<double>({0, 0.5})))),
             Contains("element 1 is 0.5"));
  CHECK_THAT(error_of_members(replaced("keys.npy", npy_texts({"u.1", "u.1"}))),
             Contains("array keys: element 1: key u.1 stands twice"));
  CHECK_THAT(error_of_members(replaced("keys.npy", npy_texts({"u.1", ""}))), Contains("of 0 characters"));
  CHECK(error_of_members(replaced("keys.npy", npy_texts({"a/b", "a.b"}))).empty());
  CHECK_THAT(error_of_members(replaced("n_steps.npy", npy("<i4", "(2,)", numbers<std::int32_t>({3, 4})))),
             Contains("array n_steps: element 1 is 4, wanted a whole number from 1 to 3"));
  CHECK_THAT(error_of_members(replaced("X.npy", npy("<f4", "(2, 3)", numbers<float>({1, 2, 3, 4, 5, 6})))),
             Contains("array X: shape (2, 3)"));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THAT(error_of_members(
                 replaced("X.npy", npy("<f4", "(2, 3, 2)", numbers<float>({1, 2, 3, nan, 5, 6, 7, 8, 9, 10, 0, 0})))),
             Contains("record utt_1") && Contains("nan at step 1, channel 1"));
  auto params = step_of(1);
  params.classes = {"only"};
  CHECK_THAT(error_of_members(foreign(), params), Contains("element 0 is 1, wanted a whole number from -1 to 0"));
  CHECK_THAT(error_of_members(replaced("y.npy", npy_texts({"only", "other"})), params),
             Contains("label other is not among the 1 classes"));
  CHECK_THAT(error_of_members({{"y.npy", npy_texts({"a"})}}), Contains("neither an array X"));
  Members more = foreign();
  more.emplace_back("classes.npy", npy_texts({"a", "b"}));
  CHECK(error_of_members(more).empty());
  CHECK_THAT(error_of_members(more, params), Contains("the classes stand in it; leave --classes out"));
  more.emplace_back("dt_ms.npy", npy("<f8", "(2,)", numbers<double>({2, 3})));
  CHECK(error_of_members(more, {}).empty());
  CHECK_THAT(error_of_members(more), Contains("says itself that a step has 2 ms"));
}

TEST_CASE("npz: what was written by ossicle-convert takes no flags and must be whole") {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  write_npz(path, exchange_support::header(Kind::kRaster), exchange_support::records(Kind::kRaster));
  CHECK_THAT(error_of([&] { ear::open_npz(path, step_of(1)); }), Contains("leave it out"));
  Members less = {{"header.npy", npy_texts({"{}"})}};
  CHECK_THAT(error_of_members(less, {}), Contains("array header"));
  less = {{"header.npy", npy("<U1", "(0,)", "")}};
  CHECK_THAT(error_of_members(less, {}), Contains("array header: 0 texts, wanted one"));
}

TEST_CASE("npz: arrays of ossicle-convert that were changed are an error that names them") {
  const exchange_support::TempFolder temp;
  write_npz(temp.file("a.npz"), exchange_support::header(Kind::kEvents), exchange_support::records(Kind::kEvents));
  Members whole;
  const ear::Descriptor file = ear::open_file(temp.file("a.npz"));
  ear::ArchiveReader reader(ear::ArchiveFormat::kZip, file.get(), "a.npz");
  while (reader.next()) {
    const ear::Bytes bytes = reader.read(reader.size());
    whole.emplace_back(reader.member(), std::string(bytes.begin(), bytes.end()));
  }
  CHECK(error_of_members(whole, {}).empty());
  const auto message = [&](const std::string& name, const std::string& contents) {
    Members members = whole;
    for (auto& member : members) {
      if (member.first == name) member.second = contents;
    }
    return error_of_members(members, {});
  };
  const auto whole_numbers = [](const std::vector<std::int64_t>& values) {
    return npy("<i8", "(" + std::to_string(values.size()) + ",)", numbers(values));
  };
  CHECK_THAT(message("y.npy", whole_numbers({2, -2, -1})), Contains("array y: element 1 is -2"));
  CHECK_THAT(message("y.npy", whole_numbers({3, -1, -1})), Contains("array y: element 0 is 3"));
  CHECK_THAT(message("offsets.npy", whole_numbers({0, 4, 11})), Contains("array offsets: shape (3,), wanted (4,)"));
  CHECK_THAT(message("offsets.npy", whole_numbers({0, 4, 3, 11})), Contains("array offsets: do not rise"));
  CHECK_THAT(message("offsets.npy", whole_numbers({0, 4, 11, 12})), Contains("to the 11 events of X"));
  CHECK_THAT(message("n_steps.npy", whole_numbers({4, 6, 1})), Contains("record a_2") && Contains("step 6 of 6 steps"));
  CHECK_THAT(message("sequences.npy", npy_texts({"", "1 0 3", ""})), Contains("array sequences: '1 0 3'"));
  CHECK_THAT(message("sequences.npy", npy_texts({"", "1,0", ""})), Contains("array sequences: '1,0'"));
  CHECK_THAT(message("sequences.npy", npy_texts({"1", "", ""})), Contains("beside a sequence"));
  CHECK_THAT(message("keys.npy", npy_texts({"b-1", "a.2", "C3"})), Contains("key a.2 has characters other"));
  Members less = whole;
  less.erase(less.begin() + 2);
  CHECK_THAT(error_of_members(less, {}), Contains("array y: is missing"));
  Members twice = foreign();
  twice.push_back(twice[1]);
  CHECK_THAT(error_of_members(twice), Contains("member y.npy: stands twice"));
  CHECK_THAT(error_of_members({{"readme.txt", "hello"}}), Contains("member readme.txt: no NumPy array"));
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
