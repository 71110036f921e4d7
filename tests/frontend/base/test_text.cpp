#include "frontend/base/text.h"

#include <catch2/catch.hpp>
#include <stdexcept>

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;

namespace {

const std::string kNoBreak = "\u00a0";    // a blank, too
const std::string kZeroWidth = "\u200b";  // a blank of no width
const std::string kComposed = "\u00e9";   // e with an acute accent as one character
const std::string kApart = "e\u0301";     // the same as two

}  // namespace

TEST_CASE("A name is UTF-8 without control characters") {
  for (const std::string name : {"", "zero", "two words", " ", "\u96f6", "\u00a0", "\u00ff", "\"\\'", "\U0001f442"}) {
    INFO(name);
    CHECK_NOTHROW(ear::check_name(name, "label"));
  }
  const std::pair<std::string, std::string> refused[] = {
      {"a\nb", "label 'a\\nb' holds the control character U+000A"},
      {"a\tb", "U+0009"},
      {std::string("a\0b", 3), "U+0000"},
      {"\x1b[31m", "label '\\e[31m' holds the control character U+001B"},
      {"\x7f", "U+007F"},
      {"\u0080", "U+0080"},
      {"\u009b"
       "2J",
       "U+009B"},
      {"\u009f", "U+009F"},
      {"caf\xe9", "label 'caf\\xe9' is not UTF-8"},
  };
  for (const auto& [name, message] : refused) CHECK_THROWS_WITH(ear::check_name(name, "label"), Contains(message));
}

TEST_CASE("A name holds at most 1,000 bytes") {
  CHECK_NOTHROW(ear::check_name(std::string(1000, 'n'), "class"));
  CHECK_THROWS_WITH(ear::check_name(std::string(1001, 'n'), "class"),
                    StartsWith("class 'nnn") && EndsWith("' holds 1001 bytes, a name at most 1000"));
}

