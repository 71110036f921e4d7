// Texts as people write them, and every line that is refused.
#include <catch2/catch.hpp>
#include <new>

#include "frontend/events/text_events.h"

using Catch::Contains;
using ear::parse_time_unit;
using ear::TimeUnit;
using Times = std::vector<double>;
using Channels = std::vector<std::uint32_t>;

namespace {

ear::EventRecord parse(std::string_view text, const TimeUnit& unit = {}, int n_channels = 64) {
  ear::EventRecord record;
  ear::parse_text_events(text, "a.txt", unit, n_channels, record);
  return record;
}

/// The message that a text gives.
std::string error_of(std::string_view text) {
  try {
    parse(text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("text events: blanks, tabs and commas, comments, empty lines, CR LF and a byte order mark") {
  const auto record = parse(
      "\xEF\xBB\xBF# channel time\r\n"
      "3 0.25\r\n"
      "\r\n"
      "  0\t0.5  # a remark\n"
      "63,0.75\n"
      "1 , 1\n"
      "2.0 \t 1.5e0\n"
      "1.000000000000000000e+01 2\n"
      "   \t\n"
      "+4 +2.5\n"
      "0 2.5");
  CHECK(record.channels == Channels{3, 0, 63, 1, 2, 10, 4, 0});
  CHECK(record.times_s == Times{0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 2.5});
  CHECK(record.warning.empty());
  CHECK(record.error.empty());
  CHECK(parse("").times_s.empty());
  CHECK(parse("# nothing\n\n").times_s.empty());
  CHECK(parse("0 -0\n").times_s == Times{0.0});
}

TEST_CASE("text events: the unit is what the user says") {
  CHECK(parse("0 3\n", {}).times_s == Times{3.0});
  CHECK(parse("0 3\n0 0.1\n", parse_time_unit("ms")).times_s == Times{0.0001, 0.003});
  CHECK(parse("0 3\n", parse_time_unit("us")).times_s == Times{0.000003});
  // Nearest to the decimal number, as a literal is: 0.001 * 9 would not be.
  CHECK(parse("0 9\n", parse_time_unit("ms")).times_s == Times{0.009});
  CHECK(parse_time_unit("s").name == "s");
  CHECK_THROWS_WITH(parse_time_unit("ns"), Contains("'ns'") && Contains("s, ms or us"));
}

TEST_CASE("text events: unsorted times are sorted and said") {
  const auto record = parse("1 0.2\n2 0.1\n");
  CHECK(record.channels == Channels{2, 1});
  CHECK_THAT(record.warning, Contains("1 of 2 events"));
}

TEST_CASE("text events: what is wrong is said with file and line") {
  const auto check = [](const char* text, const char* place, const char* message) {
    INFO(text);
    CHECK_THAT(error_of(text), Contains(place) && Contains(message));
  };
  check("0 0.1\n0 0.1 7\n", "a.txt:2: ", "'0 0.1 7': wanted two columns, channel and time");
  check("0\n", "a.txt:1: ", "two columns");
  check("0 0.1,\n", "a.txt:1: ", "two columns");
  check("0,,0.1\n", "a.txt:1: ", "two columns");
  check("0;0.1\n", "a.txt:1: ", "two columns");
  check("0,0.1,0.2 0.3\n", "a.txt:1: ", "two columns");
  check("channel time\n0 0.1\n",
        "a.txt:1: ", "'channel' is no number; a line of words, such as names of columns, begins");
  check("\n\n3 x\n", "a.txt:3: ", "time 'x' is no number");
  check("3 0,5\n", "a.txt:1: ", "two columns");
  check(",0.5\n", "a.txt:1: ", "channel '' is no number");
  check("0 0x10\n", "a.txt:1: ", "no number");
  check("0 +-1\n", "a.txt:1: ", "no number");
  check("64 0.1\n", "a.txt:1: ", "channel 64 is not in 0 to 63");
  check("-1 0.1\n", "a.txt:1: ", "channel -1 is not in 0 to 63");
  check("99999999999 0.1\n", "a.txt:1: ", "channel 99999999999 is not in");
  check("nan 0.1\n", "a.txt:1: ", "channel nan is not in");
  check("0.0031 12\n", "a.txt:1: ", "channel 0.0031 is no whole number; columns are channel, then time");
  check("0 -0.1\n", "a.txt:1: ", "time -0.1 is negative");
  check("0 nan\n", "a.txt:1: ", "time nan is not finite");
  check("0 inf\n", "a.txt:1: ", "time inf is not finite");
  check("0 1e999\n", "a.txt:1: ", "time '1e999' is beyond any number");
  check("\x1b[2Jx\x9f 1\n", "a.txt:1: ", "channel '\\e[2Jx\\x9f' is no number");
  CHECK_THAT(error_of(std::string_view("0 0.1\n\0", 7)), Contains("a.txt: is no text") && Contains("byte 6"));
  CHECK_THAT(error_of(std::string(1000, 'x') + " 1"), Contains("xxx...'"));
  CHECK(error_of(std::string(1000, 'x') + " 1").size() < 200);
}

TEST_CASE("text events: a list gives labels and speakers, a bad file is one record's error") {
  const std::vector<ear::ListEntry> entries = {
      {"a.txt", "one", "f1", "a"}, {"b.txt", "two", "f2", "b"}, {"c.txt", "", "", "c"}, {"d.txt", "one", "f1", "d"}};
  const auto read = [](const ear::ListEntry& entry) -> std::pair<std::string, std::string> {
    if (entry.key == "b") return {"folder/b.txt", "0 x"};
    if (entry.key == "c") throw std::runtime_error("c.txt: no such file");
    return {entry.path, entry.key == "a" ? "1 0.2\n2 0.1\n" : "3 0.5\n"};
  };
  ear::TextEvents source(entries, {{}, 4, {"one", "two"}}, read);
  CHECK(source.info().n_channels == 4);
  CHECK(source.info().classes == std::vector<std::string>{"one", "two"});
  ear::EventRecord record;
  record.sequence = {"left over"};
  record.duration_s = 7.0;
  REQUIRE(source.next(record));
  CHECK(record.key == "a");
  CHECK(record.label == "one");
  CHECK(record.speaker == "f1");
  CHECK(record.sequence.empty());
  CHECK(record.duration_s == 0.0);
  CHECK_FALSE(record.warning.empty());
  REQUIRE(source.next(record));
  CHECK_THAT(record.error, Contains("folder/b.txt:1: time 'x'"));
  CHECK(record.times_s.empty());
  CHECK(record.channels.empty());
  CHECK(record.warning.empty());
  REQUIRE(source.next(record));
  CHECK_THAT(record.error, Contains("c.txt: no such file"));
  REQUIRE(source.next(record));
  CHECK(record.error.empty());
  CHECK(record.channels == Channels{3});
  CHECK_FALSE(source.next(record));

  CHECK_THROWS_AS(ear::TextEvents(entries, {}, read), std::invalid_argument);
  ear::TextEvents full(entries, {{}, 4, {}},
                       [](const ear::ListEntry&) -> std::pair<std::string, std::string> { throw std::bad_alloc(); });
  CHECK_THROWS_AS(full.next(record), std::bad_alloc);
}
