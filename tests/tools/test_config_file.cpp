#include "tools/common/config_file.h"

#include <catch2/catch.hpp>

#include "tests/pipe/run.h"

using Catch::Contains;
using Catch::StartsWith;
using pipe_support::Result;

namespace {

/// The probe with a configuration file c.toml of this text.
Result with_file(const std::string& text, std::vector<std::string> args = {"values"}) {
  const pipe_support::TempFolder folder;
  pipe_support::spill(folder.path() / "c.toml", text);
  args.insert(args.begin(), OSSICLE_PROBE_TOOL);
  args.insert(args.end(), {"--config", "c.toml"});
  return pipe_support::run(args, {}, {.folder = folder.path()});
}

std::string refused(const std::string& text) {
  const Result result = with_file(text);
  INFO(text);
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  return result.err;
}

}  // namespace

TEST_CASE("configuration file: numbers, switches, texts and lists, with comments") {
  const std::string text =
      "\xEF\xBB\xBF# all of it\r\n\nsizes = [ 010, # ten\n  8,\n]\r\n  seed=18446744073709551615 # the largest\n"
      "\"name\" = \"a#b \\\"c\\\" \\\\\"\nrate = 1e3";
  CHECK(with_file(text).out == "sizes 10,8 seed 18446744073709551615 name a#b \"c\" \\ no-name false config c.toml\n");
  CHECK(with_file("name = 'a\\b'\n").out == "sizes  seed 1 name a\\b no-name false config c.toml\n");
  CHECK(with_file("count = 010\nrate = 008.5\nno-bip = false\n", {"show"}).out == "count 10 rate 8.5 bip true\n");
  CHECK(with_file("count = 08", {"show"}).out == "count 8 rate 0.5 bip false\n");
  CHECK(with_file("").exit_code == 0);
  CHECK(with_file("# nothing\n\n").exit_code == 0);
}

TEST_CASE("configuration file: the command line wins, also by what excludes a key") {
  CHECK(with_file("count = 5\nbip = true\n", {"show", "--count", "6", "--no-bip"}).out ==
        "count 6 rate 0.5 bip false\n");
  CHECK(with_file("name = 'x'\n", {"values", "--no-name"}).out == "sizes  seed 1 name  no-name true config c.toml\n");
  CHECK(with_file("no-name = true\n", {"values", "--name", "x"}).out ==
        "sizes  seed 1 name x no-name false config c.toml\n");
  CHECK_THAT(refused("no-name = true\nname = 'x'\n"), Contains("--no-name") && Contains("excludes"));
}

TEST_CASE("configuration file: what cannot be read as it is meant is an error with line and key") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"rate = 1\ncount =\n3\n", "c.toml: line 2: count: has no value"},
      {"count = # three\n", "line 1: count: has no value"},
      {std::string("rate = 1\nname = 'a\0b'\n", 21), "line 2: name: the text holds a zero byte"},
      {"sizes = []\n", "line 1: sizes: has no value"},
      {"sizes = [1,, 2]\n", "line 1: sizes: has no value"},
      {"name = ''\n", "line 1: name: wanted a text in quotes that is not empty"},
      {"rate = 1\n\n[training]\n", "line 3: there are no sections here"},
      {"[[runs]]\n", "line 1: there are no sections here"},
      {"count 3\n", "line 1: count: wanted KEY = VALUE"},
      {"a.count = 3\n", "line 1: a: wanted KEY = VALUE"},
      {"= 3\n", "line 1: wanted KEY = VALUE"},
      {"bip = 2026-11-29\n", "line 1: bip: 2026-11-29 is neither a number nor true or false"},
      {"bip = 1\n", "line 1: bip: wanted true or false"},
      {"bip = \"true\"\n", "line 1: bip: wanted true or false"},
      {"bip = [true, false]\n", "line 1: bip: wanted true or false"},
      {"count = true\n", "line 1: count: wanted a number"},
      {"count = \"3\"\n", "line 1: count: wanted a number"},
      {"name = true\n", "line 1: name: wanted a text in quotes"},
      {"preset = fast\n",
       "line 1: preset: fast is neither a number nor true or false; a text stands in quotes: \"fast\""},
      {"name = \"x\ncount = 3\n", "line 1: name: the text has no \" at its end"},
      {"name = \"a\\n\"\n", "line 1: name: a \\ in"},
      {"count = 3 4\n", "line 1: count: '4' behind the value"},
      {"count = 3]\n", "line 1: count: ']' behind the value"},
      {"sizes = [1, 2\ncount = 3\n", "line 1: sizes: wanted , or ] in the list"},
      {"sizes = [1, 2", "line 1: sizes: wanted , or ] in the list"},
      {"sizes = [[1], 2]\n", "line 1: sizes: has no value"},
      {"count = 3.5\n", "line 1: --count: 3.5: wanted a whole number"},
      {"count = 0x10\n", "line 1: count: 0x10 is neither a number"},
      {"rate = 1\ncount = 200000000\n", "line 2: --count: "},
      {"preset = 'medium'\n", "line 1: --preset: "},
      {"count = 3\nrate = 1\ncount = 3\n", "line 3: count: stands on line 1 already"},
      {"bip = true\nno-bip = true\n", "line 2: no-bip: stands on line 1 already"},
      {"cuont = 3\n",
       "line 1: cuont: no such option; in a configuration file, keys are long option names without their "
       "dashes; did you mean --count?"},
      {"c = 3\n", "line 1: c: no such option"},
      {"action = 'show'\n", "line 1: action: no such option"},
      {"config = 'd.toml'\n", "line 1: config: no such option"},
      {"help = true\n", "line 1: help: no such option"},
      {std::string("count = 3\0\n", 11), "line 1: count: 3\\x00 is neither a number"},
  };
  for (const auto& [text, said] : cases) {
    const std::string err = refused(text);
    CHECK_THAT(err, StartsWith("ossicle-probe: c.toml: line ") && Contains(said));
  }
}

TEST_CASE("configuration file: a file that cannot be read to its end is an error") {
  const pipe_support::TempFolder folder;
  const auto said = [&](const std::string& file) {
    const Result result =
        pipe_support::run({OSSICLE_PROBE_TOOL, "values", "--config", file}, {}, {.folder = folder.path()});
    INFO(file);
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    return result.err;
  };
  CHECK_THAT(said("/dev/zero"), Contains("/dev/zero: longer than 1048576 bytes"));
  CHECK_THAT(said("/proc/self/mem"), Contains("/proc/self/mem: cannot be read"));
  CHECK_THAT(said("."), Contains("not readable"));
  CHECK_THAT(said("none.toml"), Contains("none.toml"));
  CHECK_THAT(said(""), Contains("--config: the name of the file is empty"));
}

TEST_CASE("configuration file: a named pipe is read once") {
  const pipe_support::TempFolder folder;
  const Result result =
      pipe_support::shell("mkfifo p; echo 'count = 5' > p & timeout 20 \"" OSSICLE_PROBE_TOOL "\" show --config p", {},
                          {.folder = folder.path()});
  CHECK(result.out == "count 5 rate 0.5 bip false\n");
}
