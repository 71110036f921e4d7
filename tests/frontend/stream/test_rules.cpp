#include "frontend/stream/rules.h"

#include <catch2/catch.hpp>

#include <limits>
#include <stdexcept>

#include "tests/frontend/stream/samples.h"

using Catch::Contains;
using ear::Header;
using ear::Kind;
using ear::Record;

namespace {

constexpr Kind kKinds[] = {Kind::kCochleagram, Kind::kRaster, Kind::kCounts, Kind::kEvents};

void refuse_header(void (*change)(Header&), const std::string& message) {
  Header header = samples::header();
  change(header);
  CHECK_THROWS_WITH(ear::check_header(header), Contains(message));
}

void refuse(Kind kind, void (*change)(Record&), const std::string& message) {
  Record record = samples::record(kind, "a");
  change(record);
  CHECK_THROWS_WITH(ear::check_record(samples::header(kind), record), Contains(message));
}

template <class T>
std::vector<T>& data(Record& record) {
  return std::get<std::vector<T>>(record.data);
}

}  // namespace

TEST_CASE("Samples of every kind keep the rules") {
  for (const Kind kind : kKinds) {
    CHECK_NOTHROW(ear::check_header(samples::header(kind)));
    CHECK_NOTHROW(ear::check_record(samples::header(kind), samples::record(kind, "a")));
  }
}

TEST_CASE("A header that breaks a rule is refused") {
  refuse_header([](Header& h) { h.n_channels = 0; }, "n_channels is 0");
  refuse_header([](Header& h) { h.n_channels = ear::kMaxChannels + 1; }, "n_channels is 1048577");
  refuse_header([](Header& h) { h.dt_ms = 0.0; }, "dt_ms is 0");
  refuse_header([](Header& h) { h.dt_ms = std::numeric_limits<double>::infinity(); }, "dt_ms is inf");
  refuse_header([](Header& h) { h.classes = {"a", "b", "a"}; }, "class a stands twice");
  refuse_header([](Header& h) { h.classes = {"a", "b\nc"}; }, "class 'b\\nc' holds the control character U+000A");
  refuse_header(
      [](Header& h) {
        for (std::size_t i = 0; i <= ear::kMaxClasses; ++i) h.classes.push_back("c" + std::to_string(i));
      },
      "100003 classes, at most 100000");
  refuse_header([](Header& h) { h.classes = {"a", ""}; }, "no name");
}

TEST_CASE("Keys have 1 to 200 characters of [A-Za-z0-9_-] and are not reserved") {
  CHECK_NOTHROW(ear::check_key("AZaz09_-"));
  CHECK_NOTHROW(ear::check_key(std::string(200, 'k')));
  for (const char* key : {"", "a.b", "a/b", "a b", "\xc3\xa9", "__header__", "__end__", "a\n"}) {
    INFO(key);
    CHECK_THROWS_AS(ear::check_key(key), std::runtime_error);
  }
  CHECK_THROWS_AS(ear::check_key(std::string(201, 'k')), std::runtime_error);
}

TEST_CASE("A record that breaks a rule is refused") {
  const Kind kind = Kind::kCochleagram;
  refuse(
      kind, [](Record& r) { r.key = "a.b"; }, "a.b");
  refuse(
      kind, [](Record& r) { r.n_steps = 0; }, "n_steps is 0");
  refuse(
      kind, [](Record& r) { r.n_steps = 5; }, "12 numbers, wanted 5 steps x 3 channels");
  refuse(
      kind, [](Record& r) { r.decimation = 0; }, "decimation is 0");
  refuse(
      kind, [](Record& r) { r.dt_ms = -1; }, "dt_ms is -1");
  refuse(
      kind, [](Record& r) { r.dt_ms = std::numeric_limits<double>::quiet_NaN(); }, "dt_ms is nan");
  refuse(
      kind, [](Record& r) { r.label = "2"; }, "label 2");
  refuse(
      kind, [](Record& r) { r.sequence = {"0"}; }, "label 1 beside a sequence of 1");
  refuse(
      kind,
      [](Record& r) {
        r.label = "", r.sequence = {"0", "2"};
      },
      "label 2");
  refuse(
      kind, [](Record& r) { r.label = "1 "; },
      "label 1  is not among the 2 classes of the header; it looks like the class '1', but has U+0020 where that has "
      "nothing");
  refuse(
      kind, [](Record& r) { r.speaker = "ada\x1b[2J"; }, "speaker 'ada\\e[2J' holds the control character U+001B");
  refuse(
      kind, [](Record& r) { r.data = std::vector<std::uint8_t>(12); }, "not of kind cochleagram");
  Record record = samples::record(kind, "a");
  record.label = "";
  CHECK_NOTHROW(ear::check_record(samples::header(kind), record));
  record.sequence = {"1", "0", "1"};
  CHECK_NOTHROW(ear::check_record(samples::header(kind), record));
  Header header = samples::header(kind);
  header.dt_ms = 8;
  CHECK_THROWS_WITH(ear::check_record(header, record), Contains("the header says 8"));
}

TEST_CASE("A sequence as long as a record can hold, over as many classes as there can be, is checked at once") {
  Header header = samples::header();
  Record record = samples::record(header.kind, "a");
  header.classes.clear();
  record.label.clear();
  for (std::size_t i = 0; i < ear::kMaxClasses; ++i) {
    header.classes.push_back("c" + std::to_string(i));
    record.sequence.push_back("c" + std::to_string(ear::kMaxClasses - 1 - i));
  }
  CHECK_NOTHROW(ear::check_record(header, record));
  record.sequence[7] = "other";
  record.sequence[9] = "more";
  CHECK_THROWS_WITH(ear::check_record(header, record), Contains("label other is not among the 100000 classes"));
}

TEST_CASE("A number that its kind cannot hold is refused with its place") {
  refuse(
      Kind::kCochleagram, [](Record& r) { data<float>(r)[7] = std::numeric_limits<float>::quiet_NaN(); },
      "nan at step 2, channel 1");
  refuse(
      Kind::kCochleagram, [](Record& r) { data<float>(r)[0] = -std::numeric_limits<float>::infinity(); },
      "-inf at step 0, channel 0");
  refuse(
      Kind::kRaster, [](Record& r) { data<std::uint8_t>(r)[5] = 2; }, "2 at step 1, channel 2");
  refuse(
      Kind::kEvents, [](Record& r) { data<std::uint32_t>(r)[6] = 4; }, "event 3: step 4 of 4 steps");
  refuse(
      Kind::kEvents, [](Record& r) { data<std::uint32_t>(r)[1] = 3; }, "event 0: channel 3 of 3 channels");
  refuse(
      Kind::kEvents, [](Record& r) { data<std::uint32_t>(r)[2] = 3; }, "event 2: step 2 after step 3");
  refuse(
      Kind::kEvents, [](Record& r) { data<std::uint32_t>(r).pop_back(); }, "pairs");
}

TEST_CASE("Types and sizes of the kinds are those of FORMAT.md 4.2") {
  const std::string types[] = {"<f4", "|b1", "<u2", "<u4"};
  for (const Kind kind : kKinds) {
    CHECK(ear::dtype(kind) == types[static_cast<int>(kind)]);
    CHECK(ear::item_size(kind) == static_cast<std::size_t>(types[static_cast<int>(kind)][2] - '0'));
    CHECK(ear::array_of_bytes(kind, {}).index() == samples::record(kind, "a").data.index());
  }
}
