#include "tools/common/printable.h"

#include <catch2/catch.hpp>

using tools::printable;
using tools::shortened;

TEST_CASE("printable: control characters and what is not UTF-8 are spelled out") {
  CHECK(printable("plain \u00e9 \u65e5\u672c \U0001F442\nline") == "plain \u00e9 \u65e5\u672c \U0001F442\nline");
  CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(printable("\x1B]0;title\x07") == "\\x1b]0;title\\x07");
  CHECK(printable("\t\r\x7F") == "\\x09\\x0d\\x7f");
  CHECK(printable("\u009b2J \u00a0") == "\\xc2\\x9b2J \u00a0");  // a control character of two bytes
  CHECK(printable("caf\xE9") == "caf\\xe9");
  CHECK(printable("\xC0\xAF\x9B\xE2\x80") == "\\xc0\\xaf\\x9b\\xe2\\x80");  // longer than need be, alone, cut
  CHECK(printable("").empty());
}

TEST_CASE("shortened: beginning and end stay, and no character is cut") {
  const std::string most(2000, 'x');
  CHECK(shortened(most) == most);
  const std::string text = "begin" + std::string(3000, '-') + "end";
  const std::string shown = shortened(text);
  CHECK(shown.substr(0, 1200) == text.substr(0, 1200));
  CHECK(shown.substr(1200, shown.size() - 2000) == " [... 1008 bytes left out ...] ");
  CHECK(shown.substr(shown.size() - 800) == text.substr(text.size() - 800));
  std::string wide = "a";
  for (int i = 0; i < 1500; ++i) wide += "\u00e9";
  const std::string cut = shortened(wide);
  CHECK(cut.substr(0, 1199) == wide.substr(0, 1199));
  CHECK(cut.substr(1199, 6) == " [... ");
  CHECK(printable(cut) == cut);
}
