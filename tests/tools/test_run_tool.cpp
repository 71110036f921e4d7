#include "tools/common/run_tool.h"

#include <catch2/catch.hpp>
#include <filesystem>

#include "frontend/base/text.h"
#include "tests/pipe/run.h"

using Catch::Contains;
using Catch::EndsWith;
using Catch::StartsWith;
using pipe_support::Result;
using pipe_support::TempFolder;

namespace {

Result probe(std::vector<std::string> args, const std::string& input = {}, const pipe_support::Where& where = {}) {
  args.insert(args.begin(), OSSICLE_PROBE_TOOL);
  return pipe_support::run(args, input, where);
}

Result probe_shell(const std::string& line) {
  return pipe_support::shell("p=" OSSICLE_PROBE_TOOL "; " + line);
}

}  // namespace

TEST_CASE("Help and version go to standard output and end with 0") {
  const Result help = probe({"--help"});
  CHECK(help.exit_code == 0);
  CHECK_THAT(help.out, StartsWith("Does what it is told.\nUsage: ossicle-probe [OPTIONS]"));
  CHECK_THAT(help.out, Contains("Example:\n  ossicle-probe show --count 3\n"));
  CHECK_THAT(help.out, Contains("-q, --quiet") && Contains("--version"));
  CHECK(help.err.empty());
  const Result version = probe({"--version"});
  CHECK(version.exit_code == 0);
  CHECK(version.out == "ossicle-probe " OSSICLE_VERSION "\n");
  CHECK(probe({"-h"}).out == help.out);
}

TEST_CASE("Bad flags end with 2, a message and nothing on standard output") {
  for (const std::vector<std::string>& args : {std::vector<std::string>{"--nonsense"},
                                               {"--count", "many"},
                                               {"--count", "-1"},
                                               {"show", "more", "words"},
                                               {"--count"},
                                               {"--config", "no/such/file.toml"}}) {
    const Result result = probe(args);
    INFO(args.front());
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, StartsWith("ossicle-probe: ") && EndsWith("; see ossicle-probe --help\n"));
  }
  const Result checked = probe({"show", "--count", "13"});
  CHECK(checked.exit_code == 2);
  CHECK(checked.err == "ossicle-probe: --count 13: not this one; take another\n");
}

TEST_CASE("Messages carry the tool's name on every line, and failed records give 1") {
  const Result result = probe({"messages"});
  CHECK(result.exit_code == 1);
  CHECK(result.out == "failed 2\n");
  CHECK(result.err ==
        "ossicle-probe: reading 3 files\nossicle-probe: warning: b.wav: two channels, mixed\n"
        "ossicle-probe: c.wav: cannot be read\nossicle-probe: d.wav: cannot be read\n");
  const Result quiet = probe({"messages", "-q"});
  CHECK(quiet.exit_code == 1);
  CHECK_THAT(quiet.err, !Contains("reading 3 files") && Contains("warning") && Contains("c.wav"));
  const Result failed = probe({"fail"});
  CHECK(failed.exit_code == 2);
  CHECK(failed.err == "ossicle-probe: a.wav: no sound in it\nossicle-probe: record a sound\n");
}

TEST_CASE("Default, file, flag: the later wins") {
  const TempFolder folder;
  pipe_support::spill(folder.path() / "c.toml", "rate = 3.5\nbip = false\n");
  const std::string config = folder.file("c.toml");
  CHECK(probe({"show"}).out == "count 1 rate 0.5 bip false\n");
  CHECK(probe({"show", "--config", config}).out == "count 1 rate 3.5 bip false\n");
  CHECK(probe({"show", "--config", config, "--rate", "9", "--bip"}).out == "count 1 rate 9 bip true\n");
}

TEST_CASE("A library that calls exit(1) does not make the job look done") {
  const Result result = probe({"exit"});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, StartsWith("ossicle-probe: a library ended the program"));
}