TEST_CASE("Names too long to be one are compared byte by byte") {
  // utf8proc orders combining marks in quadratic time.
  std::string marks = "e";
  for (int i = 0; i < 800'000; ++i) marks += i % 2 == 0 ? "\u0301" : "\u0323";
  CHECK(ear::look_alikes({marks, marks + "x"}, "classes").empty());
}

TEST_CASE("UTF-16 is refused by its name, whatever its byte order, and UTF-8 is not") {
  const std::string little(
      "\xff\xfe"
      "p\0a\0",
      6),
      big("\xfe\xff"
          "\0p\0a",
          6),
      bare("p\0a\0t\0", 6);
  for (const std::string& text : {little, big, bare}) {
    CHECK_THROWS_WITH(ear::without_mark(text, "l.tsv"),
                      Contains("l.tsv: is ") && Contains("UTF-16") && Contains("save it as UTF-8"));
  }
  CHECK_NOTHROW(ear::without_mark("\xef\xbb\xbfpath\n", "l.tsv"));
  CHECK_NOTHROW(ear::without_mark("", "l.tsv"));
}

TEST_CASE("A message shows a foreign text on one line, cut short, and with what is not seen") {
  CHECK(ear::shown("two words, \u96f6 \"x\"") == "two words, \u96f6 \"x\"");
  CHECK(ear::shown("a\n\r\t\x1b\x7f" + kNoBreak + kZeroWidth + "\u202e\xff") ==
        "a\\n\\r\\t\\e\\u007f\\u00a0\\u200b\\u202e\\xff");
  CHECK(ear::shown(std::string(80, 'x')) == std::string(80, 'x'));
  CHECK(ear::shown(std::string(20'000, 'x')) == std::string(80, 'x') + "...");
  std::string ears;
  for (int i = 0; i < 100; ++i) ears += "\u96f6";
  CHECK(ear::shown(ears) == ears.substr(0, 3 * 80) + "...");  // not in the middle of a character
}

TEST_CASE("A text output prints a name as it is, or on one line in quotation marks") {
  for (const std::string name : {"", "a b", "a\\nb", "\u96f6", "a\"b", "caf\xe9.wav"})
    CHECK(ear::one_line(name) == name);
  CHECK(ear::one_line("a\nb") == "\"a\\nb\"");
  CHECK(ear::one_line("a\\n\tb\"\x1b\u009b\xff") == "\"a\\\\n\\tb\\\"\\e\\u009b\\xff\"");
  CHECK(ear::one_line("\"a\"") == "\"\\\"a\\\"\"");  // or it would read as another name
}

TEST_CASE("Names that look alike are named with what differs") {
  const auto alike = [](const std::string& a, const std::string& b) {
    return ear::look_alikes({"one", a, b}, "labels");
  };
  CHECK(
      alike("zero", "zero ") ==
      "labels 'zero' and 'zero ' look alike but are not the same: where the first has nothing, the second has U+0020; "
      "write both alike if they are one");
  CHECK_THAT(alike(" zero", "zero"), Contains("the first has U+0020, the second has nothing"));
  CHECK_THAT(alike("zero", "zero" + kNoBreak), Contains("'zero\\u00a0'") && Contains("the second has U+00A0"));
  CHECK_THAT(alike("a b", "a" + kNoBreak + "b"), Contains("the first has U+0020, the second has U+00A0"));
  CHECK_THAT(alike("a b", "a  b"), Contains("nothing") && Contains("U+0020"));
  CHECK_THAT(alike("zero", "ze" + kZeroWidth + "ro"), Contains("'ze\\u200bro'") && Contains("U+200B"));
  CHECK_THAT(alike(kComposed, kApart), Contains("the first has U+00E9, the second has U+0065 U+0301"));
  CHECK_THAT(alike("it's", "it\u2019s"), Contains("U+2019"));
}

TEST_CASE("Names that a reader tells apart are not look-alikes") {
  CHECK(ear::look_alikes({}, "labels").empty());
  CHECK(
      ear::look_alikes({"zero", "Zero", "z\u00e9ro", "zer0", "ze ro", "\uff10", "0", "\u96f6", "o"}, "labels").empty());
  CHECK(ear::look_alikes({"a", "a"}, "labels").empty());  // equal: for others to find
  CHECK(ear::look_alikes({"caf\xe9", "caf\xe8"}, "labels").empty());
  CHECK_THAT(ear::look_alikes({"a", "a ", " a", "b", "b "}, "speakers"),
             StartsWith("speakers 'a' and 'a '") && EndsWith("(2 more look like another one)"));
}

TEST_CASE("An unknown label says which class it looks like") {
  CHECK(ear::look_alike_hint("zero ", {"one", "zero"}) ==
        "; it looks like the class 'zero', but has U+0020 where that has nothing");
  CHECK(ear::look_alike_hint("eleven", {"one", "zero"}).empty());
}

TEST_CASE("A message: control characters and what is not UTF-8 are spelled out") {
  CHECK(ear::printable("plain \u00e9 \u65e5\u672c \U0001F442\nline") == "plain \u00e9 \u65e5\u672c \U0001F442\nline");
  CHECK(ear::printable(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(ear::printable("\x1B]0;title\x07") == "\\x1b]0;title\\x07");
  CHECK(ear::printable("\t\r\x7F") == "\\x09\\x0d\\x7f");
  CHECK(ear::printable("\u009b2J \u00a0") == "\\xc2\\x9b2J \u00a0");  // a control character of two bytes
  CHECK(ear::printable("caf\xE9") == "caf\\xe9");
  CHECK(ear::printable("\xC0\xAF\x9B\xE2\x80") == "\\xc0\\xaf\\x9b\\xe2\\x80");  // longer than need be, alone, cut
  CHECK(ear::printable("").empty());
}

TEST_CASE("Lines of a text have their numbers, whatever ends them") {
  using Lines = std::vector<std::pair<int, std::string_view>>;
  CHECK(ear::lines_of("a\r\n\nb c\nd", "l.tsv") == Lines{{1, "a"}, {3, "b c"}, {4, "d"}});
  CHECK(ear::lines_of("\xef\xbb\xbfk one\n", "l.tsv") == Lines{{1, "k one"}});
  CHECK(ear::without_mark("k one\n", "l.tsv") == "k one\n");
  CHECK_THROWS_WITH(ear::lines_of(std::string("\xff\xfek\0", 4), "l.tsv"), Contains("l.tsv: is text in UTF-16"));
}

TEST_CASE("Characters go from UTF-8 to numbers and back, others are refused") {
  const std::string text = "z\u00e9ro \u20ac \U0001F50A";
  CHECK(ear::to_utf32(text) == U"z\u00e9ro \u20ac \U0001F50A");
  CHECK(ear::to_utf8(ear::to_utf32(text)) == text);
  for (const std::string bad : {"\xff", "\xe2\x82", "\xc0\xaf", "\xed\xa0\x80"}) {
    CHECK_THROWS_AS(ear::to_utf32(bad), std::invalid_argument);
  }
  for (const char32_t bad : {0xD800, 0xDFFF, 0x110000}) {
    CHECK_THROWS_AS(ear::to_utf8(std::u32string(1, bad)), std::runtime_error);
  }
}
