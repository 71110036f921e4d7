// How an option looks in --help.
#include "tools/common/help_formatter.h"

#include <catch2/catch.hpp>

namespace {

enum class Kind { kOption, kArgument };

std::string line_of(const CLI::Option* option, Kind kind = Kind::kOption) {
  return tools::HelpFormatter().make_option(option, kind == Kind::kArgument);
}

}  // namespace

TEST_CASE("Names, value, help and default of an option stand in one line") {
  CLI::App app;
  std::string text = "-";
  int number = 3;
  std::vector<int> list;
  std::vector<double> pair;
  bool on = false;
  CHECK(line_of(app.add_option("-o,--output", text, "To write")->type_name("STREAM")->capture_default_str()) ==
        "  -o, --output STREAM         To write [-]\n");
  CHECK(line_of(app.add_option("--n", number, "How many")->check(CLI::PositiveNumber)) ==
        "  --n INT                     How many\n");
  CHECK(line_of(app.add_option("--choice", text, "Which")->check(CLI::IsMember({"a", "b"}))) ==
        "  --choice {a,b}              Which\n");
  CHECK(line_of(app.add_option("--list", list, "Several")) == "  --list INT...               Several\n");
  CHECK(line_of(app.add_option("--pair", pair, "Two")->expected(2)) == "  --pair FLOAT x 2            Two\n");
  CHECK(line_of(app.add_flag("--on,!--no-on", on, "Switch")) == "  --on, --no-on               Switch\n");
}

TEST_CASE("An argument is shown by its name alone") {
  CLI::App app;
  std::string model;
  std::vector<std::string> streams;
  CHECK(line_of(app.add_option("MODEL", model, "What was learnt")->required(), Kind::kArgument) ==
        "  MODEL                       What was learnt\n");
  CHECK(line_of(app.add_option("STREAM", streams, "What is heard"), Kind::kArgument) ==
        "  STREAM...                   What is heard\n");
}

TEST_CASE("What an option needs and excludes follows its help") {
  CLI::App app;
  int a = 0, b = 0;
  CLI::Option* list = app.add_option("--list", a, "List");
  CLI::Option* other = app.add_option("-a,--another", a, "Another");
  CHECK(line_of(app.add_option("--b", b, "Help")->needs(list)->needs(other)) ==
        "  --b INT                     Help (with --another, --list)\n");
  CHECK(line_of(app.add_option("--c", b, "Help")->excludes(list)) ==
        "  --c INT                     Help (not with --list)\n");
}

TEST_CASE("Two blanks part the names from the help, or it stands in the next line") {
  CLI::App app;
  std::string text;
  CHECK(line_of(app.add_option("--a-name-of-twenty-one", text, "Help")) ==
        "  --a-name-of-twenty-one TEXT\n                              Help\n");
  CHECK(line_of(app.add_option("--a-name-of-twentie", text, "Help")) == "  --a-name-of-twentie TEXT    Help\n");
  CHECK(line_of(app.add_option("--a-name-of-twenty-a", text, "Help")) == "  --a-name-of-twenty-a TEXT   Help\n");
  CHECK(line_of(app.add_option("--a-name-of-twenty-ab", text, "Help")) == "  --a-name-of-twenty-ab TEXT  Help\n");
}