TEST_CASE("A message changes no terminal, hides nothing of itself and is of bounded length") {
  const auto said = [](const std::string& text) { return probe({"say", "--count", "100000000"}, text).err; };
  CHECK(said(std::string("\xFF\xFEp\0\x1B[2J\rx", 10)) == "ossicle-probe: warning: \\xff\\xfep\\x00\\x1b[2J\\x0dx\n");
  CHECK(said("caf\u00e9\nnext") == "ossicle-probe: warning: caf\u00e9\nossicle-probe: next\n");
  const std::string shown = said("begins " + std::string(10'000'000, 'x') + " ends; do this");
  CHECK_THAT(shown, StartsWith("ossicle-probe: warning: begins xxx") && EndsWith("xxx ends; do this\n"));
  CHECK_THAT(shown, Contains("bytes left out"));
  CHECK(shown.size() < 2100);
}

TEST_CASE("A closed standard output is a quiet end") {
  const Result result = probe_shell("{ \"$p\" print --count 1000000; echo $? >&2; } | head -n 1");
  CHECK(result.out == "0\n");
  CHECK(result.err == "0\n");
  const Result binary = probe_shell("{ \"$p\" binary --count 1000000; echo $? >&2; } | head -c 1");
  CHECK(binary.err == "0\n");
  const Result unchecked = probe_shell("{ \"$p\" unchecked --count 1000000; echo $? >&2; } | head -c 1");
  CHECK(unchecked.err == "0\n");
}

TEST_CASE("A full disk behind standard output is an error, however little was written") {
  const Result unchecked = probe_shell("\"$p\" unchecked --count 100000 > /dev/full");
  CHECK(unchecked.exit_code == 2);
  CHECK_THAT(unchecked.err, Contains("standard output: cannot write"));
  for (const std::string args : {"print --count 1", "print --count 100000", "text", "binary", "--help", "--version"}) {
    const Result result = probe_shell("\"$p\" " + args + " > /dev/full");
    INFO(args);
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, StartsWith("ossicle-probe: ") && Contains("No space left on device"));
  }
}

TEST_CASE("What is said with standard error closed stands in no output") {
  const TempFolder folder;
  const pipe_support::Where here{.folder = folder.path()};
  const auto run = [&](const std::string& line) {
    return pipe_support::shell("p=" OSSICLE_PROBE_TOOL "; " + line, {}, here);
  };
  CHECK(run("\"$p\" talk -o a.txt --count 3 2>&-").exit_code == 1);
  CHECK(pipe_support::slurp(folder.file("a.txt")) == "xxx");
  CHECK(run("\"$p\" talk -o b.txt --count 3 <&- >&- 2>&-").exit_code == 1);
  CHECK(pipe_support::slurp(folder.file("b.txt")) == "xxx");
  CHECK_THAT(run("\"$p\" text >&-").err, Contains("standard output: cannot write"));
  CHECK_THAT(run("\"$p\" cat <&-").err, Contains("standard input: cannot read"));
}

TEST_CASE("A file that grows beyond the user's limit is an error that leaves nothing") {
  const TempFolder folder;
  const auto result = pipe_support::shell("ulimit -f 1; \"" OSSICLE_PROBE_TOOL "\" text --count 100000 -o a.txt", {},
                                          {.folder = folder.path()});
  CHECK(result.exit_code == 2);
  CHECK_THAT(result.err, Contains("a.txt: cannot write: File too large"));
  CHECK(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("A long message: beginning and end stay, and no character is cut") {
  const std::string most(2000, 'x');
  CHECK(tools::shortened(most) == most);
  const std::string text = "begin" + std::string(3000, '-') + "end";
  const std::string shown = tools::shortened(text);
  CHECK(shown.substr(0, 1200) == text.substr(0, 1200));
  CHECK(shown.substr(1200, shown.size() - 2000) == " [... 1008 bytes left out ...] ");
  CHECK(shown.substr(shown.size() - 800) == text.substr(text.size() - 800));
  std::string wide = "a";
  for (int i = 0; i < 1500; ++i) wide += "\u00e9";
  const std::string cut = tools::shortened(wide);
  CHECK(cut.substr(0, 1199) == wide.substr(0, 1199));
  CHECK(cut.substr(1199, 6) == " [... ");
  CHECK(ear::printable(cut) == cut);
}
