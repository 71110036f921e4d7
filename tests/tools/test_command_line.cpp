// What every option of every tool takes, and what is said about a slip.
#include "tools/common/command_line.h"

#include <catch2/catch.hpp>
#include <sstream>

#include "tests/pipe/run.h"

using Catch::Contains;
using pipe_support::Result;
using pipe_support::run;

namespace {

Result probe(std::vector<std::string> args) {
  args.insert(args.begin(), OSSICLE_PROBE_TOOL);
  return run(args);
}

/// Of an option's line of --help: its first name and its type; empty if the line is none.
std::pair<std::string, std::string> option_of(const std::string& line) {
  std::istringstream words(line);
  std::string names, type;
  words >> names >> type;
  if (!line.starts_with("  -")) return {};
  return {names.substr(0, names.find(',')), type};
}

}  // namespace

TEST_CASE("Whole numbers are decimal, whatever they begin with") {
  CHECK(probe({"show", "--count", "010"}).out == "count 10 rate 0.5 bip false\n");
  CHECK(probe({"show", "--count", "08"}).out == "count 8 rate 0.5 bip false\n");
  CHECK(probe({"show", "--count=+7", "--rate", "010"}).out == "count 7 rate 10 bip false\n");
  CHECK(probe({"values", "--sizes", "010,08,-09", "--seed", "0018446744073709551615"}).out ==
        "sizes 10,8,-9 seed 18446744073709551615 name  no-name false config \n");
  for (const std::vector<std::string>& args : {std::vector<std::string>{"--count", "0x10"},
                                               {"--count", ""},
                                               {"--count", " 5"},
                                               {"--count", "5.0"},
                                               {"--count", "true"},
                                               {"--count", "+-5"},
                                               {"--seed", "-1"},
                                               {"--sizes", "1,0b1"}}) {
    const Result result = probe(args);
    INFO(args.at(0) << ' ' << args.at(1));
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains(args[0] + ": ") && Contains("wanted a whole number"));
  }
  CHECK_THAT(probe({"--count", "99999999999999999999"}).err,
             Contains("--count: 99999999999999999999: beyond 9223372036854775807"));
  CHECK_THAT(probe({"--seed", "18446744073709551616"}).err, Contains("beyond 18446744073709551615"));
  CHECK_THAT(probe({"--rate", "0,5"}).err, Contains("--rate: 0,5: wanted one number, with a point as in 0.5"));
  for (const std::string rate : {"0x10", ""}) {
    CHECK_THAT(probe({"show", "--rate", rate}).err,
               Contains("--rate: " + rate + ": wanted a number in decimal digits"));
  }
}

TEST_CASE("A switch takes true and false and nothing else") {
  CHECK(probe({"show", "--bip=true"}).out == "count 1 rate 0.5 bip true\n");
  CHECK(probe({"show", "--no-bip=false"}).out == "count 1 rate 0.5 bip true\n");
  const Result result = probe({"show", "--bip=2026-11-29"});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("--bip: 2026-11-29: wanted true or false"));
}

TEST_CASE("Every number of every tool is read as decimal") {
  int n_options = 0;
  for (const std::string tool : {"convert", "encode", "eval", "info", "listen", "lyon", "predict", "rebin", "train"}) {
    std::istringstream help(run({"ossicle-" + tool, "--help"}).out);
    for (std::string line; std::getline(help, line);) {
      const auto [name, type] = option_of(line);
      if (!type.starts_with("INT") && !type.starts_with("UINT") && !type.starts_with("FLOAT")) continue;
      const Result result = run({"ossicle-" + tool, name, "0x10", "-"});
      INFO(tool << ' ' << name << ": " << result.err);
      CHECK(result.exit_code == 2);
      CHECK_THAT(result.err, Contains(name + ": 0x10: wanted a "));
      ++n_options;
    }
  }
  CHECK(n_options > 60);
}

TEST_CASE("A list that is given twice is refused rather than joined") {
  const Result result = probe({"values", "--sizes", "1,2", "--sizes", "3"});
  CHECK(result.exit_code == 2);
  CHECK(result.out.empty());
  CHECK_THAT(result.err, Contains("--sizes: given 2 times, wanted once; put commas between its values"));
}

TEST_CASE("A slip in the name of an option is answered by the nearest name") {
  const auto said = [](const std::vector<std::string>& args) {
    const Result result = probe(args);
    CHECK(result.exit_code == 2);
    return result.err;
  };
  CHECK_THAT(said({"--cuont", "3"}), Contains("--cuont is no option; did you mean --count?; see"));
  CHECK_THAT(said({"--cont=3"}), Contains("did you mean --count?"));
  CHECK_THAT(said({"-count", "3"}), Contains("did you mean --count?"));
  CHECK_THAT(said({"--no_bip"}), Contains("did you mean --no-bip?"));
  CHECK_THAT(said({"--conf", "c.toml"}), Contains("did you mean --config?"));
  CHECK_THAT(said({"--nonsense"}), Contains("--nonsense") && !Contains("did you mean"));
  CHECK_THAT(said({"-x"}), !Contains("did you mean"));
  // What is missing may be what was misspelt.
  const Result result = run({"ossicle-train", "s.tar", "--outptu", "m"});
  CHECK_THAT(result.err, Contains("--outptu is no option; did you mean --output?"));
  CHECK_THAT(run({"ossicle-train", "s.tar"}).err, Contains("--output is required; name the model with -o"));
}
