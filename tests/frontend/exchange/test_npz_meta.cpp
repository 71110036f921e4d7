// Which records there are and what is said of them: arrays of strangers, and those of ossicle-convert that were changed.
#include "frontend/exchange/npz_meta.h"

#include <catch2/catch.hpp>
#include <limits>

#include "frontend/exchange/formats.h"
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
using exchange_support::step_of;
using exchange_support::write_npz;
using exchange_support::zip;

namespace {

/// Two records of three steps and two channels.
Members foreign() {
  return {{"X.npy", npy("<f4", "(2, 3, 2)", numbers<float>({1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 0}))},
          {"y.npy", npy("<i8", "(2,)", numbers<std::int64_t>({1, 0}))},
          {"keys.npy", npy_texts({"utt.1", "utt-2"})},
          {"n_steps.npy", npy("<i4", "(2,)", numbers<std::int32_t>({3, 2}))}};
}

/// The error that a file of these members gives, opening it or reading it.
std::string error_of_members(const Members& members, const ear::ForeignParams& params = step_of(10)) {
  const exchange_support::TempFolder temp;
  const std::string path = temp.file("a.npz");
  spill(path, zip(members));
  return error_of([&] { read_all(*ear::open_npz(path, params)); });
}

Members replaced(const std::string& name, const std::string& contents) {
  Members members = foreign();
  for (auto& member : members) {
    if (member.first == name) member.second = contents;
  }
  return members;
}

}  // namespace

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

TEST_CASE("npz: what is known of records before their numbers are read") {
  const exchange_support::TempFolder temp;
  write_npz(temp.file("a.npz"), exchange_support::header(Kind::kEvents), exchange_support::records(Kind::kEvents));
  const ear::NpzMeta own = ear::read_npz_meta(ear::NpzArrays(temp.file("a.npz")), {});
  CHECK(own.own);
  CHECK(own.stacked);
  CHECK(own.has_events());
  CHECK(own.type.shape == std::vector<std::uint64_t>{11, 2});
  CHECK(own.offsets == std::vector<std::uint64_t>{0, 4, 11, 11});
  auto without_numbers = exchange_support::records(Kind::kEvents);
  for (auto& record : without_numbers) record.data = {};
  CHECK(samples::equal(own.records, without_numbers));
  spill(temp.file("b.npz"), zip({{"y.npy", npy("<i8", "(2,)", numbers<std::int64_t>({1, -1}))},
                                 {"a.npy", npy("<u2", "(2, 3)", std::string(12, '\1'))},
                                 {"b.npy", npy("<u2", "(1, 3)", std::string(6, '\1'))},
                                 {"c.npy", npy("<f8", "(6,)", std::string(48, '\0'))}}));
  const ear::NpzMeta separate = ear::read_npz_meta(ear::NpzArrays(temp.file("b.npz")), step_of(2));
  CHECK_FALSE(separate.own);
  CHECK_FALSE(separate.stacked);
  CHECK_FALSE(separate.has_events());
  CHECK(separate.type.shape == std::vector<std::uint64_t>{2, 3});
  CHECK(separate.header.kind == Kind::kCounts);
  CHECK(samples::equal(separate.records, {{"a", "1", {}, "", 2, 2.0, 1, {}}, {"b", "", {}, "", 1, 2.0, 1, {}}}));
  CHECK(separate.notes == std::vector<std::string>{"arrays that are not used: c"});
}

TEST_CASE("npz: an array is a record if it has two axes and its name is none of those about the records") {
  const ear::NpyHeader two_axes{"<f4", {2, 3}};
  CHECK(ear::is_npz_record("a", two_axes));
  CHECK_FALSE(ear::is_npz_record("y", two_axes));
  CHECK_FALSE(ear::is_npz_record("a", {"<f4", {6}}));
  CHECK_FALSE(ear::is_npz_record("a", {"<f4", {1, 2, 3}}));
}
